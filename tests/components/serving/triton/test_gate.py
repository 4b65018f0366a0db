"""The gate on a real tritonserver, in front of a model that takes every request at once, as engines do."""

import json
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from slipway.catalog.engines.triton.host import BEHIND, MEASURED
from slipway.serving.triton.gate import gated
from slipway.triton_repository import (
    Model,
    ModelConfig,
    ModelInput,
    ModelInstanceGroup,
    ModelOutput,
    Repository,
    write,
)
from slipway.triton_repository.schema.policies import ModelTransactionPolicy
from tests.triton_repository.server_process import prepare_backends, start
from tests.triton_repository.tritonserver import TritonServer

SECONDS = 1.5
"""Time that the engine takes for each request, however many it has."""
INSTANCES, CLIENTS = 2, 8

ENGINE = f"""
import threading, time
import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            threading.Thread(target=self.answer, args=(request, request.get_response_sender())).start()

    def answer(self, request, sender):
        text = pb_utils.get_input_tensor_by_name(request, "text_input").as_numpy().reshape(-1)[0]
        if text == b"fail":
            error = pb_utils.TritonError("the engine failed")
            sender.send(pb_utils.InferenceResponse(error=error), flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
            return
        time.sleep({SECONDS})
        for part in text.split():
            sender.send(pb_utils.InferenceResponse([pb_utils.Tensor("text_output", np.array([part], dtype=object))]))
        sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
"""


def engine() -> Model:
    config = ModelConfig(
        name="engine",
        backend="python",
        input=(ModelInput(name="text_input", data_type="TYPE_STRING", dims=(1,)),),
        output=(ModelOutput(name="text_output", data_type="TYPE_STRING", dims=(-1,)),),
        model_transaction_policy=ModelTransactionPolicy(decoupled=True),
        instance_group=(ModelInstanceGroup(kind="KIND_CPU", count=1),),
    )
    return Model(config=config, versions={1: {"model.py": ENGINE}})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    if sys.version_info >= (3, 13) or sys.platform != "linux":
        pytest.skip("nvidia-pytriton has a tritonserver for Linux and Python up to 3.12 only")
    backends = prepare_backends(tmp_path_factory.mktemp("backends"))
    with start(backends, tmp_path_factory.mktemp("gate")) as (running, _):
        write(Repository(models=gated("llm", engine(), INSTANCES)), running.repository)
        for name in ("engine", "llm"):
            answer = running.load(name)
            assert answer.ok, answer.log
        yield running


def sample(page: str, name: str, model: str) -> float:
    [value] = re.findall(rf'^{name}{{[^}}]*model="{model}"[^}}]*}} (\S+)$', page, re.MULTILINE)
    return float(value)


def ask(server: TritonServer, text: str) -> str:
    return server.post("/v2/models/llm/generate", {"text_input": text}).text


def test_an_answer_comes_through(server: TritonServer) -> None:
    assert json.loads(ask(server, "hello"))["text_output"] == "hello"


def test_an_answer_in_parts_is_streamed(server: TritonServer) -> None:
    answer = server.post("/v2/models/llm/generate_stream", {"text_input": "one two"}).text
    parts = [json.loads(line.removeprefix("data: "))["text_output"] for line in answer.splitlines() if line]
    assert parts == ["one", "two"]


def test_what_fails_behind_it_is_told(server: TritonServer) -> None:
    assert "the engine failed" in ask(server, "fail")
    assert json.loads(ask(server, "again"))["text_output"] == "again"


def test_requests_wait_and_run_where_triton_sees_them(server: TritonServer) -> None:
    """Eight requests at once through two instances: each runs as long as its answer takes, and the others wait."""
    before = server.metrics()
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [pool.submit(ask, server, "hello") for _ in range(CLIENTS)]
        pending = 0.0
        while not all(answer.done() for answer in answers):
            pending = max(pending, sample(server.metrics(), "nv_inference_pending_request_count", "llm"))
            time.sleep(SECONDS / 20)
        assert all("hello" in answer.result() for answer in answers)
    after = server.metrics()

    def grown(name: str, model: str) -> float:
        return sample(after, name, model) - sample(before, name, model)

    assert pending == CLIENTS - INSTANCES
    compute = grown("nv_inference_compute_infer_duration_us", "llm")
    assert compute >= CLIENTS * SECONDS * 1e6
    assert grown("nv_inference_queue_duration_us", "llm") / compute == pytest.approx(1.5, rel=0.3)
    assert grown("nv_inference_compute_infer_duration_us", "engine") < compute / 10


def test_the_model_behind_it_is_told_apart_in_the_metrics(server: TritonServer) -> None:
    label = MEASURED.partition("=")[0]
    lines = re.findall(r"^nv_inference_queue_duration_us{(.*)}", server.metrics(), re.MULTILINE)
    tagged = {re.findall(r'(?<![_a-z])model="([^"]*)"', line)[0]: f'{label}="llm"' in line for line in lines}
    assert tagged == {"llm": False, "engine": True}
    assert label == f"_{BEHIND}"
