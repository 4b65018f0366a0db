"""Chains that work, one for each way that the engines can be scaled, and a way to change a part of one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slipway.catalog.engines import NIM, TRITON, TRTLLM_SERVE, VLLM, Engine
from slipway.checks.signals import (
    Export,
    Keda,
    ManagedPrometheus,
    MetricsApi,
    Monitoring,
    Prometheus,
    PrometheusAdapter,
    RecordingRule,
    Scaler,
    ScalerMetric,
    Scrape,
    Service,
    StackdriverAdapter,
    Workload,
)
from slipway.checks.signals.promql import read

Edit = Callable[[Monitoring], Monitoring]

RELEASE = {"release": "prometheus"}
PROMETHEUS = Prometheus(
    service="prometheus-kube-prometheus-prometheus",
    namespace="monitoring",
    selects={"PodMonitor": RELEASE, "ServiceMonitor": RELEASE, "PrometheusRule": RELEASE},
)
ADAPTER = PrometheusAdapter(
    path="adapter", namespace="monitoring", url="http://prometheus-kube-prometheus-prometheus.monitoring.svc"
)
CUSTOM = MetricsApi(path="adapter", group="custom.metrics.k8s.io", owner="monitoring/prometheus-adapter")
EXTERNAL = MetricsApi(path="keda", group="external.metrics.k8s.io", owner="keda/keda-operator-metrics-apiserver")
STACKDRIVER = "custom-metrics/custom-metrics-stackdriver-adapter"


def export(
    engine: Engine, version: str, kind: str = "Deployment", ports: Mapping[str, int] | None = None, **more: Any
) -> Export:
    return Export(
        path="server",
        engine=engine,
        version=version,
        workload=Workload(kind, "llm", "llama"),
        labels={"app": "llama"},
        ports=ports or {"http": 8000},
        **more,
    )


def scaler(name: str, target: str, kind: str = "Deployment", **more: Any) -> Scaler:
    return Scaler(
        path="scaler",
        target=Workload(kind, "llm", "llama"),
        min_replicas=1,
        max_replicas=4,
        metrics=(ScalerMetric(path="metric", name=name, target=target, **more),),
    )


def pod_monitor(page: str = "/metrics", port: str = "http", interval: float = 15) -> Scrape:
    return Scrape(
        path="monitor",
        kind="PodMonitor",
        namespace="llm",
        labels=RELEASE,
        selector={"app": "llama"},
        port=port,
        page=page,
        interval_seconds=interval,
    )


def on_eks(one: Export, scrape: Scrape, scaled: Scaler, *rules: RecordingRule) -> Monitoring:
    return Monitoring(
        resource_metrics=False,
        collector=PROMETHEUS,
        adapter=ADAPTER,
        exports=(one,),
        scrapes=(scrape,),
        scalers=(scaled,),
        rules=rules,
        apis=(CUSTOM,),
    )


def rule(expression: str, record: str = "triton:queue_compute:ratio") -> RecordingRule:
    return RecordingRule(path="rule", record=record, query=read(expression), labels=RELEASE)


QUEUE_COMPUTE = (
    "sum by (namespace, pod) (rate(nv_inference_queue_duration_us[1m]))"
    " / clamp_min(sum by (namespace, pod) (rate(nv_inference_compute_infer_duration_us[1m])), 1)"
)

GKE = Monitoring(
    resource_metrics=True,
    collector=ManagedPrometheus(),
    adapter=StackdriverAdapter(path="adapter", may_read=True),
    exports=(export(VLLM, "v0.27.0", batch=128),),
    scrapes=(replace(pod_monitor(), kind="PodMonitoring", labels={}),),
    scalers=(scaler("prometheus.googleapis.com|vllm:num_requests_waiting|gauge", "5"),),
    apis=(
        MetricsApi(path="adapter", group="custom.metrics.k8s.io", owner=STACKDRIVER),
        MetricsApi(path="adapter", group="external.metrics.k8s.io", owner=STACKDRIVER),
    ),
)
TRITON_EKS = on_eks(
    export(TRITON, "26.07-py3", mode="synchronous", ports={"http": 8000, "grpc": 8001, "metrics": 8002}),
    pod_monitor(port="metrics"),
    scaler("triton:queue_compute:ratio", "1000m"),
    rule(QUEUE_COMPUTE),
)
NIM_1 = replace(
    on_eks(
        export(NIM, "1.15.5", "StatefulSet"),
        replace(pod_monitor("/v1/metrics"), kind="ServiceMonitor", selector={"chart": "nim-llm"}),
        scaler("gpu_cache_usage_perc", "100m", "StatefulSet"),
    ),
    services=(
        Service(
            namespace="llm",
            name="llama-nim-llm",
            labels={"chart": "nim-llm"},
            selector={"app": "llama"},
            ports={"http": "http"},
        ),
    ),
)
NIM_2 = replace(
    NIM_1,
    exports=(export(NIM, "2.0.13", "StatefulSet"),),
    scalers=(scaler("vllm:kv_cache_usage_perc", "100m", "StatefulSet"),),
)
TRTLLM = on_eks(
    export(
        TRTLLM_SERVE,
        "1.3.0rc24",
        options=frozenset({"return_perf_metrics", "enable_iter_perf_stats"}),
        batch=32,
    ),
    pod_monitor("/prometheus/metrics"),
    scaler("trtllm_num_requests_waiting", "5"),
)
VLLM_EKS = on_eks(export(VLLM, "v0.32.0", batch=64), pod_monitor(), scaler("vllm:num_requests_waiting", "5"))
VLLM_KEDA = replace(
    VLLM_EKS,
    adapter=Keda(path="keda", url="http://prometheus-kube-prometheus-prometheus.monitoring.svc:9090"),
    scalers=(scaler("", "5", type="External", query=read('sum(vllm:num_requests_waiting{model_name="meta/llama"})')),),
    apis=(EXTERNAL,),
)

CORRECT: dict[str, Monitoring] = {
    "vLLM on GKE": GKE,
    "vLLM on GKE by the use of its cache": replace(
        GKE, scalers=(scaler("prometheus.googleapis.com|vllm:kv_cache_usage_perc|gauge", "700m"),)
    ),
    "vLLM on GKE by tokens": replace(
        GKE, scalers=(scaler("prometheus.googleapis.com|vllm:generation_tokens_total|counter", "2k"),)
    ),
    "vLLM 0.9.1 by its old name": replace(
        VLLM_EKS, exports=(export(VLLM, "0.9.1"),), scalers=(scaler("vllm:gpu_cache_usage_perc", "500m"),)
    ),
    "vLLM on EKS": VLLM_EKS,
    "vLLM on EKS by tokens, through the default rules": replace(
        VLLM_EKS, scalers=(scaler("vllm:generation_tokens", "2k"),)
    ),
    "vLLM on EKS by queue time": replace(
        VLLM_EKS,
        scalers=(scaler("vllm:queue:average", "2"),),
        rules=(
            rule(
                "rate(vllm:request_queue_time_seconds_sum[2m])"
                " / clamp_min(rate(vllm:request_queue_time_seconds_count[2m]), 0.001)",
                "vllm:queue:average",
            ),
        ),
    ),
    "vLLM with KEDA": VLLM_KEDA,
    "Triton with a python model": TRITON_EKS,
    "Triton with a python model, unaggregated": replace(
        TRITON_EKS,
        rules=(
            rule(
                "rate(nv_inference_queue_duration_us[1m])"
                " / clamp_min(rate(nv_inference_compute_infer_duration_us[1m]), 1)"
            ),
        ),
    ),
    "Triton by pending requests": replace(
        TRITON_EKS, scalers=(scaler("nv_inference_pending_request_count", "16"),), rules=()
    ),
    "Triton with the in-flight batcher": replace(
        TRITON_EKS,
        exports=(replace(TRITON_EKS.exports[0], mode="tensorrtllm"),),
        scalers=(scaler("triton:waiting:sum", "2"),),
        rules=(
            rule('sum by (namespace, pod) (nv_trt_llm_request_metrics{request_type="waiting"})', "triton:waiting:sum"),
        ),
    ),
    "NIM 1.15": NIM_1,
    "NIM 1.3, of which the page is not known": replace(NIM_1, exports=(export(NIM, "1.3.0", "StatefulSet"),)),
    "NIM 2.0": NIM_2,
    "trtllm-serve": TRTLLM,
}


def exports(**changes: Any) -> Edit:
    return lambda chain: replace(chain, exports=tuple(replace(each, **changes) for each in chain.exports))


def scrapes(**changes: Any) -> Edit:
    return lambda chain: replace(chain, scrapes=tuple(replace(each, **changes) for each in chain.scrapes))


def adapter(**changes: Any) -> Edit:
    return lambda chain: replace(chain, adapter=replace(chain.adapter, **changes))


def scalers(**changes: Any) -> Edit:
    return lambda chain: replace(chain, scalers=tuple(replace(each, **changes) for each in chain.scalers))


def metric(**changes: Any) -> Edit:
    def edit(chain: Monitoring) -> Monitoring:
        [one] = chain.scalers
        return replace(chain, scalers=(replace(one, metrics=(replace(one.metrics[0], **changes),)),))

    return edit


def rules(expression: str, **changes: Any) -> Edit:
    return lambda chain: replace(chain, rules=(replace(rule(expression), **changes),))


def owned_by(group: str, owner: str, **changes: Any) -> Edit:
    more = MetricsApi(path="other", group=group, owner=owner, **changes)
    return lambda chain: replace(chain, apis=(*chain.apis, more))
