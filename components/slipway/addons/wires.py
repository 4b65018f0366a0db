"""What add-ons and servers take of a Prometheus, which a cluster with its own may write by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.monitoring_settings import NAMESPACE, PORT, SELECTED, URL
from slipway.network_policies import namespaces

PROMETHEUS: k8s.meta.v1.LabelSelectorArgsDict = {"match_labels": {"app.kubernetes.io/name": "prometheus"}}
"""The pods that the operator makes; they go to whatever port there is to collect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusWires:
    """A Prometheus with its operator; without more, as `KubePrometheusStack` installs them.

    Attributes:
        namespace: where it runs.
        url: of its Service, without a port.
        port: of its Service.
        own_namespace: its name where `namespace` is an Output that what it collects is not to wait for.
        selected: labels of the monitors and rules that it reads; it ignores others in silence.
        ready: what defines the custom resources; monitors are created after it and deleted before it.
    """

    namespace: pulumi.Input[str] = NAMESPACE
    url: str = URL
    port: int = PORT
    own_namespace: str | None = None
    selected: Mapping[str, str] = field(default_factory=lambda: SELECTED)
    ready: Sequence[pulumi.Resource] = ()

    @property
    def collectors(self) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
        """Its pods, as a network policy names them."""
        return {**namespaces(self.own_namespace or self.namespace), "pod_selector": PROMETHEUS}

    @property
    def server(self) -> str:
        """Its URL, with the port."""
        return f"{self.url}:{self.port}"
