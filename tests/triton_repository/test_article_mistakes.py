"""The article's own mistakes: what the checks say of each, and what the real server makes of it.

Two of them, of vLLM's arguments and of the GPU's memory, need a backend and a GPU that this server has not.
"""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from slipway.checks import Finding, errors
from slipway.triton_repository import (
    Model,
    ModelConfig,
    Repository,
    RepositoryError,
    endpoint_findings,
    read,
    repository_findings,
)
from slipway.triton_repository.backends.vllm import ARGUMENTS_FILE
from slipway.triton_repository.llama2 import chat_repository
from tests.triton_repository.repositories import A10G, CPU, code, group
from tests.triton_repository.tritonserver import TritonServer

FOLDER = Path(__file__).parent / "article_mistakes"


def findings(name: str) -> list[Finding]:
    return errors(repository_findings(read(FOLDER / name), CPU))


def add(server: TritonServer, name: str) -> None:
    shutil.copytree(FOLDER / name, server.repository, dirs_exist_ok=True)


def prompts(*texts: str, name: str = "prompt") -> dict[str, Any]:
    return {"name": name, "datatype": "BYTES", "shape": [len(texts)], "data": [*texts]}


def test_the_code_asks_for_text_and_the_configuration_declares_prompt(server: TritonServer) -> None:
    (found,) = findings("text_for_prompt")
    assert found.path == "repository.tokenizer.versions.1.model.py:8"
    assert "asks for the input 'TEXT', but the configuration declares ['prompt']: it gets None" in found.message
    assert found.remedy == "ask for prompt, or declare TEXT as an input"
    add(server, "text_for_prompt")
    assert server.load("tokenizer").ok
    answer = server.post("/v2/models/tokenizer/infer", {"inputs": [prompts("Olá")]})
    assert "'NoneType' object has no attribute 'as_numpy'" in answer.text


def test_an_output_of_the_ensemble_is_mapped_to_nothing(server: TritonServer) -> None:
    found = findings("output_without_value")
    assert [(each.path.partition("ensemble_model.")[2], each.message) for each in found] == [
        (
            "ensemble_scheduling.step[0].output_map",
            "'output_0' has no value, so it is mapped to a tensor without a name",
        ),
        ("output.output_0", "no step writes it"),
    ]
    assert found[0].remedy == 'write { key: "output_0" value: "output_0" }'
    add(server, "output_without_value")
    assert "ensemble output 'output_0' for ensemble ensemble_model' is not used" in server.load("ensemble_model").log


def test_dynamic_batching_has_no_largest_batch(server: TritonServer) -> None:
    (found,) = findings("batching_without_a_batch")
    assert found.path == "repository.unbatched_chat.dynamic_batching"
    assert found.message == "it is on, but max_batch_size 0 makes no batches: Triton refuses preferred sizes"
    assert found.remedy == "write max_batch_size: 8 and dims without the batch dimension"
    add(server, "batching_without_a_batch")
    assert "preferred size must be <= max batch size" in server.load("unbatched_chat").log


def test_ragged_prompts_reach_code_that_stacks_them(server: TritonServer) -> None:
    (found,) = findings("ragged_prompt")
    assert found.path == "repository.ragged_chat.input.prompt.allow_ragged_batch"
    assert "the python backend gets each request on its own" in found.message
    add(server, "ragged_prompt")
    assert server.load("ragged_chat").ok

    def ask(*texts: str) -> bool:
        given = prompts(*texts) | {"shape": [1, len(texts)]}
        return server.post("/v2/models/ragged_chat/infer", {"inputs": [given]}).ok

    assert ask("Olá")
    with ThreadPoolExecutor(2) as pool:
        together = [pool.submit(ask, "Olá"), pool.submit(ask, "Olá", "Oi")]
    assert [each.result() for each in together] == [False, False]


def test_field_names_are_in_another_language(server: TritonServer) -> None:
    with pytest.raises(RepositoryError) as caught:
        read(FOLDER / "translated_words")
    (found,) = caught.value.findings
    assert found.path == "translated_chat/config.pbtxt:4:1"
    assert found.message == "ModelConfig has no field 'entradas'"
    assert "input, output" in found.remedy
    add(server, "translated_words")
    assert (
        '4:10: Message type "inference.ModelConfig" has no field named "entradas"' in server.load("translated_chat").log
    )


def test_clients_ask_a_decoupled_model_by_infer(server: TritonServer) -> None:
    repository = read(FOLDER / "decoupled_over_infer")
    assert errors(repository_findings(repository, CPU)) == []
    (found,) = endpoint_findings(repository, "vllm_in_python", "infer", "clients")
    assert "'infer', but vllm_in_python is decoupled" in found.message
    add(server, "decoupled_over_infer")
    assert server.load("vllm_in_python").ok
    inputs = [prompts("Olá", name="PROMPT")]
    answer = server.post("/v2/models/vllm_in_python/infer", {"inputs": inputs})
    streamed = server.post("/v2/models/vllm_in_python/generate_stream", {"PROMPT": "Olá"})
    assert (answer.status, streamed.status) == (501, 200)


def test_arguments_of_vllm_are_strings() -> None:
    arguments = '{"model": "meta-llama/Llama-2-7b-chat-hf", "disable_log_requests": "true", "enforce_eager": "true"}'
    config = ModelConfig(name="vllm", backend="vllm", instance_group=(group("KIND_MODEL"),))
    model = Model(config=config, versions={1: {ARGUMENTS_FILE: arguments}})
    found = errors(repository_findings(Repository(models=(model,)), A10G))
    assert [(each.path.partition("model.json.")[2], each.message) for each in found] == [
        ("disable_log_requests", "'true' is a string, and the engine takes any string for true"),
        ("enforce_eager", "'true' is neither true nor false"),
    ]


@pytest.mark.parametrize(("instances", "gib", "fits"), [(1, 13.5, True), (2, 13.5, False), (2, 7.0, True)])
def test_two_instances_of_7b_fit_a_24_gb_gpu_in_8_bit_only(instances: int, gib: float, fits: bool) -> None:
    repository = chat_repository(code("zeros"), instances=instances, instance_memory_gib=gib)
    found = errors(repository_findings(repository, A10G))
    assert fits == (found == [])
    if not fits:
        assert str(found[0]).startswith(
            "error: repository.llamav2.instance_group: GPU 0: 27.0 GiB are needed (llamav2 27.0), and it has 22.4"
        )
