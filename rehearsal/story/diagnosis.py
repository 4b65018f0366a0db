"""Which link of the chain from load to replicas is broken, found by walking it from its beginning."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx2

from rehearsal.client import ApiError, Json
from rehearsal.engine.double import is_ready
from rehearsal.metrics.prometheus import PrometheusError, matcher
from rehearsal.server import Server
from rehearsal.story.goals import TOLERANCE
from rehearsal.story.observation import complaint, nodes_by_pool, signal
from rehearsal.story.setting import Setting
from rehearsal.story.verdict import Link, Verdict

API_VERSIONS = ("v1beta2", "v1beta1")
"""Of custom.metrics.k8s.io, the one that the HPA controller prefers first."""

Check = Callable[[Setting, Server], Verdict | None]


def diagnose(setting: Setting, server: Server, *, loaded: bool) -> Verdict:
    """Return the first link that is broken now; `loaded` says whether load should be on the server."""
    checks: Sequence[Check] = (_pods, _scraped, _exported, _labelled, _answered, _read, *((_loaded,) if loaded else ()))
    try:
        found = next(filter(None, (check(setting, server) for check in checks)), None)
    except httpx2.TransportError as error:
        return Verdict(f"the API server does not answer: {error}", Link.API_SERVER)
    except PrometheusError as error:
        return Verdict(str(error), Link.NOT_SCRAPED)
    wanted = setting.autoscaler(server).get("desiredReplicas", 0)
    return found or Verdict(
        f"{server.name}: every link holds, and the autoscaler wants {wanted} of {server.minimum} to {server.maximum} "
        f"replicas ({_conditions(setting.autoscaler(server))})",
        Link.HPA_STILL,
    )


def out_of_reach(server: Server) -> Verdict:
    """Return what is wrong with a server whose signal no load takes above its target."""
    return Verdict(
        f"{server.name}: whatever the load, {server.metric} stays below {server.target:g} by the queueing model; "
        f"{_full(server)}",
        Link.BELOW_TARGET,
    )


def _pods(setting: Setting, server: Server) -> Verdict | None:
    pods = setting.pods(server.workload)
    if not pods:
        status = (setting.plane.client.get(server.workload) or {}).get("status", {})
        return Verdict(f"{server.name} has no pod: {_conditions(status)}", Link.NO_PODS)
    for pod in pods:
        for condition in _of(pod):
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                counted = nodes_by_pool(setting)
                pools = ", ".join(f"{each.name} {counted[each.name]} of {each.maximum}" for each in setting.stack.pools)
                return Verdict(
                    f"pod {pod['metadata']['name']} has no node: {condition.get('message', '')} Nodes: {pools}",
                    Link.NO_NODE_FITS,
                )
    if not any(map(is_ready, pods)):
        return Verdict(f"no pod of {server.name} is Ready; each takes {server.engine.load_seconds} s", Link.NOT_READY)
    return None


def _scraped(setting: Setting, server: Server) -> Verdict | None:
    targets = setting.metrics.prometheus.targets()
    names = _ready(setting, server)
    own = [
        target
        for target in targets
        if target["discoveredLabels"].get("__meta_kubernetes_namespace") == server.namespace
        and target["discoveredLabels"].get("__meta_kubernetes_pod_name") in names
    ]
    if not own:
        why = setting.metrics.unscraped(server.namespace, _pod_labels(server), _pod_ports(server))
        return Verdict(
            f"nothing scrapes the pods of {server.name} in namespace {server.namespace}: {why}", Link.NOT_SCRAPED
        )
    if all(target["health"] == "down" for target in own):
        errors = {f"{target['scrapeUrl']}: {target['lastError']}" for target in own}
        return Verdict(f"scrapes of {server.name} fail: {'; '.join(sorted(errors))}", Link.NOT_SCRAPED)
    return None


def _exported(setting: Setting, server: Server) -> Verdict | None:
    series = setting.metrics.series(server.metric)
    if setting.metrics.prometheus.query(f"count({{{matcher({'__name__': series})}}})"):
        return None
    if why := setting.metrics.unrecorded(series):
        return Verdict(f"there is no series {series}: {why}", Link.SERIES_MISSING)
    near = get_close_matches(series, [each.name for each, _ in server.engine.values], n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Verdict(f"no page that is scraped has the series {series}{hint}", Link.SERIES_MISSING)


def _labelled(setting: Setting, server: Server) -> Verdict | None:
    series, names = setting.metrics.series(server.metric), _ready(setting, server)
    found = setting.metrics.prometheus.query(f"{{{matcher({'__name__': series})}}}")
    if any(each.labels.get("namespace") == server.namespace and each.labels.get("pod") in names for each in found):
        return None
    labels = sorted({name for each in found for name in each.labels})
    return Verdict(
        f"{series} has no labels namespace and pod that name the pods of {server.name}; it has {', '.join(labels)}",
        Link.LABEL_LOST,
    )


def _answered(setting: Setting, server: Server) -> Verdict | None:
    selector = ",".join(f"{name}={value}" for name, value in _pod_labels(server).items())
    path = f"namespaces/{server.namespace}/pods/*/{quote(server.metric, safe='')}"
    refusals: list[ApiError] = []
    for version in API_VERSIONS:
        try:
            found = setting.plane.client.request(
                "GET", f"/apis/custom.metrics.k8s.io/{version}/{path}", parameters={"labelSelector": selector}
            )
        except ApiError as error:
            refusals.append(error)
            continue
        if found["items"]:
            return None
        return _unserved(setting, server, f"it has no value for a pod of {server.name}")
    # A version that nobody registered is not found, whatever has become of the others.
    if silent := [error for error in refusals if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR]:
        return Verdict(f"custom.metrics.k8s.io does not answer: {silent[0]}", Link.ADAPTER_SILENT)
    return _unserved(setting, server, str(refusals[-1]))


def _unserved(setting: Setting, server: Server, said: str) -> Verdict:
    whole = "; ".join(filter(None, [said, setting.metrics.unserved(server.metric)]))
    return Verdict(f"custom.metrics.k8s.io has no {server.metric}: {whole}", Link.NO_METRIC)


def _read(setting: Setting, server: Server) -> Verdict | None:
    wrong = complaint(setting.autoscaler(server))
    return Verdict(f"the autoscaler of {server.name} says {wrong}", Link.HPA_CANNOT_READ) if wrong else None


def _loaded(setting: Setting, server: Server) -> Verdict | None:
    target = setting.engines.targets.get(server.load.service)
    if target is None:
        return Verdict(f"no load client of {server.name} is Ready", Link.LOAD_LOST)
    if problem := target.problem or setting.problem(server.load.service):
        return Verdict(problem, Link.LOAD_LOST)
    average = signal(setting.autoscaler(server)) or 0
    if average > server.target * (1 + TOLERANCE):
        return None
    return Verdict(
        f"with {target.clients} requests under way, {server.metric} averages {average:g} and its target is "
        f"{server.target:g}; {_full(server)}",
        Link.BELOW_TARGET,
    )


def _full(server: Server) -> str:
    """Say what a full replica shows at most."""
    limits, tokens = server.engine.limits, server.load.shape.prompt + server.load.shape.answer
    if limits is None:
        return f"an engine computes {server.engine.slots} requests at once"
    full = min(limits.slots * limits.blocks_for(tokens) / limits.blocks, 1)
    return (
        f"an engine runs {limits.slots} requests at once, and so many of {tokens} tokens each fill {full:.2g} of its "
        "KV cache (a server's loadClients.maxTokens makes them longer)"
    )


def _ready(setting: Setting, server: Server) -> set[str]:
    return {pod["metadata"]["name"] for pod in setting.pods(server.workload) if is_ready(pod)}


def _of(manifest: Json) -> Sequence[Mapping[str, Any]]:
    return manifest.get("status", {}).get("conditions", ())


def _conditions(status: Json) -> str:
    return "; ".join(f"{each['type']}={each['status']}: {each.get('message', '')}" for each in _of({"status": status}))


def _pod_labels(server: Server) -> Mapping[str, str]:
    return server.workload["spec"]["selector"]["matchLabels"]


def _pod_ports(server: Server) -> list[str]:
    containers: Sequence[Json] = server.workload["spec"]["template"]["spec"]["containers"]
    return [f"{port.get('name', '')}={port['containerPort']}" for each in containers for port in each.get("ports", ())]
