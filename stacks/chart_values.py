"""A person's values for the charts of add-ons."""

from typing import Any

from pydantic import Field

from slipway.checks.settings import Settings

Values = dict[str, Any]


class ChartValues(Settings):
    """Values for the charts of add-ons, merged last over Slipway's own: the way out for whatever has no key."""

    cluster_autoscaler: Values = Field(default_factory=Values)
    """For cluster-autoscaler."""
    efa_device_plugin: Values = Field(default_factory=Values)
    """For aws-efa-k8s-device-plugin, which is there if a pool has EFA."""
    gpu_operator: Values = Field(default_factory=Values)
    """For gpu-operator."""
    karpenter: Values = Field(default_factory=Values)
    """For karpenter, which is there if it is the stack's node autoscaler."""
    kube_prometheus_stack: Values = Field(default_factory=Values)
    """For kube-prometheus-stack."""
    keda: Values = Field(default_factory=Values)
    """For keda, which is there if `monitoring.actuator` says so."""
    load_balancer_controller: Values = Field(default_factory=Values)
    """For aws-load-balancer-controller, which is there if a server is exposed."""
    metrics_server: Values = Field(default_factory=Values)
    """For metrics-server."""
    nim_operator: Values = Field(default_factory=Values)
    """For k8s-nim-operator, which is there if a server is deployed through it."""
    prometheus_adapter: Values = Field(default_factory=Values)
    """For prometheus-adapter."""
