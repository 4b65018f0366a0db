"""What a person decides about monitoring. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Any, Literal

from pydantic import Field

from slipway.checks.settings import DnsLabel, ObjectName, Settings


class PrometheusAdapterArgs(Settings):
    """HorizontalPodAutoscalers of Kubernetes, to which prometheus-adapter serves the signals as custom metrics."""

    type: Literal["prometheus-adapter"]


class KedaArgs(Settings):
    """ScaledObjects of KEDA, which asks Prometheus for the signals itself."""

    type: Literal["keda"]


Actuator = Annotated[PrometheusAdapterArgs | KedaArgs, Field(discriminator="type")]


AlertsTo = Literal["slack", "pagerduty", "webhook"]


class InstalledChart(Settings):
    """A Helm release that the cluster has."""

    release: ObjectName = Field(examples=["prometheus"])
    """Its name, as `helm list --all-namespaces` prints it."""
    namespace: DnsLabel = Field(examples=["observability"])
    """Where it is."""
    values: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What it was given: `helm get values --namespace <namespace> <release>` prints it."""


class MonitoringArgs(Settings):
    """Prometheus, which autoscaling reads."""

    retention_days: int = Field(default=7, ge=1, le=3650)
    """Days for which series are kept."""
    storage_gib: int = Field(default=50, ge=10, le=16384)
    """Size of a volume for them, GiB, of which the two replicas of Prometheus have one each. A volume that is there
    keeps its size: before an update with a larger one, enlarge the claims (docs/monitoring.md)."""
    alerts: AlertsTo | None = None
    """Who is told of alerts: a channel of Slack, a service of PagerDuty, or whatever answers to Alertmanager's
    webhooks. Its address, or PagerDuty's integration key, is the secret `slipway:alertAddress`. Nobody when left
    out."""
    actuator: Actuator = PrometheusAdapterArgs(type="prometheus-adapter")
    """What sets the number of replicas by the signals; both hold the same average at the same target."""
