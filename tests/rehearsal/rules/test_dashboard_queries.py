"""What dashboards ask Prometheus for, over pages such as the engines serve."""

import pytest

from slipway.addons.dashboards.charts import charted
from slipway.addons.dashboards.grafana import Panel, Target
from slipway.addons.dashboards.servers import dashboards
from slipway.addons.observed import ObservedServer
from slipway.catalog.engines import Series
from tests.components.servers import NAMESPACE, OTHERS, PODS, SERVERS
from tests.rehearsal.rules.promtool import SCRAPE_SECONDS, Promtool, Samples

GAUGES: Samples = dict(zip(PODS, (0.25, 0.75), strict=True))
RATES: Samples = dict(zip(PODS, (2.0, 4.0), strict=True))
QUANTILE_VALUES = {"p50": 0.1, "p95": 0.91, "p99": 0.982}
"""Of half the values up to 0.1 and half between that and 1."""

DETAIL = {"engine": "0", "model": "gpt2", "reason": "OTHER", "request_type": "waiting", "kv_cache_block_type": "used"}
SCALER = f'namespace="{NAMESPACE}",horizontalpodautoscaler="llama"'
CLUSTER = {
    f"kube_horizontalpodautoscaler_spec_max_replicas{{{SCALER}}}": "4x40",
    f"kube_horizontalpodautoscaler_status_desired_replicas{{{SCALER}}}": "3x40",
    f'kube_deployment_status_replicas_ready{{namespace="{NAMESPACE}",deployment="llama"}}': "2x40",
}
"""From kube-state-metrics."""


def panels(server: ObservedServer) -> list[Panel]:
    [dashboard] = dashboards([server])
    return list(dashboard.panels)


def asked(target: Target) -> str:
    """Return a query as Grafana fills it in."""
    return target.expr.replace("$server", "llama").replace("$__rate_interval", f"{4 * SCRAPE_SECONDS}s")


def exported(series: Series) -> dict[str, str]:
    """Return a series as all pods have it."""
    pods = [(pod, NAMESPACE) for pod in PODS] + [*OTHERS.items()]
    details = "".join(f',{label}="{DETAIL[label]}"' for label in series.labels if label in DETAIL)
    found: dict[str, str] = {}
    for pod, namespace in pods:
        where = f'namespace="{namespace}",pod="{pod}"{details}'
        rate = int(RATES.get(pod, 100) * SCRAPE_SECONDS) if namespace == NAMESPACE else 1500
        gauge = GAUGES.get(pod, 9.0) if namespace == NAMESPACE else 9.0
        match series.kind:
            case "gauge":
                found[f"{series.name}{{{where}}}"] = f"{gauge}x40"
            case "counter":
                found[f"{series.name}{{{where}}}"] = f"0+{rate}x40"
            case "histogram" if gauge < 9:
                for le, step in (("0.1", 10), ("1", 20), ("+Inf", 20)):
                    found[f'{series.name}_bucket{{{where},le="{le}"}}'] = f"0+{step}x40"
            case "histogram":
                for le, step in (("0.1", 0), ("1", 0), ("+Inf", 20)):
                    found[f'{series.name}_bucket{{{where},le="{le}"}}'] = f"0+{step}x40"
    return found


def expected(series: Series, target: Target) -> Samples:
    """Return what a line of a chart shows of `exported`."""
    match series.kind:
        case "histogram":
            return {"{}": QUANTILE_VALUES[target.legend_format]}
        case "gauge" if target.legend_format == "average":
            return {"{}": sum(GAUGES.values()) / len(GAUGES)}
        case _:
            values = RATES if series.kind == "counter" else GAUGES
            shown = [label for label in DETAIL if f"{{{{{label}}}}}" in target.legend_format]
            detail = "".join(f',{label}="{DETAIL[label]}"' for label in shown)
            return {f'{{pod="{pod}"{detail}}}': value for pod, value in values.items()}


@pytest.mark.parametrize("name", SERVERS)
def test_every_chart_shows_the_chosen_server_and_no_other(promtool: Promtool, name: str) -> None:
    server = SERVERS[name]
    shown = charted(server.export.engine, server.export.version, server.export.mode)
    by_name = {series.name: series for series in shown}
    wanted = {
        asked(target): expected(by_name[panel.description], target)
        for panel in panels(server)
        if panel.description in by_name
        for target in panel.targets
        if target.legend_format != "target"
    }
    assert len(wanted) >= len(by_name)
    promtool.expect(wanted, series={each: values for one in shown for each, values in exported(one).items()})


@pytest.mark.parametrize("name", SERVERS)
def test_without_series_a_chart_is_empty(promtool: Promtool, name: str) -> None:
    queries = [asked(target) for panel in panels(SERVERS[name]) for target in panel.targets]
    promtool.expect({query: {} for query in queries}, series={"up": "1x40"})


@pytest.mark.parametrize("name", [name for name in SERVERS if name != "triton vllm"])
def test_the_signal_is_held_against_the_target_of_the_autoscaler_or_of_the_one_that_keda_makes(
    promtool: Promtool, name: str
) -> None:
    server = SERVERS[name]
    [panel] = [panel for panel in panels(server) if panel.description == server.signal.name]
    [line] = [target for target in panel.targets if target.legend_format == "target"]
    metric = "kube_horizontalpodautoscaler_spec_target_metric"
    for followed in (server.signal.name, "s0-prometheus"):
        promtool.expect(
            {asked(line): {"{}": server.target}},
            series={
                f'{metric}{{{SCALER},metric_name="{followed}",metric_target_type="average"}}': f"{server.target}x40",
                f'{metric}{{{SCALER},metric_name="cpu",metric_target_type="utilization"}}': "80x40",
                f'{metric}{{{SCALER},metric_name="memory",metric_target_type="average"}}': "9000x40",
            },
        )


def test_replicas_are_wanted_ready_and_bounded(promtool: Promtool) -> None:
    [panel] = [panel for panel in panels(SERVERS["vllm"]) if panel.title == "Replicas"]
    lines = {target.legend_format: asked(target) for target in panel.targets}
    promtool.expect({lines["wanted"]: {"{}": 3}, lines["ready"]: {"{}": 2}, lines["most"]: {"{}": 4}}, series=CLUSTER)


def test_gpus_belong_to_the_pod_that_uses_them(promtool: Promtool) -> None:
    """Prometheus keeps `pod` for the exporter's own pod."""
    users = ((0, PODS[0], 40), (1, PODS[0], 80), (2, PODS[1], 20), (3, next(iter(OTHERS)), 99))
    for title, name in (("GPU in use", "DCGM_FI_DEV_GPU_UTIL"), ("GPU memory in use", "DCGM_FI_DEV_FB_USED")):
        [panel] = [panel for panel in panels(SERVERS["triton"]) if panel.title == title]
        [target] = panel.targets
        exporter = 'namespace="gpu-operator",pod="nvidia-dcgm-exporter-x2zlk"'
        promtool.expect(
            {asked(target): {f'{{exported_pod="{PODS[0]}"}}': 60, f'{{exported_pod="{PODS[1]}"}}': 20}},
            series={
                f'{name}{{{exporter},gpu="{gpu}",exported_namespace="{NAMESPACE}",exported_pod="{pod}"}}': f"{value}x40"
                for gpu, pod, value in users
            }
            | {f'{name}{{{exporter},gpu="4"}}': "77x40"},
        )
