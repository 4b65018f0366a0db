"""What KEDA asks Prometheus for, one query for each signal: a number for all replicas of one server together."""

import pytest

from slipway.addons.keda_settings import query
from slipway.catalog.engines import ENGINES, Series
from slipway.serving.recording_rules import RECORDED
from tests.rehearsal.rules.promtool import Promtool

SIGNALS = {
    series.name: series
    for series in (*(series for engine in ENGINES.values() for series in engine.exports), *RECORDED)
    if series.signal
}
POD = "llama-6d4b75cb6d-hwx2k"
OTHER_POD = "llama-6d4b75cb6d-8zq4v"


def sample(series: Series, pod: str, part: str, *, namespace: str = "serving") -> str:
    """Return one of the series of a pod: of an engine of several in it, or of one model of several."""
    distinct = "engine" if "engine" in series.labels else "model"
    return f'{series.name}{{namespace="{namespace}",pod="{pod}",{distinct}="{part}"}}'


@pytest.mark.parametrize("name", SIGNALS)
def test_replicas_of_one_server_add_up_to_one_number(promtool: Promtool, name: str) -> None:
    series = SIGNALS[name]
    first = 0.75 if series.signal == "waiting-requests" else 0.5
    promtool.expect(
        {query(series, "llama", "serving"): {"{}": first + 0.125}},
        series={
            sample(series, POD, "0"): "0.5x40",
            sample(series, POD, "1"): "0.25x40",
            sample(series, OTHER_POD, "0"): "0.125x40",
            sample(series, "llama-long-6d4b75cb6d-hwx2k", "0"): "9x40",
            sample(series, "my-llama-6d4b75cb6d-hwx2k", "0"): "9x40",
            sample(series, POD, "0", namespace="staging"): "9x40",
        },
    )


@pytest.mark.parametrize("name", SIGNALS)
def test_f23_a_signal_that_is_gone_is_no_number_rather_than_0(promtool: Promtool, name: str) -> None:
    promtool.expect(
        {query(SIGNALS[name], "llama", "serving"): {}},
        series={sample(SIGNALS[name], POD, "0"): "5 _x39", "up": "1x40"},
        at="9m",
    )
