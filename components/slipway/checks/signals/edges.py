"""The second half of a signal's way as data: what records it, serves it and scales on it. Nothing here judges.

`path` is the place that a finding names: in the stack file, or an object such as `HorizontalPodAutoscaler llm/llama`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from slipway.checks.signals.sources import NOTHING, Collector, Export, Scrape, Service, Workload


@dataclass(frozen=True, slots=True)
class Term:
    """One series in a query.

    Attributes:
        matchers: values that labels must have.
        function: what is applied over time, such as `rate`; empty for the newest value.
        window_seconds: over how long; 0 without a function.
    """

    series: str
    matchers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    function: str = ""
    window_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Query:
    """What a rule or an adapter computes.

    Attributes:
        by: labels that the aggregation keeps; None if it aggregates nothing and so keeps all.
        divides: whether it is a ratio of series.
        clamped: whether the divisor of the ratio cannot be 0.
    """

    terms: tuple[Term, ...]
    by: frozenset[str] | None = None
    divides: bool = False
    clamped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRule:
    """A series that Prometheus computes.

    Attributes:
        path: empty for a rule that no person writes: what is wrong with it is wrong with using it.
        labels: of the PrometheusRule that holds it.
    """

    record: str
    query: Query
    path: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class AdapterRule:
    """A custom rule of prometheus-adapter: the name that autoscalers ask for, and what is computed for it."""

    name: str
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusAdapter:
    """kubernetes-sigs/prometheus-adapter.

    Attributes:
        namespace: where it runs.
        url: `prometheus.url` and `prometheus.path` of its chart together.
        relist_seconds: how often it looks which series there are.
        default_rules: whether the rules of the chart apply: a rate of what ends in `_total`, else the newest value.
    """

    path: str
    namespace: str
    url: str
    port: int = 9090
    relist_seconds: float = 60
    default_rules: bool = True
    rules: tuple[AdapterRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StackdriverAdapter:
    """Google's custom metrics adapter.

    Attributes:
        may_read: whether its own service account has `roles/monitoring.viewer`.
        distributions: whether `--enable-distribution-support` is on.
    """

    path: str
    may_read: bool
    distributions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Keda:
    """KEDA with Prometheus triggers, whose queries the metrics of its scalers hold."""

    path: str
    url: str


Adapter = PrometheusAdapter | StackdriverAdapter | Keda


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalerMetric:
    """One metric of an autoscaler.

    Attributes:
        name: what it asks the metrics API for.
        type: `Pods`, `Object`, `External` or `Resource`.
        target_type: `AverageValue`, `Value` or `Utilization`.
        target_field: the field that holds the target, such as `averageValue`.
        target: a Kubernetes quantity.
        query: what a trigger of KEDA asks Prometheus for.
    """

    path: str
    name: str
    target: str
    type: str = "Pods"
    target_type: str = "AverageValue"
    target_field: str = "averageValue"
    query: Query | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """A HorizontalPodAutoscaler or a ScaledObject."""

    path: str
    target: Workload
    min_replicas: int
    max_replicas: int
    metrics: tuple[ScalerMetric, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsApi:
    """An aggregated API that autoscalers ask.

    Attributes:
        group: such as `custom.metrics.k8s.io`.
        owner: who answers, such as `custom-metrics/custom-metrics-stackdriver-adapter`.
        answered: whether the stack has that owner.
    """

    path: str
    group: str
    owner: str
    answered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Everything between the pods of a cluster and its autoscalers.

    Attributes:
        resource_metrics: whether the cluster answers for `metrics.k8s.io` itself.
        there: what the cluster has already, so that no object of the stack makes it; of an adapter, its APIs, too.
    """

    resource_metrics: bool
    collector: Collector
    adapter: Adapter
    exports: tuple[Export, ...]
    scrapes: tuple[Scrape, ...]
    scalers: tuple[Scaler, ...]
    services: tuple[Service, ...] = ()
    rules: tuple[RecordingRule, ...] = ()
    apis: tuple[MetricsApi, ...] = ()
    there: frozenset[Literal["collector", "adapter"]] = frozenset()
