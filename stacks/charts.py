"""The charts that a stack installs, and the values that a person gives them."""

from collections.abc import Collection
from typing import Any

from pydantic.alias_generators import to_camel

from slipway.addons.metrics import PrometheusMetrics
from slipway.addons.monitoring_settings import STACK, stack_values
from slipway.addons.settings import KedaArgs
from slipway.catalog.charts import EFA_DEVICE_PLUGIN, LOAD_BALANCER_CONTROLLER
from slipway.catalog.machines.general import Room
from slipway.checks import Finding
from slipway.checks.charts import Around, StackChart, chart_findings
from slipway.checks.settings import Settings
from stacks.stack import Stack

CHARTS = {
    "cluster_autoscaler": "cluster-autoscaler",
    "efa_device_plugin": EFA_DEVICE_PLUGIN,
    "gpu_operator": "gpu-operator",
    "karpenter": "karpenter",
    "kube_prometheus_stack": STACK,
    "keda": "keda",
    "leader_worker_set": "lws",
    "load_balancer_controller": LOAD_BALANCER_CONTROLLER,
    "metrics_server": "metrics-server",
    "nim_operator": "k8s-nim-operator",
    "prometheus_adapter": "prometheus-adapter",
}
"""The chart of each key of `values`."""


def value_findings(
    stack: Stack,
    values: Settings,
    *,
    installed: Collection[str],
    present: Collection[str] = (),
    own_cluster: bool,
    driver: int | None,
    machine: str = "",
    room: Room | None = None,
) -> list[Finding]:
    """Judge the values of charts.

    Args:
        values: the value of the stack's key `values`.
        installed: keys of charts that the stack installs with its cluster.
        present: add-ons that the cluster has already.
        own_cluster: whether nothing is in the cluster but what the stack puts there.
        driver: branch of the driver in the image of its nodes, where that is known.
        machine: of the nodes that add-ons run on; empty where others see to them.
        room: what such a node leaves to pods, where that is known.
    """
    had = {name.replace("-", "_") for name in present}
    there = {*installed, *_with_servers(stack)} - had
    charts = {
        CHARTS[key]: StackChart(
            path=f"values.{to_camel(key)}",
            own=_own(stack) if CHARTS[key] == STACK else {},
            given=getattr(values, key),
            installed=key in there,
        )
        for key in type(values).model_fields
    }
    classes = frozenset({f"{stack.name}-signals", f"{stack.name}-servers"})
    around = Around(
        namespace=stack.namespace, own_cluster=own_cluster, classes=classes, driver=driver, machine=machine, room=room
    )
    return chart_findings(charts, around)


def _with_servers(stack: Stack) -> set[str]:
    """Return the keys of charts that signals, GPUs and servers need."""
    found: set[str] = set()
    if isinstance(stack.metrics, PrometheusMetrics):
        keda = isinstance(stack.metrics.args.actuator, KedaArgs)
        found |= {"kube_prometheus_stack", "metrics_server", "keda" if keda else "prometheus_adapter"}
        if any(pool.machine.chip.kind == "gpu" for pool in stack.pools.values()):
            found.add("gpu_operator")
        if any(server.needs_nim_operator for server in stack.servers.values()):
            found.add("nim_operator")
    return found


def _own(stack: Stack) -> dict[str, Any]:
    """Return Slipway's values of kube-prometheus-stack."""
    if not isinstance(stack.metrics, PrometheusMetrics):
        return {}
    return stack_values(stack.metrics.args, storage_class=None)
