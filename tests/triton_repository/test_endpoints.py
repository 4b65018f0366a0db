"""The ways to ask a model, as the checks give them and as the real server has them."""

import httpx2
import pytest

from slipway.triton_repository import Endpoint, Model, endpoint_findings, endpoints, is_decoupled
from slipway.triton_repository.endpoints import ALL_ENDPOINTS
from slipway.triton_repository.schema.policies import ModelTransactionPolicy
from tests.triton_repository import grpc_client
from tests.triton_repository.repositories import ensemble, model, repository, step
from tests.triton_repository.tritonserver import TritonServer

DECOUPLED = ModelTransactionPolicy(decoupled=True)
REPOSITORY = repository(
    model("single"),
    model("decoupled", model_transaction_policy=DECOUPLED),
    ensemble("of_single", step("single", {"x": "x"}, {"y": "y"})),
    ensemble("of_decoupled", step("decoupled", {"x": "x"}, {"y": "y"})),
    ensemble("of_ensemble", step("of_decoupled", {"x": "x"}, {"y": "y"})),
    model("two_answers", code_file="twice", model_transaction_policy=DECOUPLED),
)
ASKED = [name for model in REPOSITORY.models if (name := model.name) != "two_answers"]


@pytest.fixture(scope="module")
def answering(server: TritonServer) -> TritonServer:
    server.serve(REPOSITORY)
    return server


def named(name: str) -> Model:
    model = REPOSITORY.model(name)
    assert model
    return model


def answers(server: TritonServer, name: str, endpoint: Endpoint) -> bool:
    """Ask the real server, and say whether it answered."""
    if endpoint in {"grpc", "grpc-stream"}:
        return grpc_client.answers(server.grpc_address, name, stream=endpoint == "grpc-stream")
    tensor = {"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1.0, 2.0]}
    body = {"inputs": [tensor]} if endpoint == "infer" else {"x": [1.0, 2.0]}
    answer = server.post(f"/v2/models/{name}/{endpoint}", body)
    return answer.ok and "error" not in answer.text


@pytest.mark.parametrize("endpoint", ALL_ENDPOINTS)
@pytest.mark.parametrize("name", ASKED)
def test_an_endpoint_works_exactly_where_the_checks_say_so(
    answering: TritonServer, name: str, endpoint: Endpoint
) -> None:
    assert answers(answering, name, endpoint) == (endpoint in endpoints(REPOSITORY, named(name)))


def test_an_ensemble_is_decoupled_through_its_steps() -> None:
    assert [is_decoupled(REPOSITORY, named(name)) for name in ASKED] == [False, True, False, True, True]


def test_generate_fails_with_status_200_where_a_request_has_two_answers(answering: TritonServer) -> None:
    answer = answering.post("/v2/models/two_answers/generate", {"x": [1.0, 2.0]})
    assert answer.status == httpx2.codes.OK
    assert "generate expects model to produce exactly 1 response" in answer.text
    assert answering.post("/v2/models/two_answers/generate_stream", {"x": [1.0, 2.0]}).text.count('"y":[1.0,2.0]') == 2


def test_clients_that_ask_a_decoupled_model_by_infer_are_told_what_to_use() -> None:
    (finding,) = endpoint_findings(REPOSITORY, "of_ensemble", "infer", "load")
    assert finding.path == "load.endpoint"
    assert "'infer', but of_ensemble is decoupled" in finding.message
    assert finding.remedy == "use generate or generate_stream or grpc-stream"


def test_clients_that_ask_a_model_that_is_not_there_are_told_which_are() -> None:
    (finding,) = endpoint_findings(REPOSITORY, "llama", "infer", "load")
    assert "there is no model 'llama'" in finding.message
    assert "single" in finding.remedy
