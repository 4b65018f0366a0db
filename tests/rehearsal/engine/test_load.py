"""Load on a server: clients that keep requests under way, spread over the pods that a Service selects."""

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.client import Json
from rehearsal.engine import vllm_pod
from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.engine import AnyEngine
from rehearsal.engine.fleet import Fleet, Shape
from rehearsal.engine.load import targets
from rehearsal.engine.requests import Limits
from tests.rehearsal.engine.surroundings import around

LIMITS = Limits(slots=8, step_tokens=64, blocks=1000, block_tokens=16, step_seconds=lambda tokens: 0.1)
SHAPE = Shape(prompt=9, answer=20)
START = partial(BatchingEngine, LIMITS)
AROUND = around("meta-llama/Llama-3.1-8B", "ct6e-standard-1t", max_model_len=128)
COMMAND = ["vllm", "serve", "meta-llama/Llama-3.1-8B", "--max-model-len=128", "--tensor-parallel-size=1"]


def labelled(name: str, labels: dict[str, str], container: Json) -> Json:
    return {
        "metadata": {"name": name, "namespace": "serving", "labels": labels},
        "spec": {
            "nodeSelector": {"cloud.google.com/gke-tpu-accelerator": "tpu-v6e-slice"},
            "containers": [container],
        },
    }


def server_pod(name: str, app: str = "llama", port: int = 8000) -> Json:
    ports = [{"name": "http", "containerPort": port}]
    return labelled(name, {"app": app}, {"command": COMMAND, "ports": ports})


def client_pod(name: str, **env: str) -> Json:
    values = {
        "URL": "http://llama.serving.svc:80",
        "REQUEST": '{"model": "meta-llama/Llama-3.1-8B", "prompt": "Write a story about a city.", "max_tokens": 100}',
        "CONCURRENCY": "32",
        **env,
    }
    return labelled(name, {}, {"env": [{"name": key, "value": value} for key, value in values.items()]})


def service(selector: dict[str, str], target_port: Any = "http") -> Json:
    return {
        "metadata": {"name": "llama", "namespace": "serving"},
        "spec": {"selector": selector, "ports": [{"port": 80, "targetPort": target_port}]},
    }


def arranged(*pods: Json, behind: Json | None = None) -> Any:
    by_name = {f"serving/{pod['metadata']['name']}": pod for pod in pods}
    engines: dict[str, AnyEngine] = {
        name: found for name, pod in by_name.items() if (found := vllm_pod.read(pod["spec"], AROUND))
    }
    return targets(by_name, engines, {"serving/llama": behind} if behind else {})


def test_a_service_leads_all_clients_to_the_pods_that_it_selects() -> None:
    found = arranged(
        server_pod("a"),
        server_pod("b"),
        server_pod("other", app="qwen"),
        client_pod("c1"),
        client_pod("c2"),
        behind=service({"app": "llama"}),
    )
    assert found["serving/llama"].engines.keys() == {"serving/a", "serving/b"}
    assert (found["serving/llama"].clients, found["serving/llama"].problem) == (64, "")
    assert found["serving/llama"].shape == Shape(prompt=7, answer=100)
    assert found["serving/other"].clients == 0


@pytest.mark.parametrize(
    ("behind", "env", "problem"),
    [
        (None, {}, "Service serving/llama, which does not exist"),
        (service({"app": "llama"}), {"URL": "http://llama.serving.svc:8000"}, "port 8000, which Service serving/llama"),
        (service({"app": "llama"}), {"REQUEST": '{"model": "x", "prompt": "y", "max_tokens": 1}'}, "ask for model 'x'"),
        (
            service({"app": "llama"}),
            {"REQUEST": '{"model": "meta-llama/Llama-3.1-8B", "prompt": "y", "max_tokens": 128}'},
            "129 tokens, and the engine takes 128 at most",
        ),
    ],
)
def test_load_that_would_not_arrive_is_explained(behind: Json | None, env: dict[str, str], problem: str) -> None:
    target = arranged(server_pod("a"), client_pod("c", **env), behind=behind)["serving/llama"]
    assert problem in target.problem
    assert target.clients == 0


@pytest.mark.parametrize("behind", [service({"app": "qwen"}), service({}), service({"app": "llama"}, 9999)])
def test_a_service_that_leads_nowhere_loads_no_engine(behind: Json) -> None:
    found = arranged(server_pod("a"), client_pod("c"), behind=behind)
    assert found["serving/llama"].engines == {}
    assert found["serving/a"].clients == 0


@given(st.integers(0, 60), st.integers(1, 4))
def test_as_many_requests_are_under_way_as_clients_keep(clients: int, replicas: int) -> None:
    fleet = Fleet[BatchingEngine]()
    fleet.set_clients(clients, SHAPE, 0)
    fleet.set_replicas({f"replica-{number}": START for number in range(replicas)}, 0)
    for now in (0.0, 1.0, 7.5, 60.0):
        fleet.advance(now)
        assert fleet.under_way == clients


def test_requests_of_a_replica_that_goes_are_sent_to_the_others() -> None:
    fleet = Fleet[BatchingEngine]()
    fleet.set_replicas({"a": START, "b": START}, 0)
    fleet.set_clients(40, SHAPE, 0)
    fleet.set_replicas({"b": START}, 5)
    assert (fleet.replicas["b"].running, fleet.replicas["b"].waiting) == (8, 32)
    fleet.set_replicas({}, 6)
    assert fleet.under_way == 0
    fleet.set_replicas({"c": START}, 7)
    assert fleet.under_way == 40


def test_a_second_replica_takes_half_of_the_load() -> None:
    alone, together = Fleet[BatchingEngine](), Fleet[BatchingEngine]()
    alone.set_replicas({"a": START}, 0)
    together.set_replicas({"a": START, "b": START}, 0)
    for fleet in (alone, together):
        fleet.set_clients(30, SHAPE, 0)
        fleet.advance(200)
    assert sum(each.waiting for each in together.replicas.values()) == pytest.approx(30 - 2 * 8, abs=4)
    generated = sum(each.generated_tokens for each in together.replicas.values())
    assert generated == pytest.approx(2 * alone.replicas["a"].generated_tokens, rel=0.1)


def test_when_clients_go_their_requests_are_still_answered() -> None:
    fleet = Fleet[BatchingEngine]()
    fleet.set_replicas({"a": START}, 0)
    fleet.set_clients(10, SHAPE, 0)
    fleet.set_clients(0, SHAPE, 1)
    assert fleet.under_way == 10
    fleet.advance(100)
    assert (fleet.under_way, fleet.replicas["a"].finished) == (0, 10)
