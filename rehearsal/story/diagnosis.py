"""Which link of the chain from load to replicas is broken, found by walking it from its beginning."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx2

from rehearsal.client import Json
from rehearsal.engine.double import is_ready
from rehearsal.metrics.prometheus import PrometheusError
from rehearsal.server import Server
from rehearsal.story import signal_path
from rehearsal.story.goals import TOLERANCE
from rehearsal.story.observation import complaint, nodes_by_pool, signal
from rehearsal.story.setting import Setting
from rehearsal.story.verdict import Link, Verdict

Check = Callable[[Setting, Server], Verdict | None]
COLLECTED: Sequence[Check] = (signal_path.scraped, signal_path.exported, signal_path.labelled, signal_path.answered)


def diagnose(setting: Setting, server: Server, *, loaded: bool) -> Verdict:
    """Return the first link that is broken now; `loaded` says whether load should be on the server."""
    checks: Sequence[Check] = (_pods, *COLLECTED, _read, *((_loaded,) if loaded else ()))
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
    said = sorted({why for pod in pods if (why := setting.engines.unready(pod))})
    ready = sum(map(is_ready, pods))
    if said or not ready:
        why = "; ".join(said) or f"each takes {server.engine.load_seconds} s"
        return Verdict(f"{ready} of {len(pods)} pods of {server.name} are Ready: {why}", Link.NOT_READY)
    return None


def _read(setting: Setting, server: Server) -> Verdict | None:
    wrong = complaint(setting.autoscaler(server))
    return Verdict(f"the autoscaler of {server.name} says {wrong}", Link.HPA_CANNOT_READ) if wrong else None


def _loaded(setting: Setting, server: Server) -> Verdict | None:
    target = setting.engines.targets.get(server.load.service)
    if problem := (target.problem if target else "") or setting.problem(server.load.service):
        return Verdict(problem, Link.LOAD_LOST)
    if target is None or not target.clients:
        return Verdict(f"no load client of {server.name} is Ready, or none sends anything", Link.LOAD_LOST)
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


def _of(manifest: Json) -> Sequence[Mapping[str, Any]]:
    return manifest.get("status", {}).get("conditions", ())


def _conditions(status: Json) -> str:
    return "; ".join(f"{each['type']}={each['status']}: {each.get('message', '')}" for each in _of({"status": status}))
