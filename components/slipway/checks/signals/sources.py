"""The first half of a signal's way as data: what pods export and what scrapes it. Nothing here judges.

`path` is the place that a finding names: in the stack file, or an object such as `PodMonitor llm/triton`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from typing_extensions import override

from slipway.catalog.engines import Engine, Mode

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Workload:
    """What an autoscaler scales."""

    kind: str
    namespace: str
    name: str

    @override
    def __str__(self) -> str:
        """As a person names it: `Deployment llm/triton`."""
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A workload whose pods run an engine.

    Attributes:
        version: of the engine; of Triton, that of its container.
        labels: of the pods that serve metrics.
        ports: numbers of the container's ports by name.
        listens: the port where the engine serves metrics, if not its usual one.
        batch: most requests that one replica runs at once.
        options: options of the engine that are on, such as `--disable-log-stats`.
        states_replicas: whether the manifest says how many replicas there are.
    """

    path: str
    engine: Engine
    version: str
    workload: Workload
    labels: Mapping[str, str]
    ports: Mapping[str, int]
    mode: Mode = ""
    listens: int | None = None
    batch: int | None = None
    options: frozenset[str] = frozenset()
    states_replicas: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a ServiceMonitor selects: a Service with its labels and the pods behind it.

    Attributes:
        ports: the container's port, by name or number, for each port of the Service.
    """

    namespace: str
    name: str
    labels: Mapping[str, str]
    selector: Mapping[str, str]
    ports: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrape:
    """One endpoint that Prometheus collects.

    Attributes:
        kind: a PodMonitoring is read by Google's managed collection, the others by the Prometheus operator.
        namespace: where the object is, and where the pods must be.
        labels: of the object itself.
        selector: labels of the pods; of a ServiceMonitor, those of the Services.
        port: name or number.
        page: path of the metrics.
        interval_seconds: None for the default of the collector.
    """

    path: str
    kind: Literal["PodMonitoring", "PodMonitor", "ServiceMonitor"]
    namespace: str
    selector: Mapping[str, str]
    port: str | int
    page: str
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    interval_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """A Prometheus that the operator runs.

    Attributes:
        service: name of its Service.
        selects: labels that an object must have for it to be read, by its kind: a monitor's, or `PrometheusRule`.
        scrape_seconds: interval of scrapes that name none.
        prefix: path under which it answers.
    """

    service: str
    namespace: str
    selects: Mapping[str, Mapping[str, str]]
    scrape_seconds: float = 30
    port: int = 9090
    prefix: str = "/"


@dataclass(frozen=True, slots=True)
class ManagedPrometheus:
    """Google Cloud Managed Service for Prometheus, with managed collection."""


Collector = Prometheus | ManagedPrometheus
