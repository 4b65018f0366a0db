"""What a person meets who writes a Triton server wrong: the place, the value, the reason and the way out."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.stacks.edits import Deploy, Edit, Refuse, Stack

ARTICLE = "tests/triton_repository/article_mistakes"
SERVING = "servers.llama.serving"
REPOSITORY = f"{SERVING}.repository"


def llama(stack: Stack) -> Stack:
    return stack["servers"]["llama"]


def signal(stack: Stack, name: str) -> None:
    llama(stack)["autoscaling"]["metric"].update(signal=name)


def own(path: str, entry: str, **more: Any) -> Edit:
    """Serve a repository of one's own with NVIDIA's image."""

    def edit(stack: Stack) -> None:
        told = {"source": "directory", "path": path, "entry": entry, "request": {"prompt": "hello"}} | more
        llama(stack)["serving"] = {"route": "model-repository", "repository": told}

    return edit


TEXTBOOK: dict[str, tuple[Edit, str, str, str]] = {
    "code that asks for TEXT where the configuration declares prompt": (
        own(f"{ARTICLE}/text_for_prompt", "tokenizer"),
        f"{REPOSITORY}.tokenizer.versions.1.model.py:8",
        "it asks for the input 'TEXT', but the configuration declares ['prompt']: it gets None",
        "ask for prompt, or declare TEXT as an input",
    ),
    "an output of the ensemble that nobody writes": (
        own(f"{ARTICLE}/output_without_value", "ensemble_model"),
        f"{REPOSITORY}.ensemble_model.output.output_0",
        "no step writes it",
        "",
    ),
    "batching without a largest batch": (
        own(f"{ARTICLE}/batching_without_a_batch", "unbatched_chat"),
        f"{REPOSITORY}.unbatched_chat.dynamic_batching",
        "it is on, but max_batch_size 0 makes no batches: Triton refuses preferred sizes",
        "write max_batch_size: 8 and dims without the batch dimension",
    ),
    "ragged prompts for code that stacks them": (
        own(f"{ARTICLE}/ragged_prompt", "ragged_chat"),
        f"{REPOSITORY}.ragged_chat.input.prompt.allow_ragged_batch",
        "the python backend gets each request on its own",
        "",
    ),
    "names of fields in another language": (
        own(f"{ARTICLE}/translated_words", "translated_chat"),
        f"{REPOSITORY}.translated_chat/config.pbtxt:4:1",
        "ModelConfig has no field 'entradas'",
        "input, output",
    ),
    "clients that ask a decoupled model by infer": (
        own(f"{ARTICLE}/decoupled_over_infer", "vllm_in_python", endpoint="infer"),
        f"{REPOSITORY}.endpoint",
        "'infer', but vllm_in_python is decoupled",
        "use generate",
    ),
}
"""The article's own, by what they are: the edit, the path of the finding, and what its message and remedy say."""


@pytest.mark.parametrize("mistake", TEXTBOOK)
def test_a_mistake_of_the_article_is_refused_before_anything_exists(mistake: str, refused: Refuse) -> None:
    edit, path, message, remedy = TEXTBOOK[mistake]
    found = refused(edit, stack="eks-triton-llama2")
    assert message in found[path].message
    assert remedy in found[path].remedy


MISTAKES: dict[str, tuple[str, Edit, str, str, str]] = {
    "a release without TensorRT engines": (
        "eks-triton",
        lambda stack: llama(stack).update(release="26.09"),
        "servers.llama.release",
        "26.09 cannot be used: the backend and the builder of TensorRT engines went after 26.07",
        "serving.route: llmapi",
    ),
    "a release before the API that builds engines": (
        "eks-triton",
        lambda stack: llama(stack).update(release="24.08"),
        "servers.llama.release",
        "engines are built by the API of TensorRT-LLM 1.2, which 26.03 has first",
        "write 26.07",
    ),
    "the article's ratio where the batcher takes every request": (
        "eks-triton",
        lambda stack: llama(stack)["serving"].update(front={"type": "ensemble"}),
        "servers.llama.autoscaling.metric.signal",
        "'queue-compute-ratio' does not move under load where clients ask ensemble: the backend hands each request",
        "write signal: waiting-requests, which the batcher counts, or front.type: gate",
    ),
    "more gates than the batch": (
        "eks-triton",
        lambda stack: llama(stack)["serving"]["front"].update(instances=16),
        "servers.llama.serving.front.instances",
        "16 requests run at once, and the engine's batch takes 8",
        "write 8 or less",
    ),
    "the KV cache as a signal, which Triton does not have": (
        "eks-triton",
        lambda stack: signal(stack, "kv-cache-use"),
        "servers.llama.autoscaling.metric.signal",
        "'kv-cache-use' is not a choice",
        "queue-compute-ratio",
    ),
    "a model that the catalog lacks": (
        "eks-triton",
        lambda stack: llama(stack)["serving"].update(model="meta-llama/Llama-2-8b-chat-hf"),
        "servers.llama.serving.model",
        "'meta-llama/Llama-2-8b-chat-hf' is not in the catalog",
        "meta-llama/Llama-2-7b-chat-hf",
    ),
    "an engine too large for its GPU": (
        "eks-triton",
        lambda stack: (
            stack["cluster"]["pools"]["a10g"].update(instanceType="g5.8xlarge"),
            llama(stack)["serving"].update(model="meta-llama/Llama-2-13b-chat-hf"),
        ),
        "servers.llama.serving",
        "meta-llama/Llama-2-13b-chat-hf does not fit",
        "",
    ),
    "a node too small for the build": (
        "eks-triton",
        lambda stack: stack["cluster"]["pools"]["a10g"].update(instanceType="g5.2xlarge"),
        "servers.llama",
        "a pod needs 44 GiB of main memory",
        "write instanceType: g5.4xlarge in cluster.pools.a10g",
    ),
    "a signal that an asynchronous model does not move": (
        "eks-triton-llama2",
        lambda stack: (
            own(f"{ARTICLE}/decoupled_over_infer", "vllm_in_python")(stack),
            signal(stack, "waiting-requests"),
        ),
        "servers.llama.autoscaling.metric.signal",
        "'waiting-requests' does not move under load where clients ask vllm_in_python",
        "put a model before it that waits for the answers",
    ),
    "a directory that is not there": (
        "eks-triton-llama2",
        own("repositories/sentiment", "sentiment"),
        f"{REPOSITORY}.path",
        "there is no directory repositories/sentiment in",
        "write its path from the directory of Pulumi.yaml",
    ),
    "a model that clients ask and nobody has": (
        "eks-triton-llama2",
        own("tests/stacks/repositories/echo", "echoes"),
        f"{REPOSITORY}.model",
        "there is no model 'echoes'",
        "ask one of echo",
    ),
    "a model to load that nobody has": (
        "eks-triton-llama2",
        lambda stack: llama(stack)["serving"].update(flags={"loadModels": ["llama"]}),
        f"{SERVING}.flags.loadModels.0",
        "there is no model 'llama', and the server exits",
        "write llamav2",
    ),
    "a server that does not load what clients ask": (
        "eks-triton-llama2",
        lambda stack: (
            llama(stack)["serving"]["repository"].update(variant="server-tokenizer"),
            llama(stack)["serving"].update(flags={"loadModels": ["model"]}),
        ),
        f"{SERVING}.flags.loadModels",
        "'ensemble_model', which clients ask, is not among the models that are loaded",
        "add ensemble_model",
    ),
    "an image without a tag": (
        "eks-triton-llama2",
        lambda stack: llama(stack)["serving"].update(image="registry.example/llama2-triton:latest"),
        f"{SERVING}.image",
        "is not of the form",
        "with its tag",
    ),
    "more weights than a GPU holds": (
        "eks-triton-llama2",
        lambda stack: llama(stack)["serving"]["repository"].update(
            model="meta-llama/Llama-2-13b-chat-hf", variant="python"
        ),
        SERVING,
        "meta-llama/Llama-2-13b-chat-hf does not fit",
        "any of these fits",
    ),
}
"""By what they are: the stack, the edit, the path of the finding, and what its message and remedy say."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_its_reason_and_the_way_out(mistake: str, refused: Refuse) -> None:
    stack, edit, path, message, remedy = MISTAKES[mistake]
    found = refused(edit, stack=stack)
    assert set(found) == {path}
    assert message in found[path].message
    assert remedy in found[path].remedy


def test_a_file_too_large_for_a_config_map_must_be_where_pods_find_it(
    refused: Refuse, deployed: Deploy, tmp_path: Path
) -> None:
    shutil.copytree(Path(__file__).parent / "repositories" / "echo", tmp_path, dirs_exist_ok=True)
    (tmp_path / "echo" / "1" / "weights.bin").write_bytes(bytes(300 * 1024))
    found = refused(own(str(tmp_path), "echo"), stack="eks-triton-llama2")
    assert set(found) == {f"{REPOSITORY}.largeFiles"}
    assert "echo/1/weights.bin is too large for a ConfigMap" in found[f"{REPOSITORY}.largeFiles"].message
    recording = deployed(own(str(tmp_path), "echo", largeFiles="/opt/models"), stack="eks-triton-llama2")
    [workload] = [each for each in recording.of("kubernetes:apps/v1:Deployment") if each.name == "llama"]
    [container] = workload.inputs["spec"]["template"]["spec"]["initContainers"]
    assert '--links={"echo/1/weights.bin": "/opt/models/echo/1/weights.bin"}' in container["command"]
