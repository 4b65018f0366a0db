"""The chain as Kubernetes objects state it: pods and their command lines, monitors, rules, APIs and autoscalers.

Objects are mappings in wire form. Charts are not rendered; `checks.signals.charts` reads their values. A Triton does
not show in a manifest how it runs its model, so whoever asks has to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slipway.catalog.engines import ENGINES, Engine, Mode
from slipway.checks.images import stated_version
from slipway.checks.quantities import seconds
from slipway.checks.signals import arguments
from slipway.checks.signals.edges import MetricsApi, RecordingRule, Scaler, ScalerMetric
from slipway.checks.signals.options_file import file_options
from slipway.checks.signals.promql import read
from slipway.checks.signals.sources import Export, Scrape, Service, Workload

Manifest = Mapping[str, Any]

WORKLOADS = ("Deployment", "StatefulSet", "LeaderWorkerSet")
"""Kinds whose pods stay; what runs to its end is scraped by nobody, and templates of nodes have no pods."""

_TARGETS = {"averageValue", "value", "averageUtilization"}


def exports(
    objects: Sequence[Manifest], modes: Mapping[str, Mode], known: Mapping[str, Export] | None = None
) -> Iterator[Export]:
    """Yield the workloads that run an engine.

    Args:
        modes: how the workloads run their models, by name, for the engines that have several ways.
        known: what is told of workloads elsewhere, by their names, for images that do not say what is in them.
    """
    for item in objects:
        spec = item.get("spec", {})
        template = spec.get("leaderWorkerTemplate", {}).get("leaderTemplate") or spec.get("template")
        if not template or item["kind"] not in WORKLOADS:
            continue
        told = (known or {}).get(item["metadata"]["name"])
        for container, engine in _engines(template["spec"]["containers"], told):
            given = arguments.options([*container.get("command", ()), *container.get("args", ())])
            filed = file_options(objects, template["spec"], container, given)
            workload = Workload(item["kind"], namespace_of(item), item["metadata"]["name"])
            yield Export(
                path=place(item),
                engine=engine,
                version=stated_version(container["image"]) or (told.version if told else ""),
                workload=workload,
                labels=template["metadata"]["labels"],
                ports={port["name"]: port["containerPort"] for port in container.get("ports", ()) if "name" in port},
                mode=modes.get(workload.name, ""),
                listens=arguments.port(engine, given),
                batch=arguments.batch(engine, given) or filed.get("max_batch_size"),
                options=arguments.switched_on(engine, {**given, **{name: "" for name, on in filed.items() if on}}),
                states_replicas="replicas" in spec,
            )


def _engines(containers: Sequence[Manifest], told: Export | None) -> list[tuple[Manifest, Engine]]:
    """Return the containers that run an engine: by their images, or else those that listen where it is to."""
    found = [
        (container, engine)
        for container in containers
        for engine in [each for each in ENGINES.values() if re.search(each.image, container["image"])][:1]
    ]
    if found or told is None:
        return found
    ports = [({port["containerPort"] for port in each.get("ports", ())}, each) for each in containers]
    return [(container, told.engine) for listens, container in ports if told.listens in listens]


def scrapes(objects: Sequence[Manifest]) -> Iterator[Scrape]:
    """Yield what is to be scraped."""
    for item in objects:
        if item["kind"] not in ("PodMonitoring", "PodMonitor", "ServiceMonitor"):
            continue
        spec = item["spec"]
        endpoints = spec.get("endpoints") or spec.get("podMetricsEndpoints") or ()
        for endpoint in endpoints:
            yield Scrape(
                path=place(item),
                kind=item["kind"],
                namespace=namespace_of(item),
                labels=item["metadata"].get("labels", {}),
                selector=spec["selector"].get("matchLabels", {}),
                port=endpoint.get("port") or endpoint.get("targetPort") or "",
                page=endpoint.get("path", "/metrics"),
                interval_seconds=seconds(endpoint["interval"]) if "interval" in endpoint else None,
            )


def services(objects: Sequence[Manifest]) -> Iterator[Service]:
    """Yield the Services."""
    for item in objects:
        if item["kind"] == "Service":
            spec = item["spec"]
            yield Service(
                namespace=namespace_of(item),
                name=item["metadata"]["name"],
                labels=item["metadata"].get("labels", {}),
                selector=spec.get("selector", {}),
                ports={port.get("name", ""): port.get("targetPort", port["port"]) for port in spec.get("ports", ())},
            )


def rules(objects: Sequence[Manifest]) -> Iterator[RecordingRule]:
    """Yield the recording rules.

    Raises:
        ValueError: an expression is no PromQL.
    """
    for item in objects:
        if item["kind"] not in ("PrometheusRule", "Rules"):
            continue
        for group in item["spec"]["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    yield RecordingRule(
                        path=f"{place(item)} {rule['record']}",
                        record=rule["record"],
                        query=read(rule["expr"]),
                        labels=item["metadata"].get("labels", {}),
                    )


def scalers(objects: Sequence[Manifest]) -> Iterator[Scaler]:
    """Yield the autoscalers of Kubernetes itself."""
    for item in objects:
        if item["kind"] != "HorizontalPodAutoscaler":
            continue
        spec = item["spec"]
        target = spec["scaleTargetRef"]
        yield Scaler(
            path=place(item),
            target=Workload(target["kind"], namespace_of(item), target["name"]),
            min_replicas=spec.get("minReplicas", 1),
            max_replicas=spec["maxReplicas"],
            metrics=tuple(_metric(place(item), metric) for metric in spec["metrics"]),
        )


def apis(objects: Sequence[Manifest]) -> Iterator[MetricsApi]:
    """Yield the metrics APIs and who answers for them."""
    known = {(namespace_of(item), item["metadata"]["name"]) for item in objects if item["kind"] == "Service"}
    for item in objects:
        if item["kind"] == "APIService" and item["spec"]["group"].endswith("metrics.k8s.io"):
            service = item["spec"]["service"]
            owner = (service["namespace"], service["name"])
            group = item["spec"]["group"]
            yield MetricsApi(path=place(item), group=group, owner="/".join(owner), answered=owner in known)


def place(item: Manifest) -> str:
    """Return how a finding names an object: `PodMonitor llm/triton`."""
    return f"{item['kind']} {namespace_of(item)}/{item['metadata']['name']}"


def namespace_of(item: Manifest) -> str:
    """Return the namespace of an object; `default` where it names none."""
    return item["metadata"].get("namespace", "default")


def _metric(path: str, metric: Manifest) -> ScalerMetric:
    kind: str = metric["type"]
    body = metric[kind[0].lower() + kind[1:]]
    target = body["target"]
    stated = next(iter(_TARGETS & target.keys()), "")
    return ScalerMetric(
        path=path,
        name=body["metric"]["name"] if "metric" in body else body["name"],
        type=kind,
        target_type=target["type"],
        target_field=stated,
        target=str(target.get(stated, "")),
    )
