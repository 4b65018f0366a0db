"""Managed Service for Prometheus: PodMonitoring objects as the scrape configuration that its collectors run.

The relabelling is that of GoogleCloudPlatform/prometheus-engine (pkg/operator/apis/monitoring/v1/pod_config.go). There
each node's collector takes the pods of its own node; here one Prometheus takes them all. Of `targetLabels`, `metadata`
is known; `fromPod`, expressions in selectors, limits and metric relabelling are not.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.loop import Loop
from rehearsal.metrics.prometheus import Prometheus, PrometheusError, milliseconds
from rehearsal.mirror import Mirror
from slipway.checks.quantities import seconds

API_VERSION, KIND = "monitoring.googleapis.com/v1", "PodMonitoring"
METADATA = ("container", "pod", "top_level_controller_name", "top_level_controller_type")
"""The labels that a target gets where a PodMonitoring does not say; its CRD has this default."""

_POD = "__meta_kubernetes_pod_"
_FROM_METADATA = {"container": "container_name", "node": "node_name", "pod": "name"}
TICK_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What managed collection writes on every series."""

    project: str
    location: str
    name: str

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the monitored resource `prometheus_target` that all series of a cluster share."""
        return {"project_id": self.project, "location": self.location, "cluster": self.name}


def scrape_configs(monitoring: Json, cluster: Cluster, kubeconfig: Path, clock: Clock) -> list[Json]:
    """Return the scrape configurations of one PodMonitoring, with its intervals compressed."""
    name, namespace = monitoring["metadata"]["name"], monitoring["metadata"]["namespace"]
    return [
        {
            "job_name": f"{KIND}/{namespace}/{name}/{endpoint['port']}",
            "metrics_path": endpoint.get("path", "/metrics"),
            "scrape_interval": (interval := milliseconds(clock.compressed(seconds(endpoint["interval"])))),
            "scrape_timeout": interval,
            "kubernetes_sd_configs": [{"role": "pod", "kubeconfig_file": str(kubeconfig)}],
            "relabel_configs": [
                *({"target_label": label, "replacement": value} for label, value in cluster.labels.items()),
                _keep("__meta_kubernetes_namespace", namespace),
                *_selected(monitoring["spec"]["selector"]),
                *_labelled(monitoring["spec"].get("targetLabels", {}).get("metadata", METADATA)),
                {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
                {"target_label": "job", "replacement": name},
                {"source_labels": [f"{_POD}phase"], "regex": "(Failed|Succeeded)", "action": "drop"},
                *_ported(endpoint["port"]),
            ],
        }
        for endpoint in monitoring["spec"]["endpoints"]
    ]


class ManagedCollection(Loop):
    """A context manager inside which Prometheus scrapes what the PodMonitoring objects say.

    Args:
        monitorings: mirror of the PodMonitoring objects.
        prometheus: what scrapes.
        cluster: whose series they are.
        kubeconfig: with which Prometheus finds pods.
        clock: compresses intervals.
    """

    def __init__(
        self, monitorings: Mirror, prometheus: Prometheus, cluster: Cluster, kubeconfig: Path, clock: Clock
    ) -> None:
        self._monitorings, self._prometheus = monitorings, prometheus
        self._arguments = (cluster, kubeconfig, clock)
        self._current: list[Json] = []
        super().__init__("managed collection", TICK_SECONDS, self._follow)

    def _follow(self) -> None:
        ordered = sorted(self._monitorings.objects, key=lambda each: each["metadata"]["uid"])
        wanted = [config for monitoring in ordered for config in scrape_configs(monitoring, *self._arguments)]
        # A Prometheus that does not answer gets its configuration later, if it comes back.
        with suppress(PrometheusError):
            if wanted != self._current:
                self._prometheus.configure({"scrape_configs": wanted})
                self._current = wanted


def _keep(label: str, value: str) -> Json:
    return {"source_labels": [label], "regex": value, "action": "keep"}


def _selected(selector: Json) -> list[Json]:
    """Keep the pods that have these labels; Prometheus replaces what it does not allow in the name of a label."""
    return [
        _keep(f"{_POD}label_{_sanitized(label)}", value) for label, value in sorted(selector["matchLabels"].items())
    ]


def _labelled(metadata: Sequence[str]) -> list[Json]:
    rules: list[Json] = [
        {"source_labels": [f"{_POD}{source}"], "target_label": label}
        for label, source in _FROM_METADATA.items()
        if label in metadata
    ]
    # A ReplicaSet with a template hash belongs to a Deployment of the same name without the hash.
    deployed: dict[str, Any] = {
        "source_labels": [f"{_POD}{each}" for each in ("controller_kind", "labelpresent_pod_template_hash")]
        + [f"{_POD}controller_name"],
        "regex": "ReplicaSet;true;(.+)-[a-z0-9]+",
    }
    for label, source, replacement in (
        ("top_level_controller_name", "controller_name", "$1"),
        ("top_level_controller_type", "controller_kind", "Deployment"),
    ):
        if label in metadata:
            rules.append({"source_labels": [f"{_POD}{source}"], "target_label": label})
            rules.append({**deployed, "target_label": label, "replacement": replacement})
    return rules


def _ported(port: str | int) -> list[Json]:
    """Keep the pods' ports of that name; a number is scraped whether a pod declares it or not, without `container`."""
    if isinstance(port, int):
        return [
            {"regex": "container", "action": "labeldrop"},
            {"source_labels": [f"{_POD}name"], "target_label": "instance", "replacement": f"$1:{port}"},
            {"source_labels": [f"{_POD}ip"], "target_label": "__address__", "replacement": f"$1:{port}"},
        ]
    return [
        _keep(f"{_POD}container_port_name", port),
        {
            "source_labels": [f"{_POD}name", f"{_POD}container_port_name"],
            "regex": "(.+);(.+)",
            "target_label": "instance",
            "replacement": "$1:$2",
        },
    ]


def _sanitized(label: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_]", "_", label)
