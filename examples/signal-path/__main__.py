"""Only the path of a signal: what scales a Deployment of your own that runs vLLM, by the Prometheus that you have."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.priorities import Priorities
from slipway.addons.prometheus_metrics import PrometheusMetrics
from slipway.addons.wires import PrometheusWires
from slipway.catalog.engines import VLLM
from slipway.serving.autoscaling import autoscaler
from slipway.serving.settings import Autoscaling

config = pulumi.Config()
cluster = pulumi.ResourceOptions(provider=k8s.Provider("cluster", context=config.require("context")))
series = VLLM.signals["waiting-requests"]

metrics = PrometheusMetrics(
    "chat",
    monitoring=PrometheusWires(
        namespace="prometheus", url="http://prometheus.prometheus.svc", selected={"team": "llm"}
    ),
    signals=[series],
    priority_class=Priorities("chat", opts=cluster).signals,
    opts=cluster,
)
pods = {"app": "chat"}
monitor = metrics.scrape("chat", namespace="chat", labels=pods, port="http", path=VLLM.metrics_path, opts=cluster)
autoscaler(
    "chat",
    Autoscaling.model_validate(config.require_object("autoscaling")),
    series=series,
    target={"api_version": "apps/v1", "kind": "Deployment", "name": "chat"},
    namespace="chat",
    metrics=metrics,
    opts=pulumi.ResourceOptions.merge(cluster, pulumi.ResourceOptions(depends_on=[monitor, *metrics.ready])),
)
