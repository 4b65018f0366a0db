"""What can be seen of a server at one moment: its autoscaler, its pods, its nodes and its engines' series."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rehearsal.client import Json
from rehearsal.engine.double import is_ready
from rehearsal.metrics.compressed_promql import compressed
from rehearsal.metrics.prometheus import PrometheusError, matcher
from rehearsal.nodes import POOL_LABEL
from rehearsal.server import Server
from rehearsal.story.setting import Setting
from slipway.checks.quantities import quantity


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
    names, shown = "|".join(pod["metadata"]["name"] for pod in pods), server.engine.shown
    where = f'{{{matcher({"namespace": server.namespace})},pod=~"{names}"}}'
    ask = partial(_ask, setting)
    return Observation(
        time=setting.clock.now - began,
        server=server.name,
        signal=signal(status),
        wanted=status.get("desiredReplicas", 0),
        ready=ready,
        pending=len(pods) - ready,
        clients=sum(map(is_ready, setting.pods(server.clients))),
        nodes=nodes_by_pool(setting),
        waiting=ask(shown.waiting and f"sum({shown.waiting}{where})"),
        running=ask(shown.running and f"sum({shown.running}{where})"),
        tokens=ask(shown.tokens and f"sum(rate({shown.tokens}{where}[1m]))"),
        first_token=ask(
            shown.first_token and f"histogram_quantile(0.95, sum by (le) (rate({shown.first_token}_bucket{where}[1m])))"
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
    if not expression:
        return None
    try:
        found = setting.metrics.prometheus.query(compressed(expression, setting.clock))
    except PrometheusError:
        return None
    return found[0].value if found else None
