"""Misconfigurations that people have published or run into, each with where that was, and what is to be said of it."""

from dataclasses import dataclass, replace

from slipway.catalog.engines import NIM
from slipway.checks.signals import AdapterRule, Monitoring, PrometheusAdapter, Workload
from slipway.checks.signals.promql import read, read_adapter_query
from tests.checks.signals_chains import (
    CORRECT,
    GKE,
    NIM_1,
    NIM_2,
    PROMETHEUS,
    QUEUE_COMPUTE,
    TRITON_EKS,
    TRTLLM,
    VLLM_EKS,
    VLLM_KEDA,
    Edit,
    adapter,
    export,
    exports,
    metric,
    owned_by,
    rules,
    scaler,
    scalers,
    scrapes,
)


@dataclass(frozen=True)
class Mistake:
    """A chain with one thing wrong.

    Attributes:
        source: where it is cited.
        says: part of the finding's message.
        remedy: part of the finding's remedy.
    """

    source: str
    correct: Monitoring
    edit: Edit
    says: str
    remedy: str
    path: str = "metric"


def all_of(*edits: Edit) -> Edit:
    def edit(chain: Monitoring) -> Monitoring:
        for each in edits:
            chain = each(chain)
        return chain

    return edit


def second_service(chain: Monitoring) -> Monitoring:
    return replace(chain, services=(*chain.services, replace(chain.services[0], name="llama-nim-llm-sts")))


def second_scaler(chain: Monitoring) -> Monitoring:
    return replace(chain, scalers=(*chain.scalers, replace(chain.scalers[0], path="other scaler")))


def second_model(chain: Monitoring) -> Monitoring:
    other = replace(chain.exports[0], workload=Workload("Deployment", "llm", "qwen"), labels={"app": "qwen"})
    edit = metric(query=read("sum(vllm:num_requests_waiting)"))
    return edit(replace(chain, exports=(*chain.exports, other)))


def through_default_rules(name: str) -> Edit:
    return lambda chain: replace(chain, scalers=(scaler(name, "5"),), rules=())


def own_rules(*own: AdapterRule) -> Edit:
    return adapter(default_rules=False, rules=own)


def selecting(labels: dict[str, str]) -> Edit:
    return lambda chain: replace(chain, collector=replace(PROMETHEUS, selects={"ServiceMonitor": labels}))


ON_NIM_1_NAMES = replace(NIM_1, exports=(export(NIM, "2.0.13", "StatefulSet"),))
UNAGGREGATED = (
    "rate(nv_inference_queue_duration_us[1m]) / clamp_min(rate(nv_inference_compute_infer_duration_us[1m]), 1)"
)
SEED_003 = "GKE tutorial on vLLM and TPU Trillium"
BLOG = "NVIDIA blog on Triton, TensorRT-LLM and Kubernetes"
TUTORIALS = "triton-inference-server/tutorials Deployment/Kubernetes/TensorRT-LLM_Autoscaling_and_Load_Balancing"
SAMPLE = "awslabs/ai-on-eks infra/nvidia-triton-server"

MISTAKES: dict[str, Mistake] = {
    # The name that the Stackdriver adapter is asked for.
    "no kind after the series": Mistake(
        SEED_003,
        GKE,
        metric(name="prometheus.googleapis.com|vllm:num_requests_waiting"),
        "does not say that vllm:num_requests_waiting is a gauge",
        "prometheus.googleapis.com|vllm:num_requests_waiting|gauge",
    ),
    "slashes for bars": Mistake(
        "k8s-stackdriver custom-metrics-stackdriver-adapter README",
        GKE,
        metric(name="prometheus.googleapis.com/vllm:num_requests_waiting/gauge"),
        "slashes",
        "write prometheus.googleapis.com|vllm:num_requests_waiting|gauge",
    ),
    "the kind of another series": Mistake(
        SEED_003,
        GKE,
        metric(name="prometheus.googleapis.com|vllm:num_requests_waiting|counter"),
        "ends in |counter, and vllm:num_requests_waiting is a gauge",
        "|gauge",
    ),
    "the bare series": Mistake(
        SEED_003,
        GKE,
        metric(name="vllm:num_requests_waiting"),
        "is not the name that Cloud Monitoring has for it",
        "prometheus.googleapis.com|vllm:num_requests_waiting|gauge",
    ),
    "a distribution": Mistake(
        "k8s-stackdriver custom-metrics-stackdriver-adapter README",
        GKE,
        metric(name="prometheus.googleapis.com|vllm:time_to_first_token_seconds|histogram"),
        "which the adapter refuses",
        "--enable-distribution-support",
    ),
    "more pods than the adapter asks for": Mistake(
        "k8s-stackdriver custom-metrics-stackdriver-adapter pkg/adapter",
        GKE,
        scalers(max_replicas=101),
        "100 pods at most",
        "write 100 or less",
        "scaler",
    ),
    "an adapter that may not read": Mistake(
        SEED_003, GKE, adapter(may_read=False), "403", "roles/monitoring.viewer", "adapter"
    ),
    # Who reads what.
    "the operator's PodMonitor on managed collection": Mistake(
        SEED_003,
        GKE,
        scrapes(kind="PodMonitor"),
        "managed collection reads PodMonitoring only",
        "write a PodMonitoring (monitoring.googleapis.com/v1)",
        "monitor",
    ),
    "a PodMonitoring for the operator": Mistake(
        "GoogleCloudPlatform/prometheus-engine docs",
        VLLM_EKS,
        scrapes(kind="PodMonitoring"),
        "is a PodMonitoring",
        "write a PodMonitor (monitoring.coreos.com/v1)",
        "monitor",
    ),
    "a PodMonitor without the release's label": Mistake(
        "prometheus-community/helm-charts kube-prometheus-stack: podMonitorSelectorNilUsesHelmValues",
        TRITON_EKS,
        scrapes(labels={}),
        "has no label release: prometheus",
        "add the label release: prometheus",
        "monitor",
    ),
    "the label of another release": Mistake(
        BLOG,
        TRITON_EKS,
        scrapes(labels={"release": "kps-1a2b3c4"}),
        "it has release: kps-1a2b3c4",
        "release: prometheus",
        "monitor",
    ),
    "a PrometheusRule without the release's label": Mistake(
        "kubernetes-sigs/prometheus-adapter#164",
        TRITON_EKS,
        rules(QUEUE_COMPUTE, labels={}),
        "has no label release: prometheus",
        "add the label release: prometheus",
        "rule",
    ),
    "a monitor that asks for a certain environment": Mistake(
        "vllm-project/production-stack observability/kube-prom-stack.yaml",
        NIM_1,
        all_of(selecting({"environment": "router"}), scrapes(labels={"environment": "prod"})),
        "has no label environment: router",
        "environment: router",
        "monitor",
    ),
    # Objects that do not meet.
    "a monitor in another namespace": Mistake(
        SEED_003, GKE, scrapes(namespace="default"), "is in namespace default", "namespace llm", "monitor"
    ),
    "an autoscaler in another namespace": Mistake(
        SEED_003,
        GKE,
        scalers(target=Workload("Deployment", "default", "llama")),
        "is in namespace default",
        "put it into namespace llm",
        "scaler",
    ),
    "a selector that meets no pod": Mistake(
        SEED_003, GKE, scrapes(selector={"app": "vllm"}), "selects app: vllm", "select app: llama", "monitor"
    ),
    "nothing is scraped": Mistake(
        "vllm-project/production-stack helm/values.yaml: serviceMonitor is off",
        VLLM_EKS,
        lambda chain: replace(chain, scrapes=()),
        "nothing scrapes the pods",
        "add a PodMonitor in namespace llm",
        "server",
    ),
    "a Deployment where the chart makes a StatefulSet": Mistake(
        "NVIDIA blog on autoscaling NIM; nim-llm chart",
        NIM_1,
        scalers(target=Workload("Deployment", "llm", "llama")),
        "scales Deployment llm/llama, which does not exist",
        "scale StatefulSet llama",
        "scaler",
    ),
    "the name of the Service for that of the workload": Mistake(
        "nim-llm chart",
        NIM_1,
        scalers(target=Workload("StatefulSet", "llm", "llama-nim-llm")),
        "which does not exist",
        "scale StatefulSet llama",
        "scaler",
    ),
    "two Services of the same labels": Mistake(
        "nim-llm chart: the headless Service of its StatefulSet",
        NIM_1,
        second_service,
        "scraped 2 times (Service llama-nim-llm and Service llama-nim-llm-sts)",
        "scrape each pod once",
        "monitor",
    ),
    # The page.
    "the port for requests": Mistake(
        BLOG, TRITON_EKS, scrapes(port="http"), "port 8000 is scraped", "scrape port metrics, path /metrics", "monitor"
    ),
    "a port that the pods lack": Mistake(
        "vllm-project/production-stack#855",
        VLLM_EKS,
        scrapes(port="metrics"),
        "'metrics' is no port",
        "port http",
        "monitor",
    ),
    "another port on the command line": Mistake(
        "vLLM's --port", VLLM_EKS, exports(listens=9000), "serves its metrics on 9000", "port 9000", "monitor"
    ),
    "JSON for metrics": Mistake(
        "NVIDIA/TensorRT-LLM tensorrt_llm/serve/openai_server.py",
        TRTLLM,
        scrapes(page="/metrics"),
        "JSON statistics of iterations",
        "path /prometheus/metrics",
        "monitor",
    ),
    "no statistics to show": Mistake(
        "NVIDIA/TensorRT-LLM return_perf_metrics",
        TRTLLM,
        exports(options=frozenset()),
        "is empty without return_perf_metrics",
        "set return_perf_metrics: true",
        "server",
    ),
    "the chart's path with a later NIM 1": Mistake(
        "NVIDIA/nim-deploy helm/nim-llm; NVIDIA blog on autoscaling NIM",
        NIM_1,
        scrapes(page="/metrics"),
        "its series are on /v1/metrics",
        "path /v1/metrics",
        "monitor",
    ),
    "the chart's path with NIM 2": Mistake(
        "NIM for LLMs 2.0: the proxy answers 404",
        NIM_2,
        scrapes(page="/metrics"),
        "no metrics there",
        "path /v1/metrics",
        "monitor",
    ),
    # Series that are not there.
    "NIM 2 by a name of NIM 1": Mistake(
        "NIM for LLMs 2.0 observability",
        ON_NIM_1_NAMES,
        metric(),
        "nim 2.0.13 no longer exports gpu_cache_usage_perc",
        "use vllm:kv_cache_usage_perc",
    ),
    "NIM 1 by a name of NIM 2": Mistake(
        "NIM for LLMs 1.15 observability",
        NIM_2,
        exports(version="1.15.5"),
        "nim 1.15.5 does not export vllm:kv_cache_usage_perc yet",
        "gpu_cache_usage_perc",
    ),
    "the cache's use by its old name": Mistake(
        "GKE tutorial; llm-d/llm-d#546; kubernetes-sigs/inference-perf#277; vllm-project/vllm#27133",
        GKE,
        metric(name="prometheus.googleapis.com|vllm:gpu_cache_usage_perc|gauge"),
        "vllm v0.27.0 no longer exports vllm:gpu_cache_usage_perc",
        "use vllm:kv_cache_usage_perc",
    ),
    "the cache's use by its new name on an old version": Mistake(
        "vllm-project/vllm v0.9.1 loggers.py",
        VLLM_EKS,
        all_of(exports(version="0.9.1"), metric(name="vllm:kv_cache_usage_perc", target="500m")),
        "does not export vllm:kv_cache_usage_perc yet: 0.9.2 does",
        "use vllm:num_requests_waiting",
    ),
    "throughput as a gauge": Mistake(
        "vllm-project/vllm docs/design/metrics.md",
        VLLM_EKS,
        metric(name="vllm:avg_generation_throughput_toks_per_s"),
        "no longer exports vllm:avg_generation_throughput_toks_per_s",
        "use vllm:generation_tokens_total",
    ),
    "time per token by its old name": Mistake(
        "vllm-project/vllm#29330",
        VLLM_EKS,
        all_of(
            metric(name="vllm:tpot"),
            lambda chain: replace(
                chain,
                rules=(
                    replace(
                        TRITON_EKS.rules[0],
                        record="vllm:tpot",
                        query=read(
                            "rate(vllm:time_per_output_token_seconds_sum[2m])"
                            " / clamp_min(rate(vllm:time_per_output_token_seconds_count[2m]), 1)"
                        ),
                    ),
                ),
            ),
        ),
        "no longer exports vllm:time_per_output_token_seconds_sum",
        "use vllm:inter_token_latency_seconds",
        "rule",
    ),
    "swapped requests": Mistake(
        "gpustack/gpustack#2917; vllm-project/vllm#15458",
        VLLM_EKS,
        metric(name="vllm:num_requests_swapped"),
        "no longer exports vllm:num_requests_swapped",
        "use vllm:num_preemptions_total",
    ),
    "the use of the CPU's cache": Mistake(
        "gpustack/gpustack#2917",
        VLLM_EKS,
        metric(name="vllm:cpu_cache_usage_perc"),
        "does not export vllm:cpu_cache_usage_perc",
        "vllm:num_requests_waiting or vllm:kv_cache_usage_perc",
    ),
    "statistics are off": Mistake(
        "a scrape of vLLM 0.32",
        GKE,
        exports(options=frozenset({"--disable-log-stats"})),
        "takes vllm:num_requests_waiting off the page",
        "leave --disable-log-stats out",
    ),
    "vLLM's queue behind Triton": Mistake(
        "triton-inference-server/vllm_backend README",
        replace(TRITON_EKS, exports=(replace(TRITON_EKS.exports[0], mode="vllm"),)),
        through_default_rules("vllm:num_requests_waiting"),
        "triton 26.07-py3 does not export vllm:num_requests_waiting",
        "serve the model with vLLM itself",
    ),
    "vLLM's tokens behind a Triton that does not report them": Mistake(
        "triton-inference-server/vllm_backend README",
        replace(TRITON_EKS, exports=(replace(TRITON_EKS.exports[0], mode="vllm"),)),
        through_default_rules("vllm:generation_tokens"),
        "only with REPORT_CUSTOM_METRICS",
        "set REPORT_CUSTOM_METRICS",
    ),
    "the batcher's series with a python model": Mistake(
        "triton-inference-server/tensorrtllm_backend README",
        TRITON_EKS,
        through_default_rules("nv_trt_llm_request_metrics"),
        "only with the tensorrtllm backend",
        "use nv_inference_pending_request_count",
    ),
    "the batcher's series after its removal": Mistake(
        "NVIDIA/TensorRT-LLM docs/source/legacy/tensorrt-backend-removal.md",
        CORRECT["Triton with the in-flight batcher"],
        exports(version="26.09-trtllm-python-py3"),
        "does not export nv_trt_llm_request_metrics",
        "serve the model",
        "rule",
    ),
    "no durations": Mistake(
        "a scrape of Triton 2.51",
        TRITON_EKS,
        exports(options=frozenset({"--metrics-config=counter_latencies=false"})),
        "takes nv_inference_queue_duration_us off the page",
        "leave --metrics-config=counter_latencies=false out",
        "rule",
    ),
    "a metric that the adapter's own rules do not give": Mistake(
        "NVIDIA/nim-deploy cloud-service-providers/aws/eks/monitoring/custom-rules.yaml",
        NIM_1,
        own_rules(
            AdapterRule(
                "num_requests_running",
                read_adapter_query("sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)", "num_requests_running"),
            )
        ),
        "its own rules give num_requests_running",
        "add a rule for gpu_cache_usage_perc",
    ),
    "a name that the adapter changed": Mistake(
        "kubernetes-sigs/prometheus-adapter#673",
        VLLM_EKS,
        own_rules(AdapterRule("vllm_waiting", read("max(vllm:num_requests_waiting) by (namespace, pod)"))),
        "its own rules give vllm_waiting",
        "add a rule for vllm:num_requests_waiting",
    ),
    "a counter by its full name": Mistake(
        "kubernetes-sigs/prometheus-adapter#105",
        VLLM_EKS,
        metric(name="vllm:generation_tokens_total"),
        "serve the rate of vllm:generation_tokens_total as vllm:generation_tokens",
        "ask for vllm:generation_tokens",
    ),
    "a part of a histogram and a suffix of one's own": Mistake(
        "kubernetes-sigs/prometheus-adapter#495",
        VLLM_EKS,
        metric(name="vllm:e2e_request_latency_seconds_count_sum"),
        "does not export vllm:e2e_request_latency_seconds_count_sum",
        "use vllm:num_requests_waiting",
    ),
    # Series that tell nothing.
    "queue time of a decoupled model": Mistake(
        "a scrape of Triton 2.51 under load",
        TRITON_EKS,
        exports(mode="decoupled"),
        "nv_inference_queue_duration_us does not move under load with a decoupled model",
        "serve the model with vLLM itself",
        "rule",
    ),
    "queue time of the vLLM backend": Mistake(
        SAMPLE, TRITON_EKS, exports(mode="vllm"), "does not move under load with a vllm model", "vLLM itself", "rule"
    ),
    "pending requests of a decoupled model": Mistake(
        "a scrape of Triton 2.51 under load",
        CORRECT["Triton by pending requests"],
        exports(mode="decoupled"),
        "nv_inference_pending_request_count does not move",
        "serve the model with vLLM itself",
    ),
    "queue time of the in-flight batcher": Mistake(
        TUTORIALS,
        TRITON_EKS,
        exports(mode="tensorrtllm"),
        "does not move under load with a tensorrtllm model",
        "scale on nv_trt_llm_request_metrics",
        "rule",
    ),
    # What is computed.
    "a counter that is not rated": Mistake(
        "triton-inference-server/server docs/user_guide/metrics.md: no _total",
        TRITON_EKS,
        through_default_rules("nv_inference_queue_duration_us"),
        "is a counter: it grows",
        "rate(nv_inference_queue_duration_us[1m])",
    ),
    "a counter that a rule does not rate": Mistake(
        "kubernetes-sigs/prometheus-adapter#673",
        TRITON_EKS,
        rules("sum by (namespace, pod) (nv_inference_queue_duration_us)"),
        "is a counter: it grows",
        "rate(nv_inference_queue_duration_us[1m])",
        "rule",
    ),
    "a rate of a gauge": Mistake(
        "Prometheus documentation of rate()",
        TRITON_EKS,
        rules("sum by (namespace, pod) (rate(nv_inference_pending_request_count[1m]))"),
        "which is a gauge",
        "use nv_inference_pending_request_count as it is",
        "rule",
    ),
    "a histogram as a value": Mistake(
        "Prometheus documentation of histograms",
        VLLM_EKS,
        metric(name="vllm:time_to_first_token_seconds"),
        "is a histogram",
        "vllm:time_to_first_token_seconds_bucket",
    ),
    "a window of two scrapes": Mistake(
        BLOG + " on the default interval of kube-prometheus-stack; kubernetes-sigs/prometheus-adapter#535",
        TRITON_EKS,
        scrapes(interval_seconds=None),
        "holds 2 scrapes of one each 30 s",
        "widen it to 2m, or scrape every 15 s",
        "rule",
    ),
    "an adapter that looks more often than is scraped": Mistake(
        TUTORIALS + "; kubernetes-sigs/prometheus-adapter#77",
        TRITON_EKS,
        adapter(relist_seconds=6),
        "looks for series every 6 s",
        "set metricsRelistInterval to 15s or more",
        "adapter",
    ),
    "a sum that loses the pod": Mistake(
        "vllm-project/production-stack observability/prom-adapter.yaml",
        VLLM_EKS,
        own_rules(AdapterRule("vllm:num_requests_waiting", read("sum by (namespace) (vllm:num_requests_waiting)"))),
        "keeps namespace and loses pod",
        "aggregate by (namespace, pod)",
    ),
    "a rule that loses all labels": Mistake(
        "kubernetes-sigs/prometheus-adapter#342",
        TRITON_EKS,
        rules("sum(rate(nv_inference_queue_duration_us[1m]))"),
        "loses namespace and pod",
        "aggregate by (namespace, pod)",
        "rule",
    ),
    "a rate that is called a duration": Mistake(
        "awslabs/ai-on-eks infra/nvidia-triton-server/helm-values/prometheus-adapter.yaml",
        TRITON_EKS,
        all_of(
            own_rules(
                AdapterRule(
                    "nv_inference_queue_duration_ms",
                    read("sum(rate(nv_inference_queue_duration_us[1m]) / 1000) by (namespace, pod)"),
                )
            ),
            metric(name="nv_inference_queue_duration_ms", target="10"),
        ),
        "is microseconds per second",
        "divide it by the rate of requests",
    ),
    "a ratio that is no number at rest": Mistake(
        "kubernetes/kubernetes#87199; prometheus-adapter#641",
        TRITON_EKS,
        rules("rate(nv_inference_queue_duration_us[1m]) / rate(nv_inference_compute_infer_duration_us[1m])"),
        "0/0 is no number",
        "clamp_min",
        "rule",
    ),
    "ratios of an ensemble added up": Mistake(
        TUTORIALS,
        TRITON_EKS,
        all_of(exports(mode="ensemble"), rules(UNAGGREGATED)),
        "each model of the ensemble has a ratio of its own",
        "sum both sides by (namespace, pod)",
        "rule",
    ),
    "a label that the series lacks": Mistake(
        "vllm-project/production-stack helm/templates/scaledobject-vllm.yaml",
        VLLM_KEDA,
        metric(query=read('vllm:num_requests_waiting{model="llama"}')),
        'vllm:num_requests_waiting{model="llama"} selects nothing',
        "match model_name",
    ),
    "a sum over all models": Mistake(
        "vllm-project/production-stack observability/prom-adapter.yaml",
        VLLM_KEDA,
        second_model,
        "the query takes all of them together",
        'model_name="…"',
    ),
    # The adapter's Prometheus.
    "a Service that the chart does not make": Mistake(
        "NVIDIA blog on autoscaling NIM",
        NIM_1,
        adapter(url="http://prometheus-prometheus.prometheus.svc"),
        "Prometheus is prometheus-kube-prometheus-prometheus",
        "http://prometheus-kube-prometheus-prometheus.monitoring.svc",
        "adapter",
    ),
    "a path behind Prometheus": Mistake(
        TUTORIALS,
        TRITON_EKS,
        adapter(url="http://prometheus-kube-prometheus-prometheus.monitoring.svc/metrics"),
        "has the path /metrics",
        'set prometheus.path to ""',
        "adapter",
    ),
    "a short name from another namespace": Mistake(
        TUTORIALS,
        TRITON_EKS,
        adapter(url="http://prometheus-kube-prometheus-prometheus", namespace="kube-system"),
        "is looked up in namespace kube-system",
        "http://prometheus-kube-prometheus-prometheus.monitoring.svc",
        "adapter",
    ),
    "another port of Prometheus": Mistake(
        "kserve/kserve#5527",
        VLLM_KEDA,
        adapter(url="http://prometheus-operated.monitoring.svc:8080"),
        "Prometheus is on 9090",
        "use 9090",
        "keda",
    ),
    "an adapter for a Prometheus that is not there": Mistake(
        "GoogleCloudPlatform/prometheus-engine#226",
        GKE,
        lambda chain: replace(
            chain,
            adapter=PrometheusAdapter(path="adapter", namespace="monitoring", url="http://prometheus.default.svc"),
        ),
        "managed collection keeps the series in Cloud Monitoring",
        "install the custom metrics adapter of Google Cloud",
        "adapter",
    ),
    # The target.
    "a Value in the field of an average": Mistake(
        "NVIDIA/nim-deploy cloud-service-providers/aws/eks/storage; awslabs/ai-on-eks",
        NIM_1,
        metric(target_type="Value"),
        "of type Value and stated as averageValue",
        "write type AverageValue",
    ),
    "a Value of pods": Mistake(
        "Kubernetes API of autoscaling/v2",
        NIM_1,
        metric(target_type="Value", target_field="value"),
        "a Pods metric cannot have a target of type Value",
        "write type AverageValue and averageValue",
    ),
    "100 for 100m": Mistake(
        "NVIDIA blog on autoscaling NIM",
        NIM_1,
        metric(target="100"),
        "gpu_cache_usage_perc reaches 1 at most",
        "100m is 0.1",
    ),
    "a share that the tolerance swallows": Mistake(
        "Kubernetes documentation of the HorizontalPodAutoscaler: tolerance",
        GKE,
        metric(name="prometheus.googleapis.com|vllm:kv_cache_usage_perc|gauge", target="950m"),
        "a target of 0.95 is never passed",
        "write less than 0.91",
    ),
    "more running requests than fit a batch": Mistake(
        "LLMKube#482: a target of 2 with one slot",
        VLLM_EKS,
        all_of(exports(batch=1), metric(name="vllm:num_requests_running", target="2")),
        "vllm:num_requests_running reaches 1 at most",
        "write less than",
    ),
    "a word for a quantity": Mistake(
        "Kubernetes documentation of quantities", GKE, metric(target="10%"), "is no Kubernetes quantity", '"700m"'
    ),
    "no replica at all": Mistake(
        "llm-d/llm-d#2492", GKE, scalers(min_replicas=0), "nobody to export the metric", "minReplicas 1", "scaler"
    ),
    # One writer.
    "two adapters on Google Cloud": Mistake(
        "GoogleCloudPlatform/prometheus-engine#226",
        GKE,
        owned_by("custom.metrics.k8s.io", "monitoring/prometheus-adapter"),
        "custom.metrics.k8s.io has 2 owners",
        "keep custom-metrics/custom-metrics-stackdriver-adapter only",
        "other",
    ),
    "KEDA beside the adapter of Google Cloud": Mistake(
        "kedacore/keda#470; ai-dynamo/dynamo docs/kubernetes/autoscaling.md",
        GKE,
        owned_by("external.metrics.k8s.io", "keda/keda-operator-metrics-apiserver"),
        "external.metrics.k8s.io has 2 owners",
        "keep custom-metrics/custom-metrics-stackdriver-adapter only",
        "other",
    ),
    "a second metrics-server on GKE": Mistake(
        "kubernetes-sigs/metrics-server on GKE",
        GKE,
        owned_by("metrics.k8s.io", "kube-system/metrics-server"),
        "metrics.k8s.io has 2 owners, the cluster's own metrics-server",
        "keep the cluster's own metrics-server only",
        "other",
    ),
    "resource rules beside the metrics-server": Mistake(
        "kubernetes-sigs/prometheus-adapter#561",
        TRITON_EKS,
        all_of(
            owned_by("metrics.k8s.io", "kube-system/metrics-server"),
            owned_by("metrics.k8s.io", "monitoring/prometheus-adapter"),
        ),
        "metrics.k8s.io has 2 owners",
        "keep kube-system/metrics-server only",
        "other",
    ),
    "an API that nobody answers for": Mistake(
        "helm/helm#6361; kubernetes/kubernetes#83332",
        GKE,
        owned_by("external.metrics.k8s.io", "custom-metrics/custom-metrics-stackdriver-adapter", answered=False),
        "every namespace stays Terminating",
        "delete the API first",
        "other",
    ),
    "an API that nobody owns": Mistake(
        "kubernetes-sigs/prometheus-adapter#673",
        TRITON_EKS,
        lambda chain: replace(chain, apis=()),
        "nobody answers for custom.metrics.k8s.io",
        "install the adapter",
    ),
    "two autoscalers of one workload": Mistake(
        "volcano-sh/kthena#799", GKE, second_scaler, "has 2 autoscalers", "keep one", "other scaler"
    ),
    "replicas beside an autoscaler": Mistake(
        TUTORIALS + "; NVIDIA/k8s-nim-operator config/samples/nim/serving/standalone/autoscaling/llm.yaml",
        TRITON_EKS,
        exports(states_replicas=True),
        "states replicas, which its autoscaler changes",
        "leave replicas out",
        "server",
    ),
}
