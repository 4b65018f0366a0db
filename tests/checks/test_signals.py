"""Every misconfiguration that is cited somewhere is refused with its way out, and no chain that works is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.engines import ENGINES, NIM, TRITON, VLLM, Engine
from slipway.checks import errors
from slipway.checks.signals import bump_findings, signal_findings
from slipway.checks.signals.targets import TOLERANCE
from tests.checks.signals_chains import CORRECT, GKE, NIM_1, VLLM_EKS, export, metric, scaler, scrapes
from tests.checks.signals_mistakes import MISTAKES


@pytest.mark.parametrize("name", CORRECT)
def test_a_chain_that_works_is_not_refused(name: str) -> None:
    assert signal_findings(CORRECT[name]) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_cited_misconfiguration_is_refused_with_the_fix(name: str) -> None:
    mistake = MISTAKES[name]
    findings = signal_findings(mistake.edit(mistake.correct))
    told = [str(finding) for finding in findings]
    assert mistake.source
    assert [
        finding
        for finding in findings
        if finding.severity == "error"
        and finding.path == mistake.path
        and mistake.says in finding.message
        and mistake.remedy in finding.remedy
    ], "\n".join(told)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_not_buried_under_what_follows_from_it(name: str) -> None:
    findings = signal_findings(MISTAKES[name].edit(MISTAKES[name].correct))
    assert len({finding.remedy for finding in findings}) <= 2, "\n".join(map(str, findings))


@pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
def test_every_signal_of_the_catalog_can_be_followed_in_both_clouds(engine: Engine) -> None:
    for series in engine.signals.values():
        page = engine.pages[-1]
        newest = "26.09" if engine is TRITON else "2.1.0" if engine is NIM else "1.3.0" if page.needs else "0.32.0"
        one = export(engine, newest, ports={"http": page.port}, options=frozenset({page.needs, series.needs}))
        for chain, name in ((VLLM_EKS, series.name), (GKE, f"prometheus.googleapis.com|{series.name}|{series.kind}")):
            made = replace(chain, exports=(one,), scalers=(scaler(name, "500m"),))
            assert signal_findings(scrapes(page=page.path)(made)) == []


def test_a_rate_that_the_adapter_of_google_cloud_takes_over_a_minute_needs_four_scrapes_in_it() -> None:
    followed = scaler("prometheus.googleapis.com|vllm:generation_tokens_total|counter", "100")
    chain = replace(GKE, scalers=(followed,))
    assert signal_findings(scrapes(interval_seconds=15)(chain)) == []
    [finding] = signal_findings(scrapes(interval_seconds=30)(chain))
    assert "a window of 60 s holds 2 scrapes" in finding.message


def test_a_bump_of_vllm_lists_the_autoscalers_that_lose_their_series() -> None:
    old = CORRECT["vLLM 0.9.1 by its old name"]
    assert bump_findings(old, VLLM, "0.10.2") == []
    [finding] = bump_findings(old, VLLM, "0.11.0")
    assert finding.path == "metric"
    assert finding.remedy == "use vllm:kv_cache_usage_perc"


def test_a_bump_of_nim_lists_names_and_pages() -> None:
    chain = CORRECT["NIM 1.3, of which the page is not known"]
    assert {finding.path for finding in bump_findings(chain, NIM, "2.0.13")} == {"metric"}
    [moved] = bump_findings(scrapes(page="/metrics")(chain), NIM, "1.15.5")
    assert moved.path == "monitor"
    assert "/v1/metrics" in moved.remedy


def test_a_bump_of_another_engine_breaks_nothing() -> None:
    assert bump_findings(NIM_1, TRITON, "26.09") == []


@given(st.integers(1, 2000))
def test_a_share_is_accepted_if_and_only_if_the_autoscaler_can_pass_it(thousandths: int) -> None:
    edit = metric(name="prometheus.googleapis.com|vllm:kv_cache_usage_perc|gauge", target=f"{thousandths}m")
    passable = thousandths / 1000 * TOLERANCE < 1
    assert (signal_findings(edit(GKE)) == []) == passable


@given(st.integers(1, 10**9))
def test_nothing_bounds_the_queue(target: int) -> None:
    assert errors(signal_findings(metric(target=str(target))(VLLM_EKS))) == []
