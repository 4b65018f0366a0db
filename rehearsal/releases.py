"""Helm releases in a recording, and the objects of their charts that a rehearsal needs.

A chart is not rendered. Of kube-prometheus-stack there is the Prometheus object, from the release's merged values, and
of prometheus-adapter what leads the metrics APIs to it; names and defaults are those of the charts' templates
(prometheus-community/helm-charts, Aug 2026). They stand where the release stands in the order of the recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offline import Recording
from rehearsal.client import Json
from slipway.addons.gpu_operator import POLICY
from slipway.checks.signals import charts

TYPE = "kubernetes:helm.sh/v3:Release"
PROMETHEUS_STACK, PROMETHEUS_ADAPTER = "kube-prometheus-stack", "prometheus-adapter"
GPU_OPERATOR, NODE_AUTOSCALER = "gpu-operator", "cluster-autoscaler"
EFA_PLUGIN, KARPENTER = "aws-efa-k8s-device-plugin", "karpenter"

SELECTORS = ("serviceMonitor", "podMonitor", "probe", "rule", "scrapeConfig")
"""What the chart writes a selector for; where its values have none, one for objects with the release's label."""

KEPT = (
    *("scrapeInterval", "scrapeTimeout", "evaluationInterval", "externalLabels", "routePrefix", "scrapeClasses"),
    *("enforcedNamespaceLabel", "ignoreNamespaceSelectors", "overrideHonorLabels", "overrideHonorTimestamps"),
    *("podTargetLabels", "sampleLimit", "enforcedSampleLimit", "excludedFromEnforcement", "enableFeatures"),
    *("prometheusExternalLabelName", "replicaExternalLabelName"),
    *("prometheusExternalLabelNameClear", "replicaExternalLabelNameClear"),
)
"""Values of `prometheusSpec` that decide what is scraped and evaluated; the chart passes them on as they are."""

CUSTOM, EXTERNAL = "custom.metrics.k8s.io", "external.metrics.k8s.io"


@dataclass(frozen=True, slots=True)
class Release:
    """A Helm release.

    Attributes:
        name: of the release itself, on which names in the cluster are built.
        values: as the chart gets them, without its defaults.
    """

    name: str
    namespace: str
    chart: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> "Release":
        """Return the release with these inputs."""
        chart = str(inputs["chart"]).rpartition("/")[2]
        return cls(inputs["name"], inputs.get("namespace", "default"), chart, inputs.get("values", {}))

    def enabled(self, part: str) -> bool:
        """Return whether a part of the chart is on; it is unless the values say otherwise."""
        return bool(self.values.get(part, {}).get("enabled", True))


def release(recording: Recording, chart: str) -> Release | None:
    """Return the release of a chart; None if the stack has none."""
    found = (Release.of(resource.inputs) for resource in recording.of(TYPE))
    return next((each for each in found if each.chart == chart), None)


def objects(found: Release) -> list[Json]:
    """Return the objects of a release that a rehearsal needs, in the order of their creation."""
    if found.chart == PROMETHEUS_STACK:
        return [prometheus(found)]
    if found.chart == PROMETHEUS_ADAPTER:
        return _adapter(found)
    if found.chart == GPU_OPERATOR:
        return [{"apiVersion": "nvidia.com/v1", "kind": "ClusterPolicy", "metadata": {"name": POLICY}, "spec": {}}]
    return []


def retention(found: Release) -> str:
    """Return how long the Prometheus of a release of kube-prometheus-stack is to keep samples; empty for a default."""
    return str(found.values.get("prometheus", {}).get("prometheusSpec", {}).get("retention", ""))


def prometheus(found: Release) -> Json:
    """Return the Prometheus object of a release of kube-prometheus-stack; it asks for no pod, as none could run."""
    values: Mapping[str, Any] = found.values.get("prometheus", {}).get("prometheusSpec", {})
    nothing: Json = {}
    selectors: Json = {}
    for name in SELECTORS:
        by_release = values.get(f"{name}SelectorNilUsesHelmValues", True)
        default = {"matchLabels": {"release": found.name}} if by_release else nothing
        selectors[f"{name}Selector"] = values.get(f"{name}Selector") or default
        selectors[f"{name}NamespaceSelector"] = values.get(f"{name}NamespaceSelector") or nothing
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "Prometheus",
        "metadata": {
            "name": charts.prometheus(found.name, found.namespace, found.values).service,
            "namespace": found.namespace,
        },
        "spec": {"replicas": 0, **{name: values[name] for name in KEPT if values.get(name)}, **selectors},
    }


def adapter_name(found: Release) -> str:
    """Return the name of the objects of a release of prometheus-adapter."""
    stated = found.values.get("fullnameOverride")
    return str(stated or (found.name if found.chart in found.name else f"{found.name}-{found.chart}"))


def _adapter(found: Release) -> list[Json]:
    name, rules = adapter_name(found), found.values.get("rules", {})
    served: list[tuple[str, str]] = []
    if rules.get("default", True) or rules.get("custom"):
        served.append((CUSTOM, "v1beta1"))
    if rules.get("external"):
        served.append((EXTERNAL, "v1beta1"))
    return [
        service(name, found.namespace),
        *(api(group, version, name, found.namespace) for group, version in served),
    ]


def service(name: str, namespace: str) -> Json:
    """Return the Service of an adapter."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"ports": [{"name": "https", "port": 443, "targetPort": "https"}]},
    }


def api(group: str, version: str, service: str, namespace: str) -> Json:
    """Return the APIService that leads one of the metrics APIs to a Service."""
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"{version}.{group}"},
        "spec": {
            "group": group,
            "version": version,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": {"name": service, "namespace": namespace},
        },
    }
