"""What Prometheus and the metric adapter are set to. Plain data: importing it loads no cloud SDK.

Whoever judges a stack reads the same values as the components that install the charts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from slipway.addons.alertmanager_settings import alertmanager_values
from slipway.addons.settings import MonitoringArgs
from slipway.addons.spread import spread
from slipway.catalog.engines import Series, Signal

NAMESPACE = "monitoring"
STACK = "kube-prometheus-stack"
ADAPTER = "prometheus-adapter"
"""Names of the charts and of their releases."""

FULLNAME = "monitoring"
"""Set, since kube-prometheus-stack otherwise builds names on the release's and cuts them at 26 characters."""

URL = f"http://{FULLNAME}-prometheus.{NAMESPACE}.svc"
"""Prometheus, from anywhere in the cluster, without its port."""

PORT = 9090

SCRAPE_SECONDS = 15

REPLICAS = 2
"""Of Prometheus: each collects everything onto a volume of its own, and the Service asks whichever is ready."""

BLOCKS_SHARE = 0.8
"""Of a volume of Prometheus: its write-ahead log and what it compacts take the rest (Prometheus's own guide, "Right-
Sizing Retention Size")."""

RELIST_SECONDS = 60
"""How often the adapter asks which series there are, and how far back: with less than a scrape they come and go."""

SELECTED = {"release": STACK}
"""Labels of the monitors and rules that Prometheus reads; without them an object is ignored in silence."""

MONITORED = {"enabled": True, "additionalLabels": SELECTED}
"""How most charts are told to have themselves collected."""

AGGREGATION: Mapping[Signal, str] = {"waiting-requests": "sum", "kv-cache-use": "max", "queue-compute-ratio": "max"}
"""What makes one value of a pod's series: waiting requests add up over its engines and models, shares and ratios do
not."""


def stack_values(args: MonitoringArgs, *, storage_class: object, priority_class: object = "") -> dict[str, Any]:
    """Return the values of kube-prometheus-stack, for a cluster whose control plane cannot be scraped.

    One kube-state-metrics: a second would show each object twice, and count alerts and sums of its series double.

    Args:
        storage_class: of the volumes; the cluster's default one if None.
        priority_class: of what collects the servers' signals.
    """
    selector = {"matchLabels": SELECTED}
    volume = {
        **({"storageClassName": storage_class} if storage_class else {}),
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": f"{args.storage_gib}Gi"}},
    }
    return {
        "fullnameOverride": FULLNAME,
        "prometheus": {
            "prometheusSpec": {
                "scrapeInterval": f"{SCRAPE_SECONDS}s",
                "evaluationInterval": f"{SCRAPE_SECONDS}s",
                "retention": f"{args.retention_days}d",
                "retentionSize": f"{int(args.storage_gib * BLOCKS_SHARE)}GiB",
                "replicas": REPLICAS,
                "topologySpreadConstraints": spread({"operator.prometheus.io/name": f"{FULLNAME}-prometheus"}),
                "priorityClassName": priority_class,
                "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}},
                "podMonitorSelector": selector,
                "serviceMonitorSelector": selector,
                "ruleSelector": selector,
                "storageSpec": {"volumeClaimTemplate": {"spec": volume}},
                # The operator deletes the StatefulSet and makes it anew whenever the size of its claims changes.
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            },
            "podDisruptionBudget": {"enabled": True},
        },
        "prometheusOperator": {
            "priorityClassName": priority_class,
            "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}},
        },
        "kube-state-metrics": {
            "priorityClassName": priority_class,
            "resources": {"requests": {"cpu": "50m", "memory": "200Mi"}},
            "collectorsExclude": ["secrets"],
        },
        # By itself it reads the Secrets of all namespaces, in search of dashboards.
        "grafana": {
            "fullnameOverride": f"{FULLNAME}-grafana",
            "rbac": {"namespaced": True},
            "sidecar": {"dashboards": {"searchNamespace": NAMESPACE}},
        },
        **alertmanager_values(args.alerts, priority_class=priority_class),
        # EKS shows none of them to its users.
        "kubeControllerManager": {"enabled": False},
        "kubeEtcd": {"enabled": False},
        "kubeScheduler": {"enabled": False},
        # It listens on its own node only.
        "kubeProxy": {"enabled": False},
    }


def adapter_values(signals: Iterable[Series], *, priority_class: object = "") -> dict[str, Any]:
    """Return the values of prometheus-adapter: two replicas, and a rule for each gauge that servers are scaled on.

    Raises:
        ValueError: a series is not a gauge that a signal stands for, so its newest value says nothing.
    """
    by_name = {series.name: series for series in signals}
    return {
        "fullnameOverride": ADAPTER,
        "replicas": 2,
        "topologySpreadConstraints": spread({"app.kubernetes.io/instance": ADAPTER}),
        "priorityClassName": priority_class,
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "metricsRelistInterval": f"{RELIST_SECONDS}s",
        "prometheus": {"url": URL, "port": PORT, "path": ""},
        "rules": {"default": False, "custom": [_rule(series) for _, series in sorted(by_name.items())]},
    }


def _rule(series: Series) -> dict[str, Any]:
    if series.kind != "gauge" or series.signal is None:
        msg = f"{series.name} is a {series.kind} without a signal; an autoscaler needs a gauge"
        raise ValueError(msg)
    return {
        "seriesQuery": f'{{__name__="{series.name}",namespace!="",pod!=""}}',
        "resources": {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}},
        "name": {"matches": "^(.*)$", "as": series.name},
        "metricsQuery": f"{AGGREGATION[series.signal]}(<<.Series>>{{<<.LabelMatchers>>}}) by (<<.GroupBy>>)",
    }
