"""The Prometheus and the adapter that values of their charts make, and what an adapter in plain objects is.

Sources: the templates and defaults of prometheus-community's kube-prometheus-stack and prometheus-adapter, of Aug 2026.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from checks.charts.values import block
from checks.signals.edges import AdapterRule, PrometheusAdapter, StackdriverAdapter
from checks.signals.manifests import Manifest, place, seconds
from checks.signals.promql import read_adapter_query
from checks.signals.sources import Prometheus

STACK = "kube-prometheus-stack"
NAME_LENGTH = 26
"""To which the chart cuts the name that its objects begin with."""

SELECTORS = {"PodMonitor": "podMonitor", "ServiceMonitor": "serviceMonitor", "PrometheusRule": "rule"}
"""What the values call the selector for objects of a kind."""

STACKDRIVER = "custom-metrics-stackdriver-adapter"


def prometheus(release: str, namespace: str, values: Mapping[str, Any]) -> Prometheus:
    """Return the Prometheus of a release of kube-prometheus-stack."""
    name = release if STACK in release else f"{release}-{STACK}"
    name = (values.get("fullnameOverride") or name)[:NAME_LENGTH].rstrip("-")
    spec = block(values, "prometheus.prometheusSpec")
    return Prometheus(
        service=f"{name}-prometheus",
        namespace=values.get("namespaceOverride") or namespace,
        selects={kind: _selected(spec, selector, {"release": release}) for kind, selector in SELECTORS.items()},
        scrape_seconds=seconds(spec.get("scrapeInterval") or "30s"),
        port=block(values, "prometheus.service").get("port", 9090),
        prefix=spec.get("routePrefix") or "/",
    )


def prometheus_adapter(release: str, namespace: str, values: Mapping[str, Any]) -> PrometheusAdapter:
    """Return the adapter of a release of prometheus-adapter.

    Raises:
        ValueError: a rule's query is no PromQL.
    """
    source, rules = block(values, "prometheus"), block(values, "rules")
    return PrometheusAdapter(
        path=f"Release {namespace}/{release}",
        namespace=values.get("namespaceOverride") or namespace,
        url=source.get("url", "http://prometheus.default.svc") + source.get("path", ""),
        port=source.get("port", 9090),
        relist_seconds=seconds(values.get("metricsRelistInterval", "1m")),
        default_rules=rules.get("default", True),
        rules=tuple(_rule(rule) for rule in rules.get("custom", ())),
    )


def stackdriver_adapter(objects: Sequence[Manifest], readers: Collection[str]) -> StackdriverAdapter | None:
    """Return Google's adapter if the objects have it.

    Args:
        readers: the principals that have `roles/monitoring.viewer`.
    """
    for item in objects:
        if item["kind"] != "Deployment":
            continue
        pod = item["spec"]["template"]["spec"]
        [container, *_] = pod["containers"]
        if STACKDRIVER in container["image"]:
            account = f"/ns/{item['metadata']['namespace']}/sa/{pod.get('serviceAccountName', 'default')}"
            return StackdriverAdapter(
                path=place(item),
                may_read=any(reader.endswith(account) for reader in readers),
                distributions="--enable-distribution-support=true" in container.get("command", ()),
            )
    return None


def _selected(spec: Mapping[str, Any], selector: str, release: Mapping[str, str]) -> Mapping[str, str]:
    labels = block(spec, f"{selector}Selector").get("matchLabels")
    return labels or (release if spec.get(f"{selector}SelectorNilUsesHelmValues", True) else {})


def _rule(rule: Mapping[str, Any]) -> AdapterRule:
    series = rule["seriesQuery"].partition("{")[0] or rule["seriesQuery"].split('"')[1].strip("^$")
    name = rule.get("name", {}).get("as") or series
    return AdapterRule(name, read_adapter_query(rule["metricsQuery"], series))
