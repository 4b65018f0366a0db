"""Prometheus with its operator and Grafana: what collects the series that autoscalers and people look at."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.alertmanager_settings import KEY, SECRET
from slipway.addons.monitoring_settings import FULLNAME, NAMESPACE, STACK, stack_values
from slipway.addons.release import release
from slipway.addons.settings import MonitoringArgs
from slipway.addons.wires import PROMETHEUS, PrometheusWires
from slipway.catalog.versions import KUBE_PROMETHEUS_STACK
from slipway.network_policies import closed
from slipway.serving.site import found

ASKED_PORTS = (10250, 6443)
"""What the API server asks: the operator's webhook and prometheus-adapter."""


class KubePrometheusStack(pulumi.ComponentResource):
    """The chart of prometheus-community, fitted to a cluster whose control plane cannot be scraped.

    Args:
        alert_address: where alerts go, if they go anywhere: an address or a key, as `args.alerts` has it.
        ready: what defines the custom resources.

    Attributes:
        wires: it, for what asks it and what it collects.
        grafana_command: what a person runs to reach Grafana; its password is in the Secret that it names.
    """

    wires: PrometheusWires
    grafana_command: str

    def __init__(
        self,
        name: str,
        args: MonitoringArgs,
        *,
        alert_address: pulumi.Input[str] | None = None,
        storage_class: pulumi.Input[str] | None,
        priority_class: pulumi.Input[str],
        ready: Sequence[pulumi.Resource] = (),
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:KubePrometheusStack", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        namespace = k8s.core.v1.Namespace(f"{name}-monitoring", metadata={"name": NAMESPACE}, opts=child)
        inside = namespace.metadata["name"]
        closed(f"{name}-monitoring", namespace=inside, within=True, answers=ASKED_PORTS, opts=child)
        k8s.networking.v1.NetworkPolicy(
            f"{name}-collects",
            metadata={"namespace": inside},
            spec={"pod_selector": PROMETHEUS, "policy_types": ["Egress"], "egress": [{}]},
            opts=child,
        )
        needed = [*ready]
        if args.alerts:
            needed.append(
                k8s.core.v1.Secret(
                    f"{name}-{SECRET}",
                    metadata={"name": SECRET, "namespace": inside},
                    string_data={KEY: found(alert_address, "the address to which alerts go")},
                    opts=child,
                )
            )
        installed = release(
            f"{name}-monitoring",
            release_name=STACK,
            chart=STACK,
            repository="https://prometheus-community.github.io/helm-charts",
            version=KUBE_PROMETHEUS_STACK,
            namespace=inside,
            own=stack_values(args, storage_class=storage_class, priority_class=priority_class),
            values=values,
            skip_crds=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )
        self.wires = PrometheusWires(namespace=inside, own_namespace=NAMESPACE, ready=[installed])
        self.grafana_command = f"kubectl port-forward --namespace {NAMESPACE} service/{FULLNAME}-grafana 3000:80"
        self.register_outputs({})
