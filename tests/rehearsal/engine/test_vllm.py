"""The double of vLLM: what a pod's command line makes of it, its page against the real one's, its calibration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from offline import Recording
from rehearsal import stack
from rehearsal.engine import vllm_pod
from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.engine import Engine
from rehearsal.engine.page import metrics_page
from slipway.catalog.engines import VLLM
from tests.rehearsal.engine.surroundings import around

Vllm = Engine[BatchingEngine]

RECORDED = Path(__file__).parent / "vllm-0.32.0.prom"
"""What a real vLLM 0.32.0 on CPU served of the series of the catalog, verbatim."""

AROUND = around(
    *("meta-llama/Llama-3.1-70B", "ct6e-standard-8t"), max_model_len=4096, max_num_seqs=128, max_num_batched_tokens=512
)
POD: Mapping[str, Any] = {
    "containers": [
        {"name": "sidecar", "command": ["/bin/sh", "-c", "echo 'vllm' | cat"]},
        {
            "name": "vllm",
            "command": ["vllm", "serve", "meta-llama/Llama-3.1-70B"],
            "args": [
                "--port=9000",
                "--enable-chunked-prefill",
            ],
        },
    ],
}


@pytest.fixture
def llama(recordings: Mapping[str, Recording]) -> Vllm:
    """The engine of the server `llama` of the stack `gke-tpu`, whose settings are those of Google's tutorial."""
    [server] = stack.read(recordings["gke-tpu"]).servers
    return server.engine


def families(page: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(page)}


def loaded(engine: Vllm, clients: int, seconds: float = 600) -> BatchingEngine:
    """Return the engine after clients kept requests like the tutorial's under way for a while."""
    replica = engine.start(0)
    for _ in range(clients):
        replica.submit(9, 100)
    while replica.next_event <= seconds:
        for _ in range(replica.advance(replica.next_event)):
            replica.submit(9, 100)
    return replica


def test_the_page_has_each_series_of_the_catalog_with_the_type_and_labels_of_the_real_page(llama: Vllm) -> None:
    real = families(RECORDED.read_text())
    ours = families(metrics_page(llama, loaded(llama, 200)).decode())
    signals = [series.name for series in VLLM.signals.values()]
    names = {name.removesuffix("_total") for name in (*signals, *VLLM.shown)}
    assert ours.keys() == real.keys() == names
    for name, family in ours.items():
        assert family.type == real[name].type, name
        labels = {(sample.name, *sorted(sample.labels)) for sample in family.samples}
        assert labels == {(sample.name, *sorted(sample.labels)) for sample in real[name].samples}, name
        bounds = [sample.labels["le"] for sample in family.samples if "le" in sample.labels]
        assert bounds == [sample.labels["le"] for sample in real[name].samples if "le" in sample.labels], name


def test_the_page_says_what_the_engine_does(llama: Vllm) -> None:
    page = families(metrics_page(llama, loaded(llama, 200)).decode())
    [waiting] = page["vllm:num_requests_waiting"].samples
    assert waiting.value == 72
    assert waiting.labels == {"engine": "0", "model_name": llama.served_name}
    [use] = page["vllm:kv_cache_usage_perc"].samples
    assert 0 < use.value < 1


def test_the_pod_itself_says_what_its_engine_is() -> None:
    engine = vllm_pod.read(POD, AROUND)
    assert engine is not None
    assert (engine.served_name, engine.port, engine.max_tokens) == ("meta-llama/Llama-3.1-70B", 9000, 4096)
    assert engine.limits is not None
    assert (engine.slots, engine.limits.slots, engine.limits.step_tokens) == (128, 128, 512)
    assert all(parameter.source for parameter in engine.parameters)


def test_a_shell_may_start_the_engine() -> None:
    direct = POD["containers"][1]
    started = "ray start --head && exec " + " ".join([*direct["command"], *direct["args"]])
    shell = {**POD, "containers": [{"name": "vllm", "command": ["/bin/sh", "-c", started]}]}
    engine, expected = vllm_pod.read(shell, AROUND), vllm_pod.read(POD, AROUND)
    assert engine is not None
    assert expected is not None
    assert engine.parameters == expected.parameters


def test_other_pods_have_no_engine() -> None:
    assert vllm_pod.read({"containers": [POD["containers"][0]]}, AROUND) is None


def test_a_full_batch_generates_what_the_tutorial_measured(llama: Vllm) -> None:
    replica = loaded(llama, 163)
    assert replica.generated_tokens / replica.now == pytest.approx(2000, rel=0.05)


def test_the_tutorials_wait_is_that_of_163_clients(llama: Vllm) -> None:
    """Its autoscaler read 34.972 waiting requests; 35 clients more than fit the batch give that."""
    assert loaded(llama, 163).waiting == pytest.approx(34.972, abs=0.1)


@pytest.mark.parametrize("name", ["gke-tpu", "gke-tpu-autopilot", "gke-tpu-prod"])
def test_each_server_of_the_committed_stacks_has_an_engine(recordings: Mapping[str, Recording], name: str) -> None:
    recording = recordings[name]
    servers = recording.of("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert len(stack.read(recording).servers) == len(servers) > 0


def test_a_pod_that_streams_from_s3_is_known_by_its_last_name_and_starts_sooner(
    recordings: Mapping[str, Recording],
) -> None:
    engines = {each.name: each.engine for each in stack.read(recordings["eks-choices"]).servers}
    streamed, downloading = engines["streamed"], engines["vllm"]
    assert (streamed.served_name, streamed.labels["model_name"]) == ("llama", "llama")
    assert streamed.slots == downloading.slots
    assert streamed.load_seconds < downloading.load_seconds
