"""Queries in a rehearsal's time. That a compressed rule has the cluster's value is shown in the story of eks-nim."""

import promql_parser as promql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.clock import Clock
from rehearsal.metrics.compressed_promql import compressed


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("up", "up"),
        ("rate(x[1m])", "(rate(x[2s]) / 30)"),
        ("increase(x[1m])", "increase(x[2s])"),
        ("max_over_time(x[10m])", "max_over_time(x[20s])"),
        ("x offset 5m", "x offset 10s"),
        ("irate(x[15s] offset 5m)", "(irate(x[500ms] offset 10s) / 30)"),
        ("max_over_time(rate(x[1m])[30m:1m] offset 1h)", "max_over_time((rate(x[2s]) / 30)[1m:2s] offset 2m)"),
        ("predict_linear(x[1h], 600)", "predict_linear(x[2m], (600) / 30)"),
        ('x{a="[1m] offset 5m"}', 'x{a="[1m] offset 5m"}'),
        ("sum by (pod) (rate(x[1m])) / clamp_min(sum(rate(y[1m])), 1)", None),
    ],
)
def test_windows_and_rates_are_divided_by_the_speed(expression: str, wanted: str | None) -> None:
    made = compressed(expression, Clock(30))
    if wanted is None:
        assert made.count("[2s]") == made.count("/ 30") == 2
    else:
        assert " ".join(made.split()) == wanted


WINDOWS = st.integers(1, 90).flatmap(lambda number: st.sampled_from([f"{number}{unit}" for unit in ("s", "m", "h")]))


@given(st.sampled_from(["increase", "avg_over_time", "changes"]), WINDOWS, WINDOWS)
def test_at_the_clusters_own_speed_nothing_changes(name: str, window: str, offset: str) -> None:
    expression = f"sum by (pod) ({name}(x[{window}] offset {offset}))"
    assert compressed(expression, Clock(1)) == promql.parse(expression).prettify()


@given(WINDOWS, st.floats(1, 200))
def test_a_window_never_becomes_nothing(window: str, speed: float) -> None:
    [call] = [promql.parse(compressed(f"increase(x[{window}])", Clock(speed)))]
    assert isinstance(call, promql.Call)
    assert call.args[0].range.total_seconds() > 0


def test_what_is_no_promql_is_an_error() -> None:
    with pytest.raises(ValueError, match="unexpected"):
        compressed("rate(x[1m", Clock(30))
