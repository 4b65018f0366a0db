"""The ways to ask a model, and which of them work for it.

Sources: answers of tritonserver 2.51, and the server's documentation of its generate and decoupled extensions.
"""

from typing import Literal

from slipway.checks import Finding
from slipway.triton_repository.backends import completed
from slipway.triton_repository.model import Model, Repository

Endpoint = Literal["infer", "generate", "generate_stream", "grpc", "grpc-stream"]
"""Over HTTP the last part of `/v2/models/<model>/…`; over gRPC the calls ModelInfer and ModelStreamInfer."""

ALL_ENDPOINTS: tuple[Endpoint, ...] = ("infer", "generate", "generate_stream", "grpc", "grpc-stream")


def is_decoupled(repository: Repository, model: Model) -> bool:
    """Return whether a request may have other than one answer; an ensemble takes it from its steps."""
    return _is_decoupled(repository, model, frozenset())


def _is_decoupled(repository: Repository, model: Model, above: frozenset[str]) -> bool:
    scheduling = model.config.ensemble_scheduling
    if scheduling is None:
        policy = completed(model).model_transaction_policy
        return policy is not None and policy.decoupled
    steps = {step.model_name for step in scheduling.step} - above - {model.name}
    composing = [step for name in steps if (step := repository.model(name))]
    return any(_is_decoupled(repository, step, above | {model.name}) for step in composing)


def endpoints(repository: Repository, model: Model) -> tuple[Endpoint, ...]:
    """Return the ways to ask `model`.

    A decoupled model is not asked by `infer` and `grpc`; by `generate` it is, but a request to which it gives other
    than one answer fails, with status 200.
    """
    refused = {"infer", "grpc"} if is_decoupled(repository, model) else set[str]()
    return tuple(endpoint for endpoint in ALL_ENDPOINTS if endpoint not in refused)


def endpoint_findings(repository: Repository, name: str, endpoint: Endpoint, place: str) -> list[Finding]:
    """Say whether clients that ask the model `name` in this way get answers; `place` names the clients."""
    model = repository.model(name)
    if model is None:
        known = ", ".join(model.name for model in repository.models)
        message = f"there is no model {name!r}"
        return [Finding("triton.client-model", f"{place}.model", message, f"ask one of {known}")]
    working = endpoints(repository, model)
    if endpoint in working:
        return []
    message = f"{endpoint!r}, but {name} is decoupled: Triton refuses to send its answers that way"
    return [Finding("triton.client-endpoint", f"{place}.endpoint", message, f"use {' or '.join(working)}")]
