"""The double of NIM and of vLLM on GPUs: what a pod makes of it, its series by generation, its calibration."""

from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from offline import Recording
from rehearsal import stack
from rehearsal.engine import nim_pod, pods, vllm_pod
from rehearsal.engine.page import metrics_page
from rehearsal.engine.step_time import NVIDIA_BLOG, step_seconds
from slipway.catalog.models import model
from tests.rehearsal.engine.surroundings import around

GPUS = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}


def nim(tag: str = "2.0.13", name: str = "llama-3.1-8b-instruct", **env: str) -> Mapping[str, Any]:
    container = {
        "image": f"nvcr.io/nim/meta/{name}:{tag}",
        "env": [{"name": key, "value": value} for key, value in env.items()],
        **GPUS,
    }
    return {"nodeSelector": {"slipway.dev/pool": "l40s"}, "containers": [container]}


AROUND = around("meta-llama/Llama-3.1-8B-Instruct", "g6e.xlarge", max_model_len=2048)


@pytest.mark.parametrize(
    ("tag", "path", "use"),
    [
        ("1.0.3", "/metrics", "gpu_cache_usage_perc"),
        ("1.13.1", "/v1/metrics", "gpu_cache_usage_perc"),
        ("2.0.13", "/v1/metrics", "vllm:kv_cache_usage_perc"),
    ],
)
def test_each_generation_has_its_own_page_and_names(tag: str, path: str, use: str) -> None:
    engine = nim_pod.read(nim(tag), AROUND)
    assert engine is not None
    replica = engine.start(0)
    page = {family.name: family for family in text_string_to_metric_families(metrics_page(engine, replica).decode())}
    assert engine.metrics_path == path
    assert page[use].type == "gauge"
    assert {"gpu_cache_usage_perc", "vllm:kv_cache_usage_perc"} & page.keys() == {use}
    assert engine.shown.waiting in page
    labels = {"model_name"} if tag.startswith("1") else {"engine", "model_name"}
    assert all(sample.labels.keys() == labels for sample in page[use].samples)


def test_the_environment_says_what_the_engine_is() -> None:
    env = {"NIM_SERVED_MODEL_NAME": "own", "NIM_SERVER_PORT": "9000"}
    engine = nim_pod.read(nim(**env), AROUND)
    assert engine is not None
    assert (engine.served_name, engine.port, engine.metrics_port, engine.max_tokens) == ("own", 9000, 9000, 2048)
    plain = nim_pod.read(nim(), AROUND)
    assert plain is not None
    assert (plain.served_name, plain.port) == ("meta/llama-3.1-8b-instruct", 8000)


def test_the_committed_stack_has_the_memory_that_its_preview_says(recordings: Mapping[str, Recording]) -> None:
    [server] = stack.read(recordings["eks-nim"]).servers
    assert server.engine.limits is not None
    shown = recordings["eks-nim"].outputs["fit"]["llama"]["kvCacheTokens"]
    assert server.engine.limits.blocks * server.engine.limits.block_tokens == pytest.approx(shown, rel=0.001)


def test_vllm_runs_on_gpus_too() -> None:
    command = ["vllm", "serve", "meta-llama/Llama-3.1-8B-Instruct", "--max-model-len=8192"]
    container = {"image": "vllm/vllm-openai:v0.10.0", "command": command, **GPUS}
    pod = {"nodeSelector": {"slipway.dev/pool": "l40s"}, "containers": [container]}
    engine = vllm_pod.read(pod, AROUND)
    assert engine is not None
    names = {series.name for series, _ in engine.values}
    assert {"vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc"} <= names, "0.10 has both"
    silent = {**container, "image": "vllm/vllm-openai:v0.32.0", "args": ["--disable-log-stats"]}
    quiet = vllm_pod.read({**pod, "containers": [silent]}, AROUND)
    assert quiet is not None
    assert quiet.values == []


def test_a_pod_of_neither_has_no_engine() -> None:
    assert pods.read({"containers": [{"image": "docker.io/curlimages/curl:8"}]}, AROUND) is None


def test_a_gpu_generates_what_nvidia_measured() -> None:
    """A step of the roofline with half of the bytes is a step of the FP8 weights that were measured."""
    served, chip = model(NVIDIA_BLOG.model), NVIDIA_BLOG.chip
    assert 1 / step_seconds(served, chip, chips=2)(1) == pytest.approx(NVIDIA_BLOG.tokens_per_second, rel=0.02)
