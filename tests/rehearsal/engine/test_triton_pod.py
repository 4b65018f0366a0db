"""The doubles of Triton and of `trtllm-serve`: what a pod with its ConfigMaps makes of them, and their pages."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from offline import Recording
from rehearsal import stack
from rehearsal.engine import triton_pod, trtllm_pod
from rehearsal.engine.engine import AnyEngine, Surroundings
from rehearsal.engine.page import metrics_page
from rehearsal.server import Server
from slipway.catalog.models import model
from slipway.checks.fit import Draft
from tests.rehearsal.engine.surroundings import around

RECORDED = Path(__file__).parents[2] / "catalog" / "recordings" / "triton-2.51.prom"
"""What a real tritonserver 2.51 served under load."""

CONFIG = """
name: "llamav2"
backend: "python"
max_batch_size: 8
dynamic_batching {
  preferred_batch_size: [2, 4, 8]
}
instance_group {
  kind: KIND_GPU
  count: 2
}
parameters { key: "max_answer" value { string_value: "256" } }
parameters { key: "max_prompt" value { string_value: "128" } }
"""
TRITON = {"command": ["tritonserver", "--model-repository=/repository"], "image": "triton:25.11"}


def pod_of(container: Mapping[str, Any], **spec: Any) -> dict[str, Any]:
    return {"containers": [container], **spec}


LLAMA_2 = around(
    "meta-llama/Llama-2-7b-chat-hf", "g5.4xlarge", engine="tensorrt-llm", max_model_len=1024, max_num_seqs=16
)


def repository(config: str) -> tuple[dict[str, Any], Surroundings]:
    items = [{"key": "config", "path": "config.pbtxt"}]
    init = {"name": "repository", "volumeMounts": [{"name": "model", "mountPath": "/files/llamav2"}]}
    volume = {"name": "model", "configMap": {"name": "models", "items": items}}
    pod = pod_of(TRITON, initContainers=[init], volumes=[volume])
    return pod, replace(LLAMA_2, config_maps={"models": {"config": config}})


def gate(models: str = "tensorrt_llm_bls preprocessing tensorrt_llm", instances: int = 8) -> dict[str, Any]:
    values = json.dumps({"bls_instance_count": str(instances)})
    words = ["python3", "/scripts/engine_repository.py", f"--values={values}"]
    words += ["--models", *models.split()]
    return pod_of(TRITON, initContainers=[{"name": "repository", "command": words}])


def page(engine: AnyEngine) -> dict[str, Any]:
    replica = engine.start(0)
    for _ in range(40):
        replica.submit(9, 100)
    replica.advance(replica.next_event)
    text = metrics_page(engine, replica).decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_a_python_model_is_read_off_its_configuration() -> None:
    engine = triton_pod.read(*repository(CONFIG))
    assert engine is not None
    assert (engine.served_name, engine.slots, engine.max_tokens) == ("llamav2", 16, 384)
    assert (engine.port, engine.metrics_port, engine.metrics_path) == (8000, 8002, "/metrics")


def test_without_dynamic_batching_an_execution_has_one_request() -> None:
    engine = triton_pod.read(*repository(re.sub(r"dynamic_batching \{.*?\n\}", "", CONFIG, flags=re.DOTALL)))
    assert engine is not None
    assert engine.slots == 2


def test_the_gate_is_read_off_the_command_that_makes_its_repository() -> None:
    engine, narrow = (triton_pod.read(gate(instances=count), LLAMA_2) for count in (8, 32))
    assert engine is not None
    assert narrow is not None
    assert (engine.served_name, engine.slots) == ("tensorrt_llm_bls", 8)
    assert narrow.slots == 16, "more instances than the engine's batch holds gain nothing"


@pytest.mark.parametrize(
    ("pod", "surroundings"),
    [
        (gate("ensemble preprocessing tensorrt_llm"), LLAMA_2),
        repository(CONFIG.replace('backend: "python"', 'backend: "vllm"')),
        repository(CONFIG.replace("max_answer", "other")),
        (pod_of({"command": ["sleep"]}), LLAMA_2),
    ],
    ids=["ensemble", "vllm", "unknown python", "no server"],
)
def test_what_is_not_known_is_not_played(pod: dict[str, Any], surroundings: Surroundings) -> None:
    assert triton_pod.read(pod, surroundings) is None


def test_its_series_are_those_of_a_real_triton() -> None:
    engine = triton_pod.read(*repository(CONFIG))
    assert engine is not None
    real = {family.name: family for family in text_string_to_metric_families(RECORDED.read_text())}
    ours = page(engine)
    assert "nv_inference_queue_duration_us" in ours
    for name, family in ours.items():
        assert family.type == real[name].type, name
        [sample] = family.samples
        assert (sample.name, sample.labels.keys()) == (real[name].samples[0].name, real[name].samples[0].labels.keys())


def trtllm(options: Mapping[str, Any], **more: Any) -> tuple[dict[str, Any], Surroundings]:
    served = "nvidia/Llama-3.3-70B-Instruct-FP8"
    command = ["trtllm-serve", served, "--port=9000", "--config=/etc/slipway/options.yaml"]
    container = {
        "image": "nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc24",
        "command": command,
        "volumeMounts": [{"name": "config", "mountPath": "/etc/slipway"}],
    }
    pod = pod_of(container, volumes=[{"name": "config", "configMap": {"name": "options"}}])
    limits: dict[str, Any] = {"engine": "tensorrt-llm", "max_model_len": 4096, "max_num_seqs": 8, "kv_dtype": "fp8"}
    judged = around(served, "p5en.48xlarge", **limits, **more)
    return pod, replace(judged, config_maps={"options": {"options.yaml": json.dumps(options)}})


OPTIONS: Mapping[str, Any] = {
    "return_perf_metrics": True,
    "enable_iter_perf_stats": True,
}


def test_trtllm_serve_is_read_off_its_options() -> None:
    engine = trtllm_pod.read(*trtllm(OPTIONS))
    assert engine is not None
    assert (engine.port, engine.metrics_path, engine.slots, engine.max_tokens) == (9000, "/prometheus/metrics", 8, 4096)
    shown = page(engine)
    [waiting] = shown["trtllm_num_requests_waiting"].samples
    assert (waiting.value, waiting.labels) == (32, {"model_name": "undefined", "engine_type": "undefined"})


@pytest.mark.parametrize(("option", "left"), [("return_perf_metrics", 0), ("enable_iter_perf_stats", 2)])
def test_without_its_options_the_page_says_less(option: str, left: int) -> None:
    engine = trtllm_pod.read(*trtllm({**OPTIONS, option: False}))
    assert engine is not None
    names = {series.name for series, _ in engine.values}
    assert "trtllm_num_requests_waiting" not in names
    assert len(names) >= left
    assert bool(names) == bool(left)


def test_a_draft_model_makes_it_as_much_faster_as_nvidia_measured() -> None:
    draft = Draft(model=model("meta-llama/Llama-3.2-1B-Instruct"))
    plain, fast = trtllm_pod.read(*trtllm(OPTIONS)), trtllm_pod.read(*trtllm(OPTIONS, draft=draft))
    assert plain is not None
    assert fast is not None
    assert plain.limits is not None
    assert fast.limits is not None
    assert 1 / plain.limits.step_seconds(1) == pytest.approx(51.14, rel=0.05)
    assert 1 / fast.limits.step_seconds(1) == pytest.approx(181.74, rel=0.05)


@pytest.mark.parametrize("name", ["eks-nim", "eks-triton", "eks-triton-llama2", "eks-h200", "eks-prod"])
def test_each_server_of_the_committed_stacks_on_eks_is_played(recordings: Mapping[str, Recording], name: str) -> None:
    played = stack.read(recordings[name])
    servers: list[Server] = list(played.servers)
    assert len(servers) == len(recordings[name].of("kubernetes:autoscaling/v2:HorizontalPodAutoscaler"))
    assert not [line for line in played.not_rehearsed if line.startswith("server")]
