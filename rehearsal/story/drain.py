"""A pod goes off its node as in a drain: by an eviction, which the API server refuses where a budget does."""

from collections.abc import Sequence
from http import HTTPStatus

from rehearsal import lifecycle
from rehearsal.client import ApiError, Client, Json, title
from rehearsal.engine.double import is_ready
from rehearsal.scheduling import selects
from rehearsal.server import Server
from rehearsal.story.observation import Observation
from rehearsal.story.setting import Setting
from rehearsal.story.verdict import Link, Verdict
from rehearsal.story.watch import Watch

SETTLE_SECONDS = 5
"""How long the controller of budgets may take to count pods."""


def drained(setting: Setting, watch: Watch, seconds: float) -> bool:
    """Evict a pod of each server, as a drain of its node would, and wait until another is Ready in its place.

    Args:
        setting: where the servers have their fewest replicas.
        watch: judges what becomes of it.
        seconds: how long a pod may take until it is Ready, modelled.
    """
    gone: dict[str, str] = {}
    for server in setting.stack.servers:
        pod = next(filter(is_ready, setting.pods(server.workload)), None)
        if pod is None:
            continue
        if why := watch.attended(lambda pod=pod: evict(setting.plane.client, pod)):
            watch.judge(Verdict(f"{server.name}: {why}", Link.NOT_DRAINED))
        else:
            gone[server.name] = pod["metadata"]["name"]

    def is_back(server: Server, seen: Observation) -> bool:
        names = [pod["metadata"]["name"] for pod in setting.pods(server.workload)]
        return gone[server.name] not in names and seen.ready == server.minimum and not seen.pending

    return watch.reached(
        is_back,
        seconds,
        lambda server: f"{server.name}: a drain took pod {gone[server.name]} off its node, and another is Ready",
        loaded=False,
        servers=[server for server in setting.stack.servers if server.name in gone],
    )


def evict(client: Client, pod: Json) -> str:
    """Evict a pod, and say why it stays; empty if it goes."""
    said = ""

    def evicted() -> bool:
        nonlocal said
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {key: pod["metadata"][key] for key in ("name", "namespace")},
        }
        try:
            client.request("POST", f"{client.path_of(pod)}/eviction", body=body)
        except ApiError as error:
            said = str(error)
            return error.code == HTTPStatus.NOT_FOUND
        return True

    if lifecycle.within(SETTLE_SECONDS, evicted):
        return ""
    found = client.list("policy/v1", "PodDisruptionBudget", namespace=pod["metadata"]["namespace"])
    return _refused(pod, [each for each in found if selects(each["spec"].get("selector") or {}, _labels(pod))], said)


def _refused(pod: Json, budgets: Sequence[Json], said: str) -> str:
    rules = "; ".join(f"{title(each)} has {_rule(each)}" for each in budgets)
    return (
        f"a drain of node {pod['spec'].get('nodeName')} waits for pod {pod['metadata']['name']} without end: {said} "
        f"({rules or 'no budget selects it'}); let the budget have maxUnavailable: 1"
    )


def _rule(budget: Json) -> str:
    found = {name: budget["spec"][name] for name in ("minAvailable", "maxUnavailable") if name in budget["spec"]}
    allowed = budget.get("status", {}).get("disruptionsAllowed", 0)
    return f"{', '.join(f'{name}: {value}' for name, value in found.items())} and allows {allowed} now"


def _labels(pod: Json) -> dict[str, str]:
    return pod["metadata"].get("labels", {})
