"""The Prometheus and the adapter that values of their charts make, and what an adapter in plain objects is.

Sources: the templates and defaults of prometheus-community's kube-prometheus-stack and prometheus-adapter, of Aug 2026.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slipway.checks.charts.values import block, maps
from slipway.checks.quantities import seconds
from slipway.checks.signals.edges import AdapterRule, PrometheusAdapter, StackdriverAdapter
from slipway.checks.signals.manifests import Manifest, place
from slipway.checks.signals.promql import read_adapter_query
from slipway.checks.signals.sources import Prometheus

STACK = "kube-prometheus-stack"
NAME_LENGTH = 26
"""To which the chart cuts the name that its objects begin with."""

PORT = 9090
"""Of Prometheus, and what the adapter asks, unless their values say otherwise."""

SELECTORS = {"PodMonitor": "podMonitor", "ServiceMonitor": "serviceMonitor", "PrometheusRule": "rule"}
"""What the values call the selector for objects of a kind."""

STACKDRIVER = "custom-metrics-stackdriver-adapter"


def prometheus(release: str, namespace: str, values: Mapping[str, Any]) -> Prometheus:
    """Return the Prometheus of a release of kube-prometheus-stack.

    Raises:
        ValueError: a port or a duration is none.
    """
    name = release if STACK in release else f"{release}-{STACK}"
    name = str(values.get("fullnameOverride") or name)[:NAME_LENGTH].rstrip("-")
    spec = block(values, "prometheus.prometheusSpec")
    return Prometheus(
        service=f"{name}-prometheus",
        namespace=str(values.get("namespaceOverride") or namespace),
        selects={kind: _selected(spec, selector, {"release": release}) for kind, selector in SELECTORS.items()},
        scrape_seconds=seconds(str(spec.get("scrapeInterval") or "30s")),
        port=_port(block(values, "prometheus.service").get("port")),
        prefix=str(spec.get("routePrefix") or "/"),
    )


def prometheus_adapter(release: str, namespace: str, values: Mapping[str, Any]) -> PrometheusAdapter:
    """Return the adapter of a release of prometheus-adapter.

    Raises:
        ValueError: a rule is none, its query is no PromQL, or a port or a duration is none.
    """
    source, rules = block(values, "prometheus"), block(values, "rules")
    return PrometheusAdapter(
        path=f"Release {namespace}/{release}",
        namespace=str(values.get("namespaceOverride") or namespace),
        url=f"{source.get('url') or 'http://prometheus.default.svc'}{source.get('path') or ''}",
        port=_port(source.get("port")),
        relist_seconds=seconds(str(values.get("metricsRelistInterval") or "1m")),
        default_rules=bool(rules.get("default", True)),
        rules=tuple(_rule(rule) for rule in maps(rules.get("custom"))),
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


def _port(value: object) -> int:
    text = str(value or PORT)
    if not text.isdigit():
        msg = f"{value!r} is no port; write {PORT}"
        raise ValueError(msg)
    return int(text)


def _selected(spec: Mapping[str, Any], selector: str, release: Mapping[str, str]) -> Mapping[str, str]:
    labels = block(spec, f"{selector}Selector").get("matchLabels")
    if labels and not isinstance(labels, Mapping):
        msg = f"{selector}Selector.matchLabels of kube-prometheus-stack is no map of labels"
        raise ValueError(msg)
    return labels or (release if spec.get(f"{selector}SelectorNilUsesHelmValues", True) else {})


def _rule(rule: Mapping[str, Any]) -> AdapterRule:
    asked, computed = rule.get("seriesQuery"), rule.get("metricsQuery")
    named = re.match(r"[a-zA-Z_:][\w:]*", str(asked)) or re.search(r"(?<=\")\^?[^\"$]*", str(asked))
    if not isinstance(computed, str) or not named:
        msg = f"a rule of prometheus-adapter needs a seriesQuery and a metricsQuery, and {dict(rule)} has not both"
        raise ValueError(msg)
    series = named[0].strip("^$")
    return AdapterRule(str(block(rule, "name").get("as") or series), read_adapter_query(computed, series))
