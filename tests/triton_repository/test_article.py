"""The stack's variants of the article's repository on a real server, with its own clients.

What stands in for weights says how far this goes: vLLM, ONNX Runtime, PyTorch and a GPU are not in this server.
"""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from slipway.checks import errors
from slipway.triton_repository import ModelConfig, repository_findings
from slipway.triton_repository.clients.ask import ask
from slipway.triton_repository.clients.benchmark import measure
from slipway.triton_repository.clients.chat import QUESTIONS, find
from slipway.triton_repository.clients.server import RefusedError, Server, tensor
from tests.rehearsal.objects import eventually
from tests.triton_repository.repositories import CPU
from tests.triton_repository.tritonserver import TritonServer
from tests.triton_repository.variants import ENTRY, MADE, REPOSITORY, VARIANTS

MAX_TOKENS = 20


class Bytes:
    """A client's tokenizer: each byte of a text is a token, as it is to the models that stand in."""

    eos_token_id = 0

    def __call__(self, text: str, **options: Any) -> dict[str, list[int]]:
        return {"input_ids": [*text.encode()]}

    def decode(self, tokens: list[int], **options: Any) -> str:
        return bytes(tokens).decode()


def backwards(question: str) -> str:
    return f"<{question}>"[::-1]


def commonest(question: str) -> str:
    """Return what the model that stands in for the ONNX file holds for the next token: the prompt's commonest byte."""
    return chr(max(range(256), key=question.encode().count))


def repeated(question: str) -> str:
    return commonest(question) * MAX_TOKENS


def cut(question: str) -> str:
    return question[::-1][:MAX_TOKENS]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_checks_find_nothing_in_a_variant(name: str) -> None:
    assert errors(repository_findings(MADE[name][1], CPU)) == []


@pytest.mark.parametrize(
    ("name", "ways", "answer"),
    [
        ("python", ["infer", "generate", "gRPC"], backwards),
        ("python-8-bit", ["infer", "generate", "gRPC"], backwards),
        ("server-tokenizer", ["infer"], commonest),
        ("client-tokenizer", ["infer"], repeated),
        ("vllm", ["generate", "gRPC"], cut),
    ],
)
def test_the_three_questions_are_answered_in_every_way(
    llama: Server, name: str, ways: list[str], answer: Callable[[str], str]
) -> None:
    expected = [(way, question, answer(question)) for way in ways for question in QUESTIONS]
    assert list(ask(llama, ENTRY[name], max_tokens=MAX_TOKENS, tokenizer=Bytes())) == expected


def test_a_model_that_takes_tokens_asks_for_a_tokenizer(llama: Server) -> None:
    with pytest.raises(RefusedError, match="takes tokens: say by --tokenizer"):
        list(ask(llama, ENTRY["client-tokenizer"], max_tokens=1))


def test_requests_are_merged_into_batches_and_each_gets_its_own_answer(llama: Server) -> None:
    chat = find(llama, ENTRY["python-8-bit"], MAX_TOKENS)
    texts = [f"question {'ão' * (number % 7)} {number}" for number in range(64)]
    before = counts(llama, chat.name)
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(chat.by_generate, texts))
    inferences, executions = (after - count for after, count in zip(counts(llama, chat.name), before, strict=True))
    assert answers == [*map(backwards, texts)]
    assert inferences == len(texts)
    assert executions <= inferences / 2


def counts(server: Server, model: str) -> tuple[int, int]:
    (stats,) = server.get(f"/v2/models/{model}/stats")["model_stats"]
    return int(stats["inference_count"]), int(stats["execution_count"])


def test_prompts_of_different_lengths_in_one_request_are_padded(llama: Server) -> None:
    scores = llama.infer(ENTRY["server-tokenizer"], [tensor("prompt", "BYTES", [["a"], ["abc"]])])
    rows = scores[:256], scores[256:]
    assert [[chr(byte) for byte in range(256) if row[byte]] for row in rows] == [[*"^a"], [*"^abc"]]


@pytest.mark.parametrize(("name", "engine", "instances"), [("python-8-bit", "HF", 2), ("vllm", "vLLM", 1)])
def test_a_benchmark_run_asks_every_question_as_often_as_the_batch_has_rows(
    llama: Server, name: str, engine: str, instances: int
) -> None:
    chat = find(llama, ENTRY[name], MAX_TOKENS)
    before = counts(llama, chat.name)[0]
    measured = measure(chat, (0, 1, 8), runs=2, count=len)
    assert [(each.engine, each.instances, each.batch) for each in measured] == [
        (engine, instances, batch) for batch in (0, 1, 8)
    ]
    answers = [sum(len(answer) for answer in chat.answers(QUESTIONS)) * max(batch, 1) for batch in (0, 1, 8)]
    assert [each.tokens for each in measured] == answers
    asked = 3 * len(QUESTIONS) * (1 + 1 + 8) + 3 * len(QUESTIONS)
    # Triton counts a request after it has answered it.
    eventually(lambda: counts(llama, chat.name)[0] - before == asked)


def test_the_metrics_page_has_every_model(llama: Server, deployed: TritonServer) -> None:
    seen = set(re.findall(r'^nv_inference_queue_duration_us{.*model="([^"]+)"', deployed.metrics(), re.MULTILINE))
    assert {model.name for model in REPOSITORY.models} <= seen


def test_the_server_reports_the_configuration_that_was_rendered(llama: Server) -> None:
    """It adds defaults of its own, and nothing that was stated is lost or another."""
    for model in REPOSITORY.models:
        reported = ModelConfig.model_validate_json(json.dumps(llama.get(f"/v2/models/{model.name}/config")))
        stated = model.config.model_dump(exclude_defaults=True, exclude={"instance_group"})
        assert {name: reported.model_dump()[name] for name in stated} == model.config.model_dump(include={*stated})
        counted = [group.count for group in reported.instance_group]
        assert counted == [group.count for group in model.config.instance_group]
