"""Chains read from objects as people publish them: a chart for Triton, one for NIM, and what a command line says."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.engines import TRITON, VLLM
from slipway.checks import quantities
from slipway.checks.signals import arguments, signal_findings
from slipway.checks.signals.assembly import Release, monitoring
from slipway.checks.signals.charts import prometheus
from slipway.checks.signals.promql import read, read_adapter_query

TRITON_OBJECTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: llama, namespace: default}
spec:
  selector: {matchLabels: {app: llama}}
  template:
    metadata: {labels: {app: llama, app.kubernetes.io/component: server}}
    spec:
      containers:
        - name: triton
          image: nvcr.io/nvidia/tritonserver:26.07-py3
          command: [tritonserver, --model-repository=/models, --metrics-interval-ms=1000]
          ports:
            - {name: http, containerPort: 8000}
            - {name: metrics, containerPort: 8002}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: llama, namespace: default, labels: {release: prometheus}}
spec:
  selector: {matchLabels: {app: llama, app.kubernetes.io/component: server}}
  podMetricsEndpoints:
    - {port: metrics, path: /metrics}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: triton-metrics, namespace: default, labels: {release: prometheus}}
spec:
  groups:
    - name: autoscaling
      interval: 6s
      rules:
        - record: triton:queue_compute:ratio
          expr: >-
            rate(nv_inference_queue_duration_us[1m]) / clamp_min(rate(nv_inference_compute_infer_duration_us[1m]), 1)
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: llama, namespace: default}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llama}
  minReplicas: 1
  maxReplicas: 4
  metrics:
    - type: Pods
      pods:
        metric: {name: triton:queue_compute:ratio}
        target: {type: AverageValue, averageValue: 1000m}
"""

NIM_OBJECTS = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: my-nim, namespace: nim}
spec:
  template:
    metadata: {labels: {app.kubernetes.io/name: nim-llm}}
    spec:
      containers:
        - name: nim-llm
          image: nvcr.io/nim/meta/llama-3.1-8b-instruct:1.3.0
          ports: [{name: http-openai, containerPort: 8000}]
---
apiVersion: v1
kind: Service
metadata: {name: my-nim-nim-llm, namespace: nim, labels: {app.kubernetes.io/name: nim-llm}}
spec:
  selector: {app.kubernetes.io/name: nim-llm}
  ports: [{name: http-openai, port: 8000, targetPort: http-openai}]
---
apiVersion: v1
kind: Service
metadata: {name: my-nim-nim-llm-sts, namespace: nim, labels: {app.kubernetes.io/name: nim-llm}}
spec:
  clusterIP: None
  selector: {app.kubernetes.io/name: nim-llm}
  ports: [{name: http-openai, port: 8000, targetPort: http-openai}]
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: my-nim-nim-llm, namespace: nim, labels: {release: prometheus}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: nim-llm}}
  endpoints: [{port: http-openai}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: my-nim, namespace: nim}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: my-nim}
  maxReplicas: 10
  metrics:
    - type: Pods
      pods:
        metric: {name: gpu_cache_usage_perc}
        target: {type: AverageValue, averageValue: 100m}
"""

FIFTEEN_SECONDS = {"prometheus": {"prometheusSpec": {"scrapeInterval": "15s"}}}
FOUND = "http://prometheus-kube-prometheus-prometheus.monitoring.svc"


def releases(stack: dict[str, Any] | None = None, **adapter: Any) -> list[Release]:
    values = {"prometheus": {"url": FOUND}, **adapter}
    return [
        Release("kube-prometheus-stack", "prometheus", "monitoring", stack or {}),
        Release("prometheus-adapter", "prometheus-adapter", "monitoring", values),
    ]


def told(text: str, charts: list[Release], **more: Any) -> list[str]:
    chain = monitoring(list(yaml.safe_load_all(text)), resource_metrics=False, releases=charts, **more)
    return [f"{finding.path}: {finding.message}" for finding in signal_findings(chain)]


def test_the_chart_for_triton_works_once_it_is_scraped_often_enough() -> None:
    assert told(TRITON_OBJECTS, releases(FIFTEEN_SECONDS)) == []


def test_the_chart_for_triton_does_not_work_with_the_defaults_of_prometheus() -> None:
    found = told(TRITON_OBJECTS, releases(metricsRelistInterval="6s"))
    assert [each.partition(":")[0] for each in found] == [
        "Release monitoring/prometheus-adapter",
        *["PrometheusRule default/triton-metrics triton"] * 2,
    ]
    assert "holds 2 scrapes" in found[1]


def test_the_chart_for_triton_needs_the_name_of_the_release() -> None:
    text = TRITON_OBJECTS.replace("release: prometheus", "release: kps")
    found = told(text, releases(FIFTEEN_SECONDS))
    assert len(found) == 2
    assert all("has no label release: prometheus" in each for each in found)
    selecting_all = {"prometheus": {"prometheusSpec": {"scrapeInterval": "15s"} | _NIL}}
    assert told(text, releases(selecting_all)) == []


_NIL = {f"{kind}SelectorNilUsesHelmValues": False for kind in ("podMonitor", "serviceMonitor", "rule")}


def test_the_chart_for_triton_never_scales_a_decoupled_model() -> None:
    found = told(TRITON_OBJECTS, releases(FIFTEEN_SECONDS), modes={"llama": "vllm"})
    assert found
    assert all("does not move under load" in each for each in found)


def test_the_monitor_of_the_chart_for_nim_scrapes_each_pod_twice() -> None:
    [found] = told(NIM_OBJECTS, releases())
    assert "scraped 2 times (Service my-nim-nim-llm and Service my-nim-nim-llm-sts)" in found


def test_the_monitor_of_the_chart_for_nim_asks_later_images_for_the_wrong_page() -> None:
    [found] = told(NIM_OBJECTS.replace(":1.3.0", ":1.15.5"), releases())
    assert "its series are on /v1/metrics" in found


def test_the_values_of_the_article_on_nim_name_no_service() -> None:
    found = told(NIM_OBJECTS, releases(prometheus={"url": "http://prometheus-prometheus.prometheus.svc"}))
    assert "names a Service that the chart does not make" in found[0]


def test_rules_of_a_chart_s_values_are_read() -> None:
    rule = {
        "seriesQuery": '{__name__=~"num_requests_running"}',
        "resources": {"template": "<<.Resource>>"},
        "metricsQuery": "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
    }
    found = told(NIM_OBJECTS, releases(rules={"default": False, "custom": [rule]}))
    assert any("its own rules give num_requests_running" in each for each in found)
    own = rule | {"seriesQuery": "gpu_cache_usage_perc"}
    assert len(told(NIM_OBJECTS, releases(rules={"default": False, "custom": [own]}))) == 1


def test_resource_rules_make_the_adapter_a_second_owner() -> None:
    charts = releases(FIFTEEN_SECONDS, rules={"default": True, "resource": {"cpu": {}}})
    charts.append(Release("metrics-server", "metrics-server", "kube-system", {}))
    [found] = told(TRITON_OBJECTS, charts)
    assert "metrics.k8s.io has 2 owners" in found


def test_a_stack_without_an_adapter_says_so() -> None:
    with pytest.raises(ValueError, match="no adapter that serves them metrics"):
        told(TRITON_OBJECTS, [])


@pytest.mark.parametrize(
    ("release", "values", "service"),
    [
        ("prometheus", {}, "prometheus-kube-prometheus-prometheus"),
        ("kube-prometheus-stack", {}, "kube-prometheus-stack-prometheus"),
        ("prometheus", {"fullnameOverride": "monitoring"}, "monitoring-prometheus"),
    ],
)
def test_the_service_of_prometheus_has_the_name_that_the_chart_gives_it(
    release: str, values: dict[str, Any], service: str
) -> None:
    assert prometheus(release, "monitoring", values).service == service


def test_the_last_of_an_option_counts_also_within_a_shell() -> None:
    words = ["/bin/sh", "-c", "ray start --head --port=6379 && exec vllm serve m --port=8000 --disable-log-stats"]
    given_ = arguments.options([*words, "--port", "9000"])
    assert arguments.port(VLLM, given_) == 9000
    assert arguments.switched_on(VLLM, given_) == {"--disable-log-stats"}
    assert arguments.port(TRITON, given_) == 8002
    assert arguments.port(TRITON, arguments.options(["tritonserver", "--metrics-port=9002"])) == 9002


@given(st.integers(1, 10**4))
def test_the_size_of_a_batch_is_read_in_both_spellings(size: int) -> None:
    assert arguments.batch(VLLM, arguments.options([f"--max-num-seqs={size}"])) == size
    assert arguments.batch(VLLM, arguments.options(["--max-num-seqs", str(size)])) == size


@given(st.integers(0, 59), st.integers(0, 59))
def test_a_duration_is_the_sum_of_its_parts(minutes: int, seconds: int) -> None:
    assert quantities.seconds(f"{minutes}m{seconds}s") == 60 * minutes + seconds


def test_what_is_no_duration_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match="'15' is no duration; write 15s or 1m30s"):
        quantities.seconds("15")


@pytest.mark.parametrize(
    ("expression", "by"),
    [
        ("a", None),
        ("sum(a)", frozenset[str]()),
        ("sum by (namespace, pod) (rate(a[1m]))", frozenset({"namespace", "pod"})),
        ("max without (engine) (a)", None),
        ("max without (pod) (a)", frozenset({"namespace"})),
        ("sum by (pod) (a) / sum by (pod, namespace) (b)", frozenset({"pod"})),
    ],
)
def test_the_labels_that_an_expression_keeps_are_those_of_prometheus(expression: str, by: frozenset[str]) -> None:
    assert read(expression).by == by


def test_only_a_division_by_a_series_can_be_by_nothing() -> None:
    assert not read("a / 1000").divides
    assert read("a / b").divides
    assert not read("a / b").clamped
    assert read("a / (clamp_min(b, 1))").clamped
    assert not read("a / clamp_min(b, 1) + a / b").clamped


def test_a_template_of_the_adapter_is_read_for_its_series() -> None:
    query = read_adapter_query('sum(rate(<<.Series>>{<<.LabelMatchers>>,model="m"}[2m])) by (<<.GroupBy>>)', "a_total")
    [term] = query.terms
    assert (term.series, term.function, term.window_seconds) == ("a_total", "rate", 120)
    assert dict(term.matchers) == {"model": "m"}
    assert query.by == {"namespace", "pod"}


def test_what_is_no_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        read("sum(")
