"""What a person adds to a server in a stack file: nothing wrong passes, and what passes reaches the pod."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording, record
from slipway.catalog.engines.flags import Flags
from slipway.catalog.engines.triton import flags as triton
from slipway.catalog.engines.vllm import flags as vllm
from slipway.checks import errors
from slipway.checks.command_line import given
from tests.stack_paths import STACK_FILES
from tests.stacks.edits import Deploy, Edit, Refuse, Stack

TOKEN = {"slipway:huggingFaceToken": {"secure": "AAABAFakeCiphertextOfAToken"}}
NGC_KEY = "nvapi-" + "x" * 60


def llama(stack: Stack) -> Stack:
    return stack["servers"]["llama"]


def adding(**further: Any) -> Edit:
    """Add to the server of a stack."""
    return lambda stack: llama(stack).update(further)


def within(block: str, **further: Any) -> Edit:
    """Add to a block of the server of a stack."""
    return lambda stack: llama(stack)[block].update(further)


def vllm_on_gpus(**further: Any) -> Edit:
    """Serve by vLLM on the GPUs of `eks-nim`, and add to that."""

    def edit(stack: Stack) -> None:
        kept = {key: llama(stack)[key] for key in ("model", "pool", "maxModelLen", "autoscaling")}
        limits = {"engine": "vllm", "tensorParallel": 1, "maxNumSeqs": 64, "maxNumBatchedTokens": 2048}
        stack["servers"]["llama"] = kept | limits | further

    return edit


CASES: dict[str, tuple[str, Edit, str, str]] = {
    "a socket": ("eks-nim", vllm_on_gpus(extraArgs=["--uds=/var/run/vllm.sock"]), "extraArgs", "listening"),
    "loopback": ("eks-nim", vllm_on_gpus(extraArgs=["--host=127.0.0.1"]), "extraArgs", "listening"),
    "loopback on TPU": ("gke-tpu", adding(extraArgs=["--host=127.0.0.1"]), "extraArgs", "listening"),
    "TLS": ("eks-nim", vllm_on_gpus(extraArgs=["--ssl-certfile=/c"]), "extraArgs", "listening"),
    "TLS on TPU": ("gke-tpu", adding(extraArgs=["--ssl-keyfile=/k"]), "extraArgs", "listening"),
    "another model": ("eks-nim", vllm_on_gpus(extraArgs=["--model=Qwen/Qwen3-8B"]), "extraArgs", "owned"),
    "a key": ("eks-nim", vllm_on_gpus(extraArgs=["--api-key=sk-123"]), "extraArgs", "secret"),
    "main memory": ("eks-nim", vllm_on_gpus(extraArgs=["--kv-offloading-size=300"]), "extraArgs", "memory"),
    "more GPUs": ("eks-nim", vllm_on_gpus(extraArgs=["--pipeline-parallel-size=2"]), "extraArgs", "memory"),
    "a file": ("eks-nim", vllm_on_gpus(extraArgs=["--config", "/more.yaml"]), "extraArgs", "file"),
    "no scaling": ("gke-tpu", adding(extraArgs=["--additional-config", "{}"]), "extraArgs", "memory"),
    "quantisation": ("gke-tpu", adding(extraArgs=["--quantization", "fp8"]), "extraArgs", "memory"),
    "a flag that there is none of": ("gke-tpu", adding(extraArgs=["--enable-prefix-cashing"]), "extraArgs", "unknown"),
    "Triton without metrics": (
        "eks-triton-llama2",
        adding(extraArgs=["--allow-metrics=false"]),
        "extraArgs",
        "listening",
    ),
    "Triton elsewhere": ("eks-triton-llama2", adding(extraArgs=["--http-port=9000"]), "extraArgs", "listening"),
    "Triton's metrics elsewhere": ("eks-triton", adding(extraArgs=["--metrics-port=9002"]), "extraArgs", "listening"),
    "another repository": ("eks-triton", adding(extraArgs=["--model-repository=/m"]), "extraArgs", "owned"),
    "another backend": (
        "eks-h200",
        within("route", extraOptions={"backend": "tensorrt"}),
        "route.extraOptions.backend",
        "memory",
    ),
    "options against keys": (
        "eks-h200",
        within("route", extraOptions={"tensor_parallel_size": 2}),
        "route.extraOptions.tensor_parallel_size",
        "owned",
    ),
    "NIM's longest request": (
        "eks-nim",
        adding(env={"NIM_MAX_MODEL_LEN": "131072"}),
        "env.NIM_MAX_MODEL_LEN",
        "owned",
    ),
    "NIM's GPUs": (
        "eks-nim",
        adding(env={"NIM_TENSOR_PARALLEL_SIZE": "2"}),
        "env.NIM_TENSOR_PARALLEL_SIZE",
        "owned",
    ),
    "what NIM hands to vLLM": (
        "eks-nim",
        adding(env={"NIM_PASSTHROUGH_ARGS": "--pipeline-parallel-size 2"}),
        "env.NIM_PASSTHROUGH_ARGS",
        "memory",
    ),
    "NIM's key": ("eks-nim", adding(env={"NGC_API_KEY": NGC_KEY}), "env.NGC_API_KEY", "secret"),
    "a token for vLLM": ("gke-tpu", adding(env={"HF_TOKEN": "hf_abc"}), "env.HF_TOKEN", "secret"),
    "vLLM's key": (
        "gke-tpu",
        adding(env={"VLLM_API_KEY": {"secret": "ours", "key": "key"}}),
        "env.VLLM_API_KEY",
        "owned",
    ),
    "another cache": ("gke-tpu", adding(env={"VLLM_XLA_CACHE_PATH": "/c"}), "env.VLLM_XLA_CACHE_PATH", "owned"),
    "TensorRT-LLM's cache": ("eks-h200", adding(env={"HF_HOME": "/elsewhere"}), "env.HF_HOME", "owned"),
    "experts of a model that has none": (
        "eks-nim",
        vllm_on_gpus(extraArgs=["--enable-expert-parallel"]),
        "extraArgs",
        "experts",
    ),
    "adapters without room": (
        "eks-nim",
        vllm_on_gpus(extraArgs=["--lora-modules", "a=org/a"]),
        "extraArgs",
        "adapters",
    ),
    "experts that NIM is to hand on": (
        "eks-nim",
        adding(env={"NIM_PASSTHROUGH_ARGS": "--enable-expert-parallel"}),
        "env.NIM_PASSTHROUGH_ARGS",
        "experts",
    ),
    "experts over more GPUs than SGLang has": (
        "eks-nim",
        vllm_on_gpus(engine="sglang", extraArgs=["--ep-size", "4"]),
        "extraArgs",
        "experts",
    ),
    "experts over more GPUs than there are": (
        "eks-h200",
        within("route", extraOptions={"moe_expert_parallel_size": 2}),
        "route.extraOptions.moe_expert_parallel_size",
        "experts",
    ),
    "a map that is none": (
        "eks-h200",
        within("route", extraOptions={"cuda_graph_config": 5}),
        "route.extraOptions.cuda_graph_config",
        "value",
    ),
    "a command line that is none": (
        "eks-nim",
        adding(env={"NIM_PASSTHROUGH_ARGS": "--seed 'unclosed"}),
        "env.NIM_PASSTHROUGH_ARGS",
        "value",
    ),
    "a profile of NIM's own": (
        "eks-nim",
        adding(env={"NIM_MODEL_PROFILE": "0" * 64}),
        "env.NIM_MODEL_PROFILE",
        "memory",
    ),
    "a password in an address": (
        "gke-tpu",
        adding(env={"HTTPS_PROXY": "http://us:pass@proxy:3128"}),
        "env.HTTPS_PROXY",
        "secret",
    ),
    "fewer adapters in memory than on a chip": (
        "eks-nim",
        vllm_on_gpus(lora={"maxAdapters": 4, "maxRank": 16}, extraArgs=["--max-cpu-loras=2"]),
        "extraArgs",
        "value",
    ),
    "long prompts beyond the longest": (
        "gke-tpu",
        adding(extraArgs=["--long-prefill-token-threshold", "100000"]),
        "extraArgs",
        "value",
    ),
    "what vLLM within NIM reads": ("eks-nim", adding(env={"VLLM_PORT": "9000"}), "env.VLLM_PORT", "listening"),
    "Triton's image for NIM": (
        "eks-nim",
        adding(image="nvcr.io/nvidia/tritonserver"),
        "image",
        "program",
    ),
    "vLLM's image for SGLang": (
        "eks-sglang",
        lambda stack: stack["servers"].update(
            llama=stack["servers"].pop("qwen") | {"image": "vllm/vllm-openai:v0.5.23"}
        ),
        "image",
        "program",
    ),
    "NIM's image for vLLM": (
        "eks-nim",
        vllm_on_gpus(image="nvcr.io/nim/meta/llama-3.1-8b-instruct:2.0.13"),
        "image",
        "program",
    ),
    "an image for GPUs on TPUs": (
        "gke-tpu",
        adding(image="docker.io/vllm/vllm-openai:v0.27.0"),
        "image",
        "program",
    ),
    "an image for TPUs on GPUs": ("eks-nim", vllm_on_gpus(image="docker.io/vllm/vllm-tpu:v0.27.0"), "image", "program"),
    "SGLang's image for TensorRT-LLM": (
        "eks-h200",
        within("route", image="lmsysorg/sglang:v0.5.23"),
        "route.image",
        "program",
    ),
    "Triton for Vertex AI": ("eks-triton", adding(env={"AIP_MODE": "PREDICTION"}), "env.AIP_MODE", "listening"),
}
"""A name for each: the stack, the edit, where the finding is in the server, and the end of its code."""


@pytest.mark.parametrize("case", CASES)
def test_what_undoes_a_judged_setting_is_refused_at_its_place(case: str, refused: Refuse) -> None:
    stack, edit, path, code = CASES[case]
    found = refused(edit, stack=stack, config=TOKEN)
    assert found[f"servers.llama.{path}"].code == f"arguments.{code}"


@pytest.mark.parametrize("address", ["http://proxy:3128", "https://$(USER):$(PASSWORD)@proxy", "s3://bucket/a@b"])
def test_an_address_without_a_password_is_no_credential(address: str, deployed: Deploy) -> None:
    assert deployed(adding(env={"OUR_ADDRESS": address}))


def test_experts_are_spread_where_there_are_some(deployed: Deploy) -> None:
    edit = adding(model="openai/gpt-oss-20b", extraArgs=["--enable-expert-parallel"])
    assert deployed(edit)


def test_experts_that_a_model_has_not_are_spread_for_nothing(deployed: Deploy) -> None:
    def edit(stack: Stack) -> None:
        stack["cluster"]["pools"]["l40s"]["instanceType"] = "g6e.12xlarge"
        vllm_on_gpus(engine="sglang", tensorParallel=4, extraArgs=["--ep", "2"])(stack)

    [finding] = [
        each for each in deployed(edit, stack="eks-nim", config=TOKEN).findings if each.code == "arguments.no-experts"
    ]
    assert finding.severity == "warning"


def test_options_that_blind_the_autoscaler_are_told_of_twice(refused: Refuse) -> None:
    found = refused(within("route", extraOptions={"enable_iter_perf_stats": False}), stack="eks-h200")
    assert found["servers.llama.route.extraOptions.enable_iter_perf_stats"].code == "arguments.listening"
    assert "only with enable_iter_perf_stats" in found["servers.llama.autoscaling.metric"].message


@pytest.mark.parametrize("stack", ["gke-tpu", "eks-nim"])
def test_a_batch_has_a_token_for_each_request(stack: str, refused: Refuse) -> None:
    edit = adding(maxNumBatchedTokens=32) if stack == "gke-tpu" else vllm_on_gpus(maxNumBatchedTokens=32)
    found = refused(edit, stack=stack, config=TOKEN)["servers.llama.maxNumBatchedTokens"]
    assert found.code == "fit.batch"
    assert "each of which takes one" in found.message


@pytest.mark.parametrize(
    ("value", "message"), [(1, "quotes, '1'"), (True, "quotes, 'true'"), ({"secret": "ours"}, "is missing")]
)
def test_a_variable_is_text_or_names_a_secret_and_its_key(value: Any, message: str, refused: Refuse) -> None:
    found = refused(adding(env={"HF_HUB_DISABLE_XET": value}))
    [finding] = found.values()
    assert finding.path.startswith("servers.llama.env.HF_HUB_DISABLE_XET")
    assert message in finding.message


def containers(recording: Recording) -> Iterator[dict[str, Any]]:
    """Yield the containers of the server, and of whatever else has pods made of its variables."""
    for kind in ("kubernetes:apps/v1:Deployment", "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet"):
        for resource in recording.of(kind):
            spec = resource.inputs["spec"]
            group = spec.get("leaderWorkerTemplate", {})
            for template in (spec.get("template"), group.get("leaderTemplate"), group.get("workerTemplate")):
                yield from template["spec"]["containers"] if template else ()


def variables(recording: Recording, container: str) -> list[dict[str, Any]]:
    return next(one["env"] for one in containers(recording) if one["name"] == container)


FURTHER = {"HF_HUB_DISABLE_XET": "0", "OUR_TOKEN": {"secret": "ours", "key": "token"}}
WIRED = [
    {"name": "HF_HUB_DISABLE_XET", "value": "0"},
    {"name": "OUR_TOKEN", "valueFrom": {"secretKeyRef": {"name": "ours", "key": "token"}}},
]


@pytest.mark.parametrize(
    ("stack", "container"),
    [("gke-tpu", "vllm"), ("eks-nim", "nim"), ("eks-triton", "triton"), ("eks-h200", "trtllm")],
)
def test_further_variables_are_in_the_pods_of_every_engine(stack: str, container: str, deployed: Deploy) -> None:
    found = variables(deployed(adding(env=FURTHER), stack=stack), container)
    assert [one for one in found if one["name"] in FURTHER] == WIRED
    names = [one["name"] for one in found]
    assert len(names) == len(set(names))


def test_a_person_may_change_what_changes_nothing(deployed: Deploy) -> None:
    found = variables(deployed(adding(env={"NIM_JSONL_LOGGING": "0"}), stack="eks-nim"), "nim")
    assert [one["value"] for one in found if one["name"] == "NIM_JSONL_LOGGING"] == ["0"]


def test_the_operator_hands_variables_on(tmp_path: Path) -> None:
    path = next(each for each in STACK_FILES if each.name == "Pulumi.eks-nim-operator.yaml")
    document = yaml.safe_load(path.read_text())
    for server in document["config"]["slipway:stack"]["servers"].values():
        server["env"] = FURTHER
    changed = tmp_path / path.name
    changed.write_text(yaml.safe_dump(document))
    services = list(record(changed).of("kubernetes:apps.nvidia.com/v1alpha1:NIMService"))
    assert services
    for service in services:
        assert [one for one in service.inputs["spec"]["env"] if one["name"] in FURTHER] == WIRED


@pytest.mark.parametrize(
    ("image", "warned"),
    [
        ("registry.example.com/vllm:v0.27.0-ours", False),
        ("docker.io/vllm/vllm-openai:v0.28.0", True),
        ("docker.io/vllm/vllm-openai:nightly-4f2b1c9", True),
    ],
)
def test_another_image_runs_and_its_version_is_minded(image: str, warned: bool, deployed: Deploy) -> None:
    recording = deployed(vllm_on_gpus(image=image), stack="eks-nim", config=TOKEN)
    assert image in {one["image"] for one in containers(recording)}
    found = [one.severity for one in recording.findings if one.path == "servers.llama.image"]
    assert found == (["warning"] if warned else [])


@pytest.mark.parametrize(
    ("stack", "edit"),
    [
        ("eks-nim", adding(image="123456789012.dkr.ecr.us-east-1.amazonaws.com/mirror/llama-3.1-8b-instruct")),
        ("eks-nim", vllm_on_gpus(image="registry.example.com/ours/inference:v0.27.0")),
        ("gke-tpu", adding(image="registry.example.com/ours/inference:v0.27.0")),
    ],
)
def test_an_image_may_be_called_anything(stack: str, edit: Edit, deployed: Deploy) -> None:
    assert not errors(deployed(edit, stack=stack, config=TOKEN).findings)


def test_a_flag_that_another_image_may_have_is_a_warning(deployed: Deploy) -> None:
    edit = vllm_on_gpus(image="docker.io/vllm/vllm-openai:v0.28.0", extraArgs=["--flag-of-tomorrow"])
    recording = deployed(edit, stack="eks-nim", config=TOKEN)
    assert [one.severity for one in recording.findings if one.path == "servers.llama.extraArgs"] == ["warning"]


@pytest.mark.parametrize("image", ["docker.io/vllm/vllm-openai:latest", "vllm/vllm-openai", "vllm/vllm-openai:nightly"])
def test_an_image_that_is_another_one_tomorrow_is_refused(image: str, refused: Refuse) -> None:
    assert set(refused(vllm_on_gpus(image=image), stack="eks-nim", config=TOKEN)) == {"servers.llama.image"}


@pytest.mark.parametrize(
    ("stack", "program", "flags"),
    [("gke-tpu", "vllm", vllm.arguments()), ("eks-triton", "tritonserver", triton.arguments("26.07"))],
)
def test_every_argument_of_slipways_own_is_one_that_the_engine_takes(
    stack: str, program: str, flags: Flags, deployed: Deploy
) -> None:
    [command] = [one["command"] for one in containers(deployed(stack=stack)) if one.get("command", [""])[0] == program]
    words = [word for word in command if word.startswith("-")]
    assert words
    assert [one.spelled for one in given(words, flags) if one.flag is None] == []
