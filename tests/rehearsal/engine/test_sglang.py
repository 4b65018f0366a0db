"""The double of SGLang: what a pod's command line makes of it, and its page against what its source says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from offline import record
from rehearsal import stack
from rehearsal.engine import pods, sglang_pod
from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.engine import Engine, Surroundings
from rehearsal.engine.page import metrics_page
from slipway.catalog.engines import SGLANG

RECORDED = Path(__file__).parents[2] / "catalog" / "recordings" / "sglang-0.5.23.prom"
"""What SGLang's own collectors make of such values."""

SgLang = Engine[BatchingEngine]
STACK = Path(__file__).parents[3] / "stacks" / "Pulumi.eks-sglang.yaml"


def shape(family: Metric) -> set[tuple[str, ...]]:
    """Return the samples of a family without their values."""
    return {(each.name, *map("=".join, sorted(each.labels.items()))) for each in family.samples}


@pytest.fixture(scope="module")
def setting() -> tuple[dict[str, Any], Surroundings]:
    """The pod of the server `qwen` of the stack `eks-sglang`, and the nodes that it runs on."""
    played = stack.read(record(STACK))
    [template] = [each.workload["spec"]["template"] for each in played.servers if each.name == "qwen"]
    around = played.around(template)
    assert around
    return template["spec"], around


@pytest.fixture
def qwen(setting: tuple[dict[str, Any], Surroundings]) -> SgLang:
    engine = sglang_pod.read(*setting)
    assert engine is not None
    return engine


def started_with(setting: tuple[dict[str, Any], Surroundings], *words: str) -> SgLang:
    pod, around = setting
    [container] = pod["containers"]
    engine = sglang_pod.read({**pod, "containers": [{**container, "command": list(words)}]}, around)
    assert engine is not None
    return engine


def test_a_pod_says_where_it_listens_and_how_large_its_batch_is(qwen: SgLang) -> None:
    assert (qwen.port, qwen.metrics_path, qwen.health_path) == (30000, "/metrics", "/health")
    assert (qwen.served_name, qwen.max_tokens, qwen.slots) == ("Qwen/Qwen3-8B", 16384, 64)
    assert qwen.limits is not None
    assert (qwen.limits.step_tokens, qwen.limits.block_tokens) == (4096, 1)
    assert qwen.answers.keys() == {"/health_generate", "/v1/models"}


def test_the_page_has_the_signals_and_what_dashboards_show_with_the_labels_of_the_source(qwen: SgLang) -> None:
    replica = qwen.start(0)
    for _ in range(100):
        replica.submit(9, 100)
    replica.advance(2)
    page = {family.name: family for family in text_string_to_metric_families(metrics_page(qwen, replica).decode())}
    names = {series.name for series in SGLANG.signals.values()} | {*SGLANG.shown}
    assert page.keys() == {name.removesuffix("_total") for name in names}
    [waiting] = page["sglang:num_queue_reqs"].samples
    assert waiting.value == 36
    assert waiting.labels == {
        "model_name": "Qwen/Qwen3-8B",
        "engine_type": "unified",
        "tp_rank": "0",
        "pp_rank": "0",
        "moe_ep_rank": "0",
    }
    real = {family.name: family for family in text_string_to_metric_families(RECORDED.read_text())}
    for name, family in page.items():
        assert family.type == real[name].type
        assert shape(family) == shape(real[name]), name


def test_without_the_flag_there_is_no_series(setting: tuple[dict[str, Any], Surroundings]) -> None:
    words = ("python3", "-m", "sglang.launch_server", "--model-path=Qwen/Qwen3-8B", "--max-running-requests=64")
    assert started_with(setting, *words, "--chunked-prefill-size=4096").values == []
    assert started_with(setting, *words, "--chunked-prefill-size=4096", "--enable-metrics").values


def test_what_a_pod_does_not_say_is_the_engines_own(setting: tuple[dict[str, Any], Surroundings]) -> None:
    engine = started_with(setting, "sglang", "serve", "--model", "Qwen/Qwen3-8B")
    assert (engine.served_name, engine.chips, engine.port) == ("Qwen/Qwen3-8B", 1, 30000)


def test_another_pod_is_none_of_its(setting: tuple[dict[str, Any], Surroundings]) -> None:
    other: Mapping[str, Any] = {"containers": [{"name": "a", "command": ["python3", "-m", "http.server"]}]}
    assert sglang_pod.read(other, setting[1]) is None
    assert pods.read(setting[0], setting[1]) is not None
