"""The real prometheus-adapter, with the rules and the URL of its release's values, outside the cluster."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane
from rehearsal.metrics import adapter_config
from rehearsal.metrics.compressed_promql import duration
from rehearsal.metrics.prometheus import Prometheus
from rehearsal.releases import Release

NAME = "prometheus-adapter"
PORT = 9090
"""Of Prometheus in the cluster."""
CLOSED_PORT = 1
"""Nothing listens there: where a URL leads that leads to no Prometheus."""


class PrometheusAdapter:
    """One that runs once it is started, until the control plane's processes are stopped.

    Args:
        plane: where it runs.
        release: its release.
        operated: the Prometheus object that its URL must lead to.
        prometheus: what it then asks.
        clock: compresses its windows and intervals.

    Attributes:
        port: where it answers, on the slot's address.
    """

    def __init__(
        self, plane: ControlPlane, release: Release, operated: Json, prometheus: Prometheus, clock: Clock
    ) -> None:
        self._plane, self._release, self._prometheus, self._clock = plane, release, prometheus, clock
        self._operated, self._folder = operated, plane.slot.folder / NAME
        self.port = plane.slot.free_port()

    @property
    def _leads(self) -> bool:
        return leads(self._release, self._operated)

    @property
    def _rules(self) -> list[Json]:
        return adapter_config.rules(self._release.values)

    def upgrade(self, release: Release) -> None:
        """Start it anew, with the values of its release as an update leaves it."""
        self._release = release
        self._plane.processes.stop(NAME)
        self.start()

    def start(self) -> None:
        """Start it; it asks the API server who its callers are and what they may, as in a cluster."""
        plane, values = self._plane, self._release.values
        self._folder.mkdir(exist_ok=True)
        config = self._folder / "config.yaml"
        config.write_text(json.dumps(adapter_config.config(values, self._clock)), encoding="utf-8")
        url = self._prometheus.url if self._leads else f"http://{plane.slot.address}:{CLOSED_PORT}"
        plane.processes.start(
            NAME,
            [
                plane.binaries[NAME],
                f"--bind-address={plane.slot.address}",
                f"--secure-port={self.port}",
                f"--tls-cert-file={plane.credentials.server.certificate}",
                f"--tls-private-key-file={plane.credentials.server.key}",
                *(f"--{part}-kubeconfig={plane.kubeconfig}" for part in ("lister", "authentication", "authorization")),
                f"--prometheus-url={url}",
                f"--metrics-relist-interval={duration(values.get('metricsRelistInterval', '1m'), self._clock)}",
                f"--config={config}",
                # Unthrottled: the autoscaler asks as many times more often as time is compressed.
                "--client-qps=1000",
                "--client-burst=1000",
            ],
        )

    def series(self, metric: str) -> str:
        """Return the series of which a rule makes a metric; without such a rule the metric itself.

        Raises:
            PrometheusError: Prometheus does not say which series there are.
        """
        for rule in self._rules:
            if _shown(rule) == metric and (named := adapter_config.named_series(rule["seriesQuery"])):
                return named
        made = (adapter_config.made(rule, self._there()) for rule in self._rules)
        return next((metrics[metric] for metrics in made if metric in metrics), metric)

    def unmatched(self, metric: str) -> str:
        """Say which rule states a metric and meets no series that is there; empty otherwise, and where it names one.

        Raises:
            PrometheusError: Prometheus does not say which series there are.
        """
        stated = [rule for rule in self._rules if _shown(rule) == metric]
        return adapter_config.unmatched(self._release.name, stated, self._there()) if stated else ""

    def _there(self) -> list[str]:
        """Return the names of all series that Prometheus has."""
        return [each.labels["__name__"] for each in self._prometheus.query('count by (__name__) ({__name__!=""})')]

    def needed(self, metric: str) -> str:
        """Say what it would need to serve a metric."""
        if not self._leads:
            return f"prometheus.url of {self._release.name} leads to no Prometheus of the stack"
        if query := next((rule["seriesQuery"] for rule in self._rules if _shown(rule) == metric), None):
            return f"the rule for {query} gives it; its resources must name the labels of namespace and pod"
        made = ", ".join(sorted(_shown(rule) or str(rule["seriesQuery"]) for rule in self._rules))
        return f"rules of {self._release.name}: {made or 'none'}; add one whose name.as is {metric}"


def leads(adapter: Release, prometheus: Json) -> bool:
    """Return whether the adapter's URL is that of a Prometheus object, by one of the Services in front of it."""
    stated: Mapping[str, object] = adapter.values.get("prometheus", {})
    parts = urlsplit(f"{stated.get('url', 'http://prometheus.default.svc')}{stated.get('path', '')}")
    service, *rest = (parts.hostname or "").split(".")
    namespace = rest[0] if rest else adapter.namespace
    metadata, prefix = prometheus["metadata"], prometheus["spec"].get("routePrefix", "/")
    return (
        service in (metadata["name"], "prometheus-operated")
        and namespace == metadata["namespace"]
        and (parts.port or stated.get("port", PORT)) == PORT
        and parts.path.rstrip("/") == prefix.rstrip("/")
    )


def _shown(rule: Json) -> str:
    """Return the name that a rule states for its metric."""
    name: Mapping[str, str] = rule.get("name") or {}
    return name.get("as", "")
