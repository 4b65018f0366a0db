"""The rules as text; tests/rehearsal/rules has Prometheus evaluate them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.engines import TRITON, Mode
from slipway.checks.signals import Export, Query, Workload
from slipway.checks.signals.promql import read
from slipway.checks.signals.queries import SCRAPES_IN_A_WINDOW, query_findings
from slipway.serving.recording_rules import LABELS, QUEUE_COMPUTE_RATIO, RECORDED, WAITING_REQUESTS, expressions

GUIDE = {
    "triton:compute_duration:average",
    "triton:queue_duration:average",
    "triton:request_duration:average",
    "triton:queue_compute:ratio",
}
"""The names in triton-inference-server/tutorials, Deployment/Kubernetes/TensorRT-LLM_Autoscaling_and_Load_Balancing."""


def export(mode: Mode) -> Export:
    return Export(
        path="servers.triton",
        engine=TRITON,
        version="26.07",
        workload=Workload("Deployment", "triton", "triton"),
        labels={},
        ports={},
        mode=mode,
    )


def findings(record: str, mode: Mode, scrape_seconds: int = 15) -> list[str]:
    query: Query = read(expressions(scrape_seconds)[record])
    found = query_findings(
        query,
        "rule",
        export(mode),
        name=record,
        scrape_seconds=scrape_seconds,
        recorded=(),
        by_pod=True,
    )
    return [finding.message for finding in found]


def test_the_four_series_of_the_guide_are_recorded_and_what_waits_in_the_batcher() -> None:
    assert expressions(15).keys() == GUIDE | {WAITING_REQUESTS.name} == {series.name for series in RECORDED}


@given(st.integers(min_value=1, max_value=300))
def test_a_rate_is_over_four_scrapes_or_more(scrape_seconds: int) -> None:
    windows = {
        term.window_seconds
        for expression in expressions(scrape_seconds).values()
        for term in read(expression).terms
        if term.function == "rate"
    }
    assert windows == {SCRAPES_IN_A_WINDOW * scrape_seconds}


@pytest.mark.parametrize("record", [series.name for series in RECORDED])
def test_a_rule_keeps_pods_apart_and_divides_by_nothing_that_may_be_0(record: str) -> None:
    query = read(expressions(15)[record])
    assert query.by == frozenset(LABELS)
    assert query.clamped


@pytest.mark.parametrize("mode", ["synchronous", "ensemble"])
@pytest.mark.parametrize("record", sorted(GUIDE))
def test_the_judgement_of_signals_finds_nothing_where_a_rule_means_something(record: str, mode: Mode) -> None:
    assert findings(record, mode) == []


@pytest.mark.parametrize("mode", ["decoupled", "vllm", "tensorrtllm"])
def test_the_ratio_is_refused_where_triton_does_not_see_requests_wait(mode: Mode) -> None:
    assert any("does not move under load" in message for message in findings(QUEUE_COMPUTE_RATIO.name, mode))
    assert QUEUE_COMPUTE_RATIO.blind.keys() == {"decoupled", "vllm", "tensorrtllm"}


def test_what_waits_in_the_batcher_is_there_with_the_batcher_only() -> None:
    assert findings(WAITING_REQUESTS.name, "tensorrtllm") == []
    assert any("tensorrtllm" in message for message in findings(WAITING_REQUESTS.name, "synchronous"))
