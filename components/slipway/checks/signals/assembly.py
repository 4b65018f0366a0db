"""The chain of a stack from the Kubernetes objects and the chart releases that it registers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from slipway.catalog.engines import Mode
from slipway.checks.signals import charts, keda, manifests, nim_operator
from slipway.checks.signals.edges import Adapter, MetricsApi, Monitoring
from slipway.checks.signals.manifests import Manifest
from slipway.checks.signals.sources import Collector, ManagedPrometheus


@dataclass(frozen=True, slots=True)
class Release:
    """A Helm release: the chart's name, and the values that are not its defaults."""

    chart: str
    name: str
    namespace: str
    values: Mapping[str, Any]


def monitoring(
    objects: Sequence[Manifest],
    *,
    resource_metrics: bool,
    releases: Sequence[Release] = (),
    readers: Collection[str] = (),
    modes: Mapping[str, Mode] | None = None,
    expected: Monitoring | None = None,
) -> Monitoring:
    """Return everything between the pods of a stack and its autoscalers.

    Args:
        objects: in wire form.
        resource_metrics: whether the cluster answers for `metrics.k8s.io` itself.
        readers: the principals that have `roles/monitoring.viewer` on Google Cloud.
        modes: how workloads run their models, by name; a manifest does not say it.
        expected: the chain by the stack's settings, for what of it the cluster has already.

    Raises:
        ValueError: the stack has no adapter, or an expression or a duration cannot be read.
    """
    objects = nim_operator.with_what_it_makes(objects)
    known = {export.workload.name: export for export in expected.exports} if expected else {}
    there = expected.there if expected else frozenset[Literal["collector", "adapter"]]()
    return Monitoring(
        resource_metrics=resource_metrics,
        collector=expected.collector if expected and "collector" in there else _collector(releases),
        adapter=expected.adapter if expected and "adapter" in there else _adapter(objects, releases, readers),
        exports=tuple(manifests.exports(objects, modes or {}, known)),
        scrapes=tuple(manifests.scrapes(objects)),
        scalers=(*manifests.scalers(objects), *keda.scalers(objects)),
        services=tuple(manifests.services(objects)),
        rules=tuple(manifests.rules(objects)),
        apis=(*manifests.apis(objects), *_apis(releases), *(expected.apis if expected and "adapter" in there else ())),
        there=there,
    )


def _collector(releases: Sequence[Release]) -> Collector:
    for release in releases:
        if release.chart == charts.STACK:
            return charts.prometheus(release.name, release.namespace, release.values)
    return ManagedPrometheus()


def _adapter(objects: Sequence[Manifest], releases: Sequence[Release], readers: Collection[str]) -> Adapter:
    if managed := charts.stackdriver_adapter(objects, readers):
        return managed
    for release in releases:
        if release.chart == "prometheus-adapter":
            return charts.prometheus_adapter(release.name, release.namespace, release.values)
    if asked := keda.adapter(objects):
        return asked
    msg = "the stack has autoscalers and no adapter that serves them metrics; add one, such as prometheus-adapter"
    raise ValueError(msg)


def _apis(releases: Sequence[Release]) -> Iterator[MetricsApi]:
    """Yield the metrics APIs that charts register."""
    for release in releases:
        groups: list[str] = []
        match release.chart:
            case "prometheus-adapter":
                rules = release.values.get("rules", {})
                groups = [
                    f"{kind}.metrics.k8s.io" for kind in ("custom", "external") if kind == "custom" or rules.get(kind)
                ]
                groups += ["metrics.k8s.io"] if rules.get("resource") else []
            case "keda":
                groups = ["external.metrics.k8s.io"]
            case "metrics-server":
                groups = ["metrics.k8s.io"]
            case _:
                pass
        for group in groups:
            yield MetricsApi(path=_path(release), group=group, owner=f"{release.namespace}/{release.name}")


def _path(release: Release) -> str:
    return f"Release {release.namespace}/{release.name}"
