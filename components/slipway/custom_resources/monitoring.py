"""What Prometheus scrapes and evaluates: the objects of prometheus-operator and of Managed Service for Prometheus."""

from pydantic import Field

from slipway.checks.settings import Settings

DURATION = r"^\d+(ms|s|m|h|d)$"


class LabelSelector(Settings):
    """Pods that carry all of these labels."""

    match_labels: dict[str, str] = Field(min_length=1)


class ScrapeEndpoint(Settings):
    """A port of the selected pods that serves metrics."""

    port: str | int
    """Name or number of the container's port."""
    path: str = Field(pattern=r"^/")
    interval: str = Field(pattern=r"^\d+(ms|s|m|h)$")
    """Time between two scrapes, such as `15s`."""


class PodMonitoring(Settings):
    """What Managed Service for Prometheus scrapes (`monitoring.googleapis.com/v1`)."""

    selector: LabelSelector
    endpoints: list[ScrapeEndpoint] = Field(min_length=1)


class PodMonitor(Settings):
    """What the Prometheus operator has Prometheus scrape (`monitoring.coreos.com/v1`)."""

    selector: LabelSelector
    pod_metrics_endpoints: list[ScrapeEndpoint] = Field(min_length=1)


class Rule(Settings):
    """One recorded series or one alert."""

    record: str | None = Field(default=None, pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")
    """Name of the series that holds the result."""
    alert: str | None = None
    """Name of the alert that each series of the result raises."""
    expr: str = Field(min_length=1)
    """PromQL."""
    for_: str | None = Field(default=None, alias="for", pattern=DURATION)
    """How long a series must be there before its alert fires."""
    labels: dict[str, str] | None = None
    """Labels put on the series or the alert."""
    annotations: dict[str, str] | None = None
    """What people read in the alert."""


class RuleGroup(Settings):
    """Rules that are evaluated one after the other, so that one may use the series of those above."""

    name: str = Field(min_length=1)
    interval: str | None = Field(default=None, pattern=DURATION)
    """Time between two evaluations; Prometheus's own when left out."""
    rules: list[Rule] = Field(min_length=1)


class PrometheusRule(Settings):
    """What Prometheus evaluates (`monitoring.coreos.com/v1`)."""

    groups: list[RuleGroup] = Field(min_length=1)
