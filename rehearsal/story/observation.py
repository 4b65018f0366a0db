"""What can be seen of a server at one moment: its autoscaler, its pods, its nodes and its engines' series."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rehearsal.client import Json
from rehearsal.engine.double import is_ready
from rehearsal.metrics.prometheus import PrometheusError, matcher, milliseconds
from rehearsal.nodes import POOL_LABEL
from rehearsal.scheduling import quantity
from rehearsal.stack import Server
from rehearsal.story.setting import Setting

RATE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A server at one moment; None is what nothing says.

    Attributes:
        time: modelled seconds since the story began.
        server: its name.
        signal: the average that the autoscaler reads.
        wanted: replicas that the autoscaler wants.
        ready: replicas that are Ready.
        pending: pods that are not.
        clients: load clients that are Ready.
        nodes: nodes by pool.
        waiting: requests that wait, over all replicas.
        running: requests in a batch, over all replicas.
        tokens: generated tokens a second, over all replicas.
        first_token: 95th percentile of the seconds to the first token.
        complaint: what the autoscaler says it cannot do; empty if it can.
    """

    time: float
    server: str
    signal: float | None
    wanted: int
    ready: int
    pending: int
    clients: int
    nodes: Mapping[str, int]
    waiting: float | None
    running: float | None
    tokens: float | None
    first_token: float | None
    complaint: str


def observe(setting: Setting, server: Server, began: float) -> Observation:
    """Look at a server; `began` is the clock's time at the beginning of the story."""
    status = setting.autoscaler(server)
    pods = setting.pods(server.workload)
    ready = sum(map(is_ready, pods))
    names = "|".join(pod["metadata"]["name"] for pod in pods)
    where = f'{matcher({"namespace": server.namespace})},pod=~"{names}"'
    ask = partial(_ask, setting)
    window = milliseconds(setting.clock.compressed(RATE_SECONDS))
    return Observation(
        time=setting.clock.now - began,
        server=server.name,
        signal=signal(status),
        wanted=status.get("desiredReplicas", 0),
        ready=ready,
        pending=len(pods) - ready,
        clients=sum(map(is_ready, setting.pods(server.clients))),
        nodes=nodes_by_pool(setting),
        waiting=ask(f"sum(vllm:num_requests_waiting{{{where}}})"),
        running=ask(f"sum(vllm:num_requests_running{{{where}}})"),
        tokens=ask(f"sum(rate(vllm:generation_tokens_total{{{where}}}[{window}])) / {setting.clock.speed:g}"),
        first_token=ask(
            "histogram_quantile(0.95, sum by (le) "
            f"(rate(vllm:time_to_first_token_seconds_bucket{{{where}}}[{window}])))"
        ),
        complaint=complaint(status),
    )


def nodes_by_pool(setting: Setting) -> Mapping[str, int]:
    """Return how many nodes each pool has."""
    nodes = setting.mirrors["Node"].objects
    counted = Counter(node["metadata"]["labels"][POOL_LABEL] for node in nodes)
    return {pool.name: counted[pool.name] for pool in setting.stack.pools}


def complaint(status: Json) -> str:
    """Return why an autoscaler cannot scale, in its own words; empty if it can."""
    wrong: list[dict[str, Any]] = [
        each
        for each in status.get("conditions", ())
        if each["type"] in ("AbleToScale", "ScalingActive") and each["status"] == "False"
    ]
    return "; ".join(f"{each['reason']}: {each['message']}" for each in wrong)


def signal(status: Json) -> float | None:
    """Return the average that an autoscaler reads now, from its status; it keeps an old value when it cannot."""
    current = [each["pods"]["current"] for each in status.get("currentMetrics") or () if "pods" in each]
    if not current or complaint(status):
        return None
    return float(quantity(current[0]["averageValue"]))


def _ask(setting: Setting, expression: str) -> float | None:
    try:
        found = setting.metrics.prometheus.query(expression)
    except PrometheusError:
        return None
    return found[0].value if found else None
