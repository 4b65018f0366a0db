"""What prometheus-adapter asks Prometheus for, one rule for each signal."""

from typing import Any

import pytest

from slipway.addons.monitoring_settings import adapter_values
from slipway.catalog.engines import ENGINES, Series
from slipway.serving.recording_rules import RECORDED
from tests.rehearsal.rules.promtool import Promtool

SIGNALS = {
    series.name: series
    for series in (*(series for engine in ENGINES.values() for series in engine.exports), *RECORDED)
    if series.signal
}
PODS = ("llama-6d4b75cb6d-hwx2k", "llama-6d4b75cb6d-8zq4v")


def rule(series: Series) -> dict[str, Any]:
    [only] = adapter_values([series])["rules"]["custom"]
    return only


def asked(series: Series) -> str:
    """Return the query for the pods of an autoscaler, as the adapter fills it in."""
    filled = {
        "<<.Series>>": series.name,
        "<<.LabelMatchers>>": f'namespace="serving",pod=~"{"|".join(PODS)}"',
        "<<.GroupBy>>": "pod",
    }
    query: str = rule(series)["metricsQuery"]
    for placeholder, value in filled.items():
        query = query.replace(placeholder, value)
    return query


def sample(series: Series, pod: str, part: str, *, namespace: str = "serving") -> str:
    """Return one of the series of a pod: of an engine of several in it, or of one model of several."""
    distinct = "engine" if "engine" in series.labels else "model"
    return f'{series.name}{{namespace="{namespace}",pod="{pod}",{distinct}="{part}"}}'


@pytest.mark.parametrize("name", SIGNALS)
def test_a_pod_with_several_models_or_engines_has_one_value(promtool: Promtool, name: str) -> None:
    series = SIGNALS[name]
    together = 0.75 if series.signal == "waiting-requests" else 0.5
    promtool.expect(
        {asked(series): {f'{{pod="{PODS[0]}"}}': together, f'{{pod="{PODS[1]}"}}': 0.125}},
        series={
            sample(series, PODS[0], "0"): "0.5x40",
            sample(series, PODS[0], "1"): "0.25x40",
            sample(series, PODS[1], "0"): "0.125x40",
            sample(series, "mist-6d4b75cb6d-hwx2k", "0"): "9x40",
            sample(series, PODS[0], "0", namespace="staging"): "9x40",
        },
    )


@pytest.mark.parametrize("name", SIGNALS)
def test_a_pod_without_a_sample_has_no_value(promtool: Promtool, name: str) -> None:
    series = SIGNALS[name]
    promtool.expect(
        {asked(series): {f'{{pod="{PODS[0]}"}}': 0}},
        series={sample(series, PODS[0], "0"): "0x40", sample(series, PODS[1], "0"): "3x10 stale"},
    )


@pytest.mark.parametrize("name", SIGNALS)
def test_series_are_found_by_their_own_name_and_only_where_they_belong_to_a_pod(promtool: Promtool, name: str) -> None:
    series = SIGNALS[name]
    promtool.expect(
        {f"count({rule(series)['seriesQuery']})": {"{}": 1}},
        series={
            sample(series, PODS[0], "0"): "1x40",
            f'{name}{{namespace="a"}}': "1x40",
            f'{name}_x{{pod="a"}}': "1x40",
        },
    )
