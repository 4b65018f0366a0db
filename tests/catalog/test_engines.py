"""The catalog of series, held against pages of real engines; `recordings/` has them with most samples left out.

That of SGLang 0.5.23 was made by its own collectors (`sglang/srt/observability/metrics_collector.py`), without an
engine, which needs a GPU: the values were put in by hand. The others ran on CPU: vLLM 0.32.0 with 36 requests waiting,
Triton 2.51 (container 24.10) under load and afterwards, with batching models, an ensemble (`ensemble_model` of
`tokenizer` and `model`) and two decoupled models.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.engines import ENGINES, NIM, SGLANG, TRITON, TRTLLM_SERVE, VLLM, Engine, Series, release, renamed

RECORDINGS = Path(__file__).parent / "recordings"
VLLM_VERSION, TRITON_VERSION = "0.32.0", "24.10"
NAMES = [(engine, series) for engine in ENGINES.values() for series in engine.exports]


@cache
def page(name: str) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Return type and labels of each series of a recording, a histogram under its own name.

    The parser of prometheus_client is of no use here: it gives each counter the suffix `_total`.
    """
    text = (RECORDINGS / f"{name}.prom").read_text()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for series, labels, _ in samples(name):
        family = series if series in kinds else re.sub(r"_(bucket|sum|count)$", "", series)
        found[family] = (kinds[family], frozenset(labels) - {"le"})
    return found


def samples(name: str) -> list[tuple[str, Mapping[str, str], float]]:
    """Return series, labels and value of each sample of a recording."""
    text = (RECORDINGS / f"{name}.prom").read_text()
    return [
        (series, dict(re.findall(r'(\w+)="([^"]*)"', labels)), float(value))
        for series, labels, value in re.findall(r"^([^#\s{]+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE)
    ]


def values(name: str, series: str) -> Mapping[str, float]:
    """Return a series of a recording by model."""
    return {labels["model"]: value for each, labels, value in samples(name) if each == series}


def plain(engine: Engine, version: str) -> list[Series]:
    """Return what an engine exports with default options and a backend of its own."""
    return [series for series in engine.exports if series.is_in(version) and not series.needs and not series.modes]


@pytest.mark.parametrize(
    ("recording", "series"),
    [("vllm-0.32.0", series) for series in plain(VLLM, VLLM_VERSION)]
    + [("triton-2.51", series) for series in plain(TRITON, TRITON_VERSION)]
    + [("sglang-0.5.23", series) for series in SGLANG.exports],
    ids=lambda value: value.name if isinstance(value, Series) else value,
)
def test_a_series_of_the_catalog_is_on_the_page_with_its_type_and_labels(recording: str, series: Series) -> None:
    kind, labels = page(recording)[series.name]
    assert kind == series.kind
    if series.name.endswith("_info"):
        assert set(series.labels) <= labels
    else:
        assert set(series.labels) == labels


@pytest.mark.parametrize(
    ("engine", "recording", "version"),
    [(VLLM, "vllm-0.32.0", VLLM_VERSION), (TRITON, "triton-2.51", TRITON_VERSION)],
)
def test_what_the_catalog_says_is_not_there_is_not_there(engine: Engine, recording: str, version: str) -> None:
    absent = {series.name for series in engine.exports if series not in plain(engine, version)}
    assert absent
    assert not absent & page(recording).keys()


@pytest.mark.parametrize("series", ["nv_inference_queue_duration_us", "nv_inference_request_duration_us"])
def test_a_decoupled_model_hides_its_load_from_the_durations(series: str) -> None:
    def each(model: str) -> float:
        requests = values("triton-2.51-after", "nv_inference_request_success")[model]
        return values("triton-2.51-after", series)[model] / requests

    assert each("decoupled") < each("decoupled_blocking") / 1000
    [known] = TRITON.find(series)
    assert "decoupled" in known.blind
    assert "synchronous" not in known.blind


def test_a_decoupled_model_hides_its_load_from_the_pending_requests() -> None:
    pending = values("triton-2.51", "nv_inference_pending_request_count")
    assert pending["decoupled"] == 0
    assert pending["decoupled_blocking"] > 0
    assert "decoupled" in TRITON.signals["waiting-requests"].blind


@pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
def test_an_engine_offers_what_scaling_and_dashboards_ask_of_it(engine: Engine) -> None:
    assert engine.signals
    assert all(any(not series.until for series in engine.find(name)) for name in engine.shown)
    assert all(series.kind == "gauge" for series in engine.signals.values())
    assert engine.metrics_path.startswith("/")


@pytest.mark.parametrize(("engine", "series"), NAMES, ids=[f"{engine.name} {one.name}" for engine, one in NAMES])
def test_no_version_has_two_series_of_one_name(engine: Engine, series: Series) -> None:
    versions = [series.since or "0.1", series.until or "99"]
    for version in versions:
        assert len([each for each in engine.find(series.name) if each.is_in(version)]) <= 1


@pytest.mark.parametrize(("engine", "series"), NAMES, ids=[f"{engine.name} {one.name}" for engine, one in NAMES])
def test_a_successor_is_there_when_its_predecessor_is_gone(engine: Engine, series: Series) -> None:
    if series.successor:
        assert engine.exported(series.successor, series.until)


def test_prometheus_counters_are_named_total_but_those_of_triton() -> None:
    for engine, series in NAMES:
        if series.kind == "counter" and not series.name.startswith("nv_"):
            assert series.name.endswith("_total"), f"{engine.name} {series.name}"


def test_a_bump_of_vllm_lists_what_it_renames() -> None:
    gone = {each.series: each.successor for each in renamed(VLLM, "v0.10.2", "v0.12.0")}
    assert gone["vllm:gpu_cache_usage_perc"] == "vllm:kv_cache_usage_perc"
    assert gone["vllm:time_per_output_token_seconds"] == "vllm:inter_token_latency_seconds"
    assert "vllm:num_requests_waiting" not in gone
    assert renamed(VLLM, "0.27.0", "0.32.0") == ()


def test_a_bump_of_nim_lists_every_name_and_moves_the_page() -> None:
    gone = {each.series for each in renamed(NIM, "1.15.5", "2.0.13")}
    assert {"gpu_cache_usage_perc", "num_requests_waiting"} <= gone
    assert [each.path for each in NIM.pages_of("1.0.3")] == ["/metrics"]
    assert [each.path for each in NIM.pages_of("2.0.13")] == ["/v1/metrics"]


def test_the_parts_of_a_histogram_are_found_by_their_names() -> None:
    for part in ("", "_bucket", "_sum", "_count"):
        assert TRTLLM_SERVE.exported(f"trtllm_time_to_first_token_seconds{part}", "1.2.1")
    assert TRTLLM_SERVE.exported("trtllm_num_requests_waiting_sum", "1.2.1") is None


@given(st.lists(st.integers(0, 999), min_size=1, max_size=4))
def test_a_version_is_its_numbers(numbers: list[int]) -> None:
    text = ".".join(map(str, numbers))
    assert release(text) == release(f"v{text}") == release(f"{text}-py3") == tuple(numbers)


@given(st.tuples(st.integers(0, 99), st.integers(0, 99)), st.sampled_from(NAMES))
def test_a_series_that_is_gone_never_comes_back(version: tuple[int, int], named: tuple[Engine, Series]) -> None:
    _, series = named
    later = f"{version[0] + 1}.{version[1]}"
    if series.until and not series.is_in(f"{version[0]}.{version[1]}") and series.is_in(later):
        assert series.since
        assert release(later) >= release(series.since)


def test_what_is_no_version_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"'latest' is not a version; write it with numbers, such as v0\.27\.0"):
        release("latest")
