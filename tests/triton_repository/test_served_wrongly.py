"""Mistakes that the checks refuse and the real server accepts: what becomes of its answers."""

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from slipway.checks import errors
from slipway.triton_repository import (
    Model,
    ModelConfig,
    ModelDynamicBatching,
    repository_findings,
)
from slipway.triton_repository.schema.policies import ModelWarmup, WarmupInput
from tests.triton_repository.mistakes.mistake import cpu, x, y
from tests.triton_repository.repositories import CPU, ensemble, model, repository, step
from tests.triton_repository.server_process import start
from tests.triton_repository.tritonserver import ANSWER_SECONDS, NO_ANSWER_SECONDS, Answer, TritonServer


def one_finding(*models: Model) -> str:
    (found,) = errors(repository_findings(repository(*models), CPU))
    return str(found)


def tensor(*shape: int, name: str = "x") -> dict[str, Any]:
    count = 1
    for size in shape:
        count *= size
    return {"name": name, "datatype": "FP32", "shape": [*shape], "data": [float(number) for number in range(count)]}


def infer(server: TritonServer, name: str, *inputs: dict[str, Any]) -> Answer:
    return server.post(f"/v2/models/{name}/infer", {"inputs": [*inputs]})


def counted(server: TritonServer, series: str, name: str) -> float:
    (value,) = re.findall(rf'^{series}{{model="{name}",version="1"}} (\S+)$', server.metrics(), re.MULTILINE)
    return float(value)


def test_dynamic_batching_without_a_batch_dimension_runs_each_request_alone(server: TritonServer) -> None:
    wrong = model("alone", max_batch_size=0, dynamic_batching=ModelDynamicBatching(max_queue_delay_microseconds=50_000))
    right = model("together", dynamic_batching=ModelDynamicBatching(max_queue_delay_microseconds=50_000))
    assert "max_batch_size 0 makes no batches: each request runs alone" in one_finding(wrong)
    executions: dict[str, float] = {}
    server.serve(repository(wrong, right))
    with ThreadPoolExecutor(8) as pool:
        for name, shape in (("alone", (2,)), ("together", (1, 2))):
            answers = list(pool.map(partial(infer, server, name), [tensor(*shape)] * 8))
            assert all(answer.ok for answer in answers)
            executions[name] = counted(server, "nv_inference_exec_count", name)
    assert executions["alone"] == 8
    assert executions["together"] < 8


@pytest.mark.parametrize("ragged", [True, False])
def test_ragged_requests_break_a_python_model_that_stacks_them(server: TritonServer, ragged: bool) -> None:
    name = f"ragged_{ragged}".lower()
    made = model(
        name,
        code_file="echo",
        input=x(dims=(-1,), allow_ragged_batch=ragged),
        output=y(dims=(-1,)),
        dynamic_batching=ModelDynamicBatching(preferred_batch_size=(2,), max_queue_delay_microseconds=200_000),
    )
    if ragged:
        assert "the python backend gets each request on its own" in one_finding(made)
    else:
        assert errors(repository_findings(repository(made), CPU)) == []
    server.serve(repository(made))
    with ThreadPoolExecutor(2) as pool:
        short, long = pool.map(partial(infer, server, name), (tensor(1, 2), tensor(1, 3)))
    assert short.ok == long.ok == (not ragged)
    assert not ragged or "must match exactly" in short.text


def test_an_input_that_is_declared_twice_can_be_fed_by_nobody(server: TritonServer) -> None:
    wrong = model("doubled_input", input=(*x(), *x()))
    assert "'x' is declared 2 times" in one_finding(wrong)
    server.serve(repository(wrong))
    assert "expected 2 inputs but got 1" in infer(server, "doubled_input", tensor(1, 2)).text


def test_a_model_without_inputs_answers_no_request(server: TritonServer) -> None:
    wrong = model("no_inputs", input=())
    assert "Triton finds the size of a batch in an input: it refuses all requests" in one_finding(wrong)
    server.serve(repository(wrong))
    assert "request has 0 inputs" in infer(server, "no_inputs").text


def test_a_negative_number_of_instances_is_one(server: TritonServer) -> None:
    wrong = model("fewer", instance_group=cpu(count=-3))
    assert "-3 is no number of instances" in one_finding(wrong)
    server.serve(repository(wrong))
    reported = ModelConfig.model_validate_json(server.get("/v2/models/fewer/config").text)
    assert [group.count for group in reported.instance_group] == [1]


def test_an_optional_input_of_an_ensemble_is_needed_by_a_step(server: TritonServer) -> None:
    wrong = ensemble("optional", step("needs_x", {"x": "x"}, {"y": "y"}), input=x(optional=True))
    (found,) = repository_findings(repository(model("needs_x"), wrong), CPU)
    assert found.severity == "warning", "a request that brings it is answered"
    assert "true, but needs_x needs it" in found.message
    server.serve(repository(model("needs_x"), wrong))
    assert "missing required input(s) ['x']" in infer(server, "optional").text
    assert infer(server, "optional", tensor(1, 2)).ok


def test_a_name_that_is_no_part_of_a_url_cannot_be_asked_for(server: TritonServer) -> None:
    wrong = model("two words")
    assert "a part of URLs, which Triton does not decode" in one_finding(wrong)
    server.add(repository(wrong))
    assert not server.load("two%20words").ok


def test_a_step_that_writes_an_input_leaves_requests_without_an_answer(backends: Path, tmp_path: Path) -> None:
    wrong = ensemble("waiting", step("first", {"x": "x"}, {"y": "x"}), step("first", {"x": "x"}, {"y": "y"}))
    assert "first writes it, but requests bring it: they would wait for ever" in one_finding(model("first"), wrong)
    with start(backends, tmp_path, "--disable-auto-complete-config") as (server, _):
        server.add(repository(model("first"), wrong))
        assert server.load("waiting").ok
        assert no_answer(server, "/v2/models/waiting/infer")


def test_a_version_without_model_py_loads_for_ever(backends: Path, tmp_path: Path) -> None:
    wrong = model("empty").model_copy(update={"versions": {1: {"main.py": ""}}})
    assert "model.py is not there" in one_finding(wrong)
    with start(backends, tmp_path, "--disable-auto-complete-config") as (server, _):
        server.add(repository(wrong))
        assert no_answer(server, "/v2/repository/models/empty/load")


def test_a_label_that_prometheus_does_not_take_ends_the_server(backends: Path, tmp_path: Path) -> None:
    wrong = model("tagged", metric_tags={"cost-centre": "7"})
    assert "becomes no valid label of Prometheus" in one_finding(wrong)
    with start(backends, tmp_path, "--disable-auto-complete-config") as (server, process):
        server.add(repository(wrong))
        assert no_answer(server, "/v2/repository/models/tagged/load")
        assert process.wait(ANSWER_SECONDS) == -signal.SIGABRT


def test_the_first_request_to_passive_instances_ends_the_server(backends: Path, tmp_path: Path) -> None:
    wrong = model("idle", instance_group=cpu(passive=True))
    assert "no instance takes requests" in one_finding(wrong)
    with start(backends, tmp_path, "--disable-auto-complete-config") as (server, process):
        server.add(repository(wrong))
        assert server.load("idle").ok
        assert no_answer(server, "/v2/models/idle/infer")
        assert process.wait(ANSWER_SECONDS) == -signal.SIGSEGV


def test_a_warm_up_above_the_largest_batch_is_refused_or_ends_the_server(backends: Path, tmp_path: Path) -> None:
    """Which of the two varies from run to run."""
    given = WarmupInput(data_type="TYPE_FP32", dims=(2,), zero_data=True)
    wrong = model("warm", model_warmup=(ModelWarmup(name="w", batch_size=9, inputs={"x": given}),))
    assert "9 is above the largest batch, 8" in one_finding(wrong)
    with start(backends, tmp_path, "--disable-auto-complete-config") as (server, process):
        server.add(repository(wrong))
        if not no_answer(server, "/v2/repository/models/warm/load"):
            assert "max allowed is 8" in server.log
        else:
            assert process.wait(ANSWER_SECONDS) == -signal.SIGSEGV


def no_answer(server: TritonServer, path: str) -> bool:
    """Ask for something that takes milliseconds, and say whether nothing came back."""
    try:
        server.post(path, {"inputs": [tensor(1, 2)]} if path.endswith("infer") else {}, seconds=NO_ANSWER_SECONDS)
    except httpx2.TransportError:
        return True
    return False
