"""The variants of the Llama 2 repository, each of which one line of the stack file chooses."""

import ast
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording
from slipway.triton_repository import ModelConfig, parse
from tests.stacks.edits import Deploy, Stack

ROOT = Path(__file__).parents[2]
VARIANTS = ("python", "python-8-bit", "server-tokenizer", "client-tokenizer", "vllm")
PROMPT = "Write a story about San Francisco."


class Variant:
    """What a variant becomes."""

    def __init__(self, name: str, recording: Recording) -> None:
        self.name = name

        def inputs(kind: str, name: str) -> Mapping[str, Any]:
            [found] = [each for each in recording.of(f"kubernetes:{kind}") if each.name == name]
            return found.inputs

        self.pod = inputs("apps/v1:Deployment", "llama")["spec"]["template"]["spec"]
        self.files: Mapping[str, str] = inputs("core/v1:ConfigMap", "llama-models")["data"]
        [client] = inputs("apps/v1:Deployment", "llama-load")["spec"]["template"]["spec"]["containers"]
        env = {each["name"]: each["value"] for each in client["env"]}
        self.path, self.request = env["REQUEST_PATH"], json.loads(env["REQUEST"])
        self.benchmark = inputs("batch/v1:CronJob", "llama-benchmark")["spec"]
        [self.metric] = inputs("autoscaling/v2:HorizontalPodAutoscaler", "llama")["spec"]["metrics"]

    @property
    def models(self) -> dict[str, ModelConfig]:
        texts = {key: text for key, text in self.files.items() if key.endswith("config.pbtxt")}
        return {config.name: config for key, text in texts.items() if (config := parse(text, key))}

    @property
    def weights(self) -> list[str]:
        return next(each["command"] for each in self.pod["initContainers"] if each["name"] == "weights")

    @property
    def links(self) -> dict[str, str]:
        command = next(each["command"] for each in self.pod["initContainers"] if each["name"] == "repository")
        [links] = [word.partition("=")[2] for word in command if word.startswith("--links=")]
        return json.loads(links)


@pytest.fixture
def variant(request: pytest.FixtureRequest, deployed: Deploy) -> Variant:
    def choose(stack: Stack) -> None:
        stack["servers"]["llama"]["serving"]["repository"]["variant"] = request.param

    return Variant(request.param, deployed(choose, stack="eks-triton-llama2"))


of = pytest.mark.parametrize


@of("variant", VARIANTS, indirect=True)
def test_each_variant_scales_on_the_ratio_and_asks_a_model_that_is_there(variant: Variant) -> None:
    assert variant.metric["pods"]["metric"]["name"] == "triton:queue_compute:ratio"
    assert variant.path.split("/")[3] in variant.models


@of(("variant", "bits", "instances"), [("python", "16", 1), ("python-8-bit", "8", 2)], indirect=["variant"])
def test_the_python_model_batches_two_four_or_eight_prompts(variant: Variant, bits: str, instances: int) -> None:
    config = variant.models["llamav2"]
    batching = config.dynamic_batching
    assert batching
    assert (batching.preferred_batch_size, batching.max_queue_delay_microseconds) == ((2, 4, 8), 300)
    assert [(group.kind, group.count) for group in config.instance_group] == [("KIND_GPU", instances)]
    assert config.parameters == {
        "model": "/models/checkpoints/meta-llama/Llama-2-7b-chat-hf",
        "bits": bits,
        "max_prompt": "256",
        "max_answer": "256",
    }
    assert variant.request == {"prompt": PROMPT}
    assert variant.weights[1] == "/scripts/checkpoint.py"


@of("variant", ["server-tokenizer"], indirect=True)
def test_an_ensemble_tokenizes_on_the_server(variant: Variant) -> None:
    steps = variant.models["ensemble_model"].ensemble_scheduling
    assert steps
    assert [step.model_name for step in steps.step] == ["tokenizer", "model"]
    assert variant.path == "/v2/models/ensemble_model/infer"
    assert variant.request["inputs"][0]["data"] == [PROMPT]
    assert variant.weights[1:] == [
        "/scripts/export_onnx.py",
        "--weights=/models",
        "--model=meta-llama/Llama-2-7b-chat-hf",
        "--file=llamav2.onnx",
    ]
    assert variant.links["tokenizer/1/tokenizer.json"].startswith("/models/checkpoints/")


@of("variant", ["server-tokenizer", "client-tokenizer"], indirect=True)
def test_the_weights_of_an_onnx_file_lie_beside_it(variant: Variant) -> None:
    folder = "/models/onnx/meta-llama/Llama-2-7b-chat-hf"
    for file in ("llamav2.onnx", "llamav2.onnx.data"):
        assert variant.links[f"model/1/{file}"] == f"{folder}/{file}"


@of("variant", ["client-tokenizer"], indirect=True)
def test_a_client_that_tokenizes_sends_tokens(variant: Variant) -> None:
    assert variant.models.keys() == {"model"}
    assert [tensor["name"] for tensor in variant.request["inputs"]] == ["input_ids", "attention_mask"]
    assert {tensor["datatype"] for tensor in variant.request["inputs"]} == {"INT64"}


@of("variant", ["vllm"], indirect=True)
def test_vllm_has_a_gate_before_it_so_that_triton_sees_its_queue(variant: Variant) -> None:
    """Traps 11 and 12: the backend takes every request at once, and passes on no count of those that wait."""
    gate, engine = variant.models["llamav2"], variant.models["vllm"]
    assert gate.parameters == {"model": "vllm"}
    assert [group.count for group in gate.instance_group] == [8]
    assert engine.metric_tags == {"behind": "llamav2"}
    assert gate.metric_tags == {}
    arguments = json.loads(variant.files["vllm_.1_.model.json"])
    assert arguments["model"] == "/models/checkpoints/meta-llama/Llama-2-7b-chat-hf"
    assert arguments["max_model_len"] == 512
    assert json.loads(variant.request["sampling_parameters"]) == {"max_tokens": 200}


def test_the_image_is_made_from_the_release_that_the_stack_names() -> None:
    """Trap 58: what the Python models import is in the image, and not installed when they start."""
    stack = yaml.safe_load((ROOT / "stacks/Pulumi.eks-triton-llama2.yaml").read_text())
    server = stack["config"]["slipway:stack"]["servers"]["llama"]
    text = (ROOT / "images/llama2-triton/Containerfile").read_text()
    assert f"ARG RELEASE={server['release']}\n" in text
    assert server["serving"]["image"].endswith(f":{server['release']}")
    imported = {
        name.partition(".")[0]
        for path in (ROOT / "components/slipway/serving/triton/models").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in names(node)
    }
    brought = {"numpy", "torch", "triton_python_backend_utils", *sys.stdlib_module_names}
    missing = {name for name in imported - brought if f"{name}==" not in text}
    assert not missing


def names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize("variant", VARIANTS, indirect=True)
def test_the_questions_and_the_measurement_wait_for_a_person(variant: Variant) -> None:
    spec = variant.benchmark
    assert spec["suspend"] is True
    [container] = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    script = container["command"][-1]
    env = {each["name"]: each["value"] for each in container["env"]}
    assert "clients.ask" in script
    # Scores of one token are no answer that tokens a second could be told of.
    assert ("clients.benchmark" in script) == ("tokenizer" not in variant.name)
    assert env["MODEL"] in variant.models
    assert env["MODEL"] == variant.path.split("/")[3]


@pytest.mark.parametrize("module", ["ask", "benchmark"])
def test_the_clients_of_the_measurement_run_from_their_config_map(
    module: str, recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    [files] = [
        each.inputs["data"]
        for each in recordings["eks-triton-llama2"].of("kubernetes:core/v1:ConfigMap")
        if each.name == "llama-benchmark"
    ]
    folder = tmp_path / "clients"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    shown = subprocess.run(
        [sys.executable, "-m", f"clients.{module}", "--help"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--url" in shown.stdout
