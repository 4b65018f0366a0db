"""Prometheus with its operator and Grafana: what collects the series that autoscalers and people look at."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.alertmanager_settings import KEY, SECRET
from slipway.addons.monitoring_settings import FULLNAME, NAMESPACE, STACK, stack_values
from slipway.addons.release import release
from slipway.addons.settings import MonitoringArgs
from slipway.catalog.versions import KUBE_PROMETHEUS_STACK
from slipway.network_policies import closed
from slipway.serving.site import found

PROMETHEUS: k8s.meta.v1.LabelSelectorArgsDict = {"match_labels": {"app.kubernetes.io/name": "prometheus"}}
"""The pods that the operator makes; they go to whatever port there is to collect."""

ASKED_PORTS = (10250, 6443)
"""What the API server asks: the operator's webhook and prometheus-adapter."""


class KubePrometheusStack(pulumi.ComponentResource):
    """The chart of prometheus-community, fitted to a cluster whose control plane cannot be scraped.

    Args:
        alert_address: where alerts go, if they go anywhere: an address or a key, as `args.alerts` has it.
        definitions: what defines the custom resources.

    Attributes:
        namespace: where it runs.
        release: defines the custom resources; monitors are created after it and deleted before it.
        grafana_command: what a person runs to reach Grafana; its password is in the Secret that it names.
    """

    namespace: pulumi.Output[str]
    release: k8s.helm.v3.Release
    grafana_command: str

    def __init__(
        self,
        name: str,
        args: MonitoringArgs,
        *,
        alert_address: pulumi.Input[str] | None = None,
        storage_class: pulumi.Input[str] | None,
        priority_class: pulumi.Input[str],
        definitions: pulumi.Resource,
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:KubePrometheusStack", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        namespace = k8s.core.v1.Namespace(f"{name}-monitoring", metadata={"name": NAMESPACE}, opts=child)
        self.namespace = namespace.metadata["name"]
        closed(f"{name}-monitoring", namespace=self.namespace, within=True, answers=ASKED_PORTS, opts=child)
        k8s.networking.v1.NetworkPolicy(
            f"{name}-collects",
            metadata={"namespace": self.namespace},
            spec={"pod_selector": PROMETHEUS, "policy_types": ["Egress"], "egress": [{}]},
            opts=child,
        )
        needed: list[pulumi.Resource] = [definitions]
        if args.alerts:
            needed.append(
                k8s.core.v1.Secret(
                    f"{name}-{SECRET}",
                    metadata={"name": SECRET, "namespace": self.namespace},
                    string_data={KEY: found(alert_address, "the address to which alerts go")},
                    opts=child,
                )
            )
        self.release = release(
            f"{name}-monitoring",
            release_name=STACK,
            chart=STACK,
            repository="https://prometheus-community.github.io/helm-charts",
            version=KUBE_PROMETHEUS_STACK,
            namespace=self.namespace,
            own=stack_values(args, storage_class=storage_class, priority_class=priority_class),
            values=values,
            skip_crds=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )
        self.grafana_command = f"kubectl port-forward --namespace {NAMESPACE} service/{FULLNAME}-grafana 3000:80"
        self.register_outputs({})
