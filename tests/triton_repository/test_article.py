"""The article's repositories, on a real server, with small models on the CPU in the place of Llama 2.

The vLLM backend and ONNX Runtime are not in this server: how far it follows their repositories is in test_shapes.py.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from components.triton_repository import External, Model, ModelConfig, Repository, repository_findings
from components.triton_repository.llama2 import (
    CHAT,
    LOGITS,
    PIPELINE,
    chat_repository,
    client_tokenizer_repository,
    logits_model,
    server_tokenizer_repository,
)
from tests.triton_repository.grpc_client import ask_texts
from tests.triton_repository.repositories import CPU, code
from tests.triton_repository.tritonserver import TritonServer

QUESTIONS = ["Onde fica o Uruguai?", "Quem é George Washington?", "Quem é Lionel Messi?"]


def logits_stand_in() -> Model:
    """The ONNX model's own configuration, with code in Python in the place of the ONNX file."""
    config = logits_model(External(source="/weights/llamav2.onnx"), kind="KIND_CPU").config
    python = {"backend": "python", "default_model_filename": ""}
    return Model(config=config.model_copy(update=python), versions={1: {"model.py": code("logits")}})


CHATS = chat_repository(code("chat"), instances=2, kind="KIND_CPU")
PIPELINES = server_tokenizer_repository(code("tokenizer"), {"padding.txt": "0"}, logits_stand_in())


@pytest.fixture(scope="module")
def chats(deployed: TritonServer) -> TritonServer:
    """A server that serves both repositories."""
    deployed.serve(Repository(models=CHATS.models + PIPELINES.models))
    return deployed


def tensor(name: str, kind: str, shape: list[int], data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": kind, "shape": shape, "data": data}


def infer(server: TritonServer, model: str, *inputs: dict[str, Any]) -> list[Any]:
    answer = server.post(f"/v2/models/{model}/infer", {"inputs": inputs})
    assert answer.ok, answer.text
    (output,) = json.loads(answer.text)["outputs"]
    return output["data"]


def prompts(*texts: str) -> dict[str, Any]:
    return tensor("prompt", "BYTES", [len(texts), 1], list(texts))


def sample(metrics: str, name: str, model: str) -> float:
    (value,) = re.findall(rf'^{name}{{model="{model}",version="1"}} (\S+)$', metrics, re.MULTILINE)
    return float(value)


def byte_counts(text: str) -> list[float]:
    return [float(text.encode().count(bytes([byte]))) for byte in range(256)]


@pytest.mark.parametrize("repository", [CHATS, PIPELINES, client_tokenizer_repository(logits_stand_in())])
def test_the_checks_find_nothing_in_them(repository: Repository) -> None:
    assert repository_findings(repository, CPU) == []


def test_the_three_questions_are_answered_over_http(chats: TritonServer) -> None:
    assert infer(chats, CHAT, prompts(*QUESTIONS)) == [question[::-1] for question in QUESTIONS]


def test_the_three_questions_are_answered_over_grpc(chats: TritonServer) -> None:
    assert ask_texts(chats.grpc_address, CHAT, QUESTIONS) == [question[::-1] for question in QUESTIONS]


def test_a_question_is_answered_by_generate(chats: TritonServer) -> None:
    answer = chats.post(f"/v2/models/{CHAT}/generate", {"prompt": QUESTIONS[0]})
    assert json.loads(answer.text)["generated_text"] == QUESTIONS[0][::-1]


def test_requests_are_merged_into_batches_and_each_gets_its_own_answer(chats: TritonServer) -> None:
    before = chats.metrics()
    texts = [f"question {number}" for number in range(64)]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(partial(infer, chats, CHAT), map(prompts, texts)))
    after = chats.metrics()
    assert answers == [[text[::-1]] for text in texts]
    inferences, executions = (
        sample(after, name, CHAT) - sample(before, name, CHAT)
        for name in ("nv_inference_count", "nv_inference_exec_count")
    )
    assert inferences == len(texts)
    assert executions <= inferences / 2


def test_the_ensemble_tokenizes_on_the_server(chats: TritonServer) -> None:
    assert infer(chats, PIPELINE, prompts(QUESTIONS[1])) == byte_counts(QUESTIONS[1])


def test_prompts_of_different_lengths_in_one_request_are_padded(chats: TritonServer) -> None:
    short, long = "a", "abc"
    assert infer(chats, PIPELINE, prompts(short, long)) == byte_counts(short) + byte_counts(long)


def test_a_client_may_tokenize_by_itself(chats: TritonServer) -> None:
    tokens = [*QUESTIONS[2].encode()]
    shape = [1, len(tokens)]
    inputs = tensor("input_ids", "INT64", shape, tokens), tensor("attention_mask", "INT64", shape, [1] * len(tokens))
    assert infer(chats, LOGITS, *inputs) == byte_counts(QUESTIONS[2])


def test_the_server_reports_the_configuration_that_was_rendered(chats: TritonServer) -> None:
    """It adds defaults of its own, and nothing that was stated is lost or another."""
    for model in CHATS.models + PIPELINES.models:
        answer = chats.get(f"/v2/models/{model.name}/config")
        reported = ModelConfig.model_validate_json(answer.text)
        stated = model.config.model_dump(exclude_defaults=True, exclude={"instance_group"})
        assert {name: reported.model_dump()[name] for name in stated} == model.config.model_dump(include={*stated})
        counts = [group.count for group in reported.instance_group]
        assert counts == [group.count for group in model.config.instance_group]
