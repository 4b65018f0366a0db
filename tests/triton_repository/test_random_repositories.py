"""Random repositories: the checks accept a model exactly if the real server loads it, and then it answers."""

import itertools
import math
from typing import Any

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from slipway.checks import errors
from slipway.triton_repository import Model, Repository, is_decoupled, repository_findings
from tests.triton_repository.random_repositories import TYPES, repositories
from tests.triton_repository.repositories import CPU
from tests.triton_repository.tritonserver import TritonServer

LOADED_ALL_THE_SAME = (
    "each request runs alone",
    "is declared 2 times",
    "is declared 3 times",
    "and there is no directory",
)
"""Findings on models that the server loads and serves wrongly."""

_numbers = itertools.count()


@given(st.data())
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_the_server_loads_what_the_checks_accept_and_nothing_else(server: TritonServer, data: st.DataObject) -> None:
    repository = data.draw(repositories(f"random_{next(_numbers)}"))
    findings = errors(repository_findings(repository, CPU))
    server.add(repository)
    for model in repository.models:
        own = {model.name, *(step.model_name for step in steps(model))}
        found = [finding for finding in findings if finding.path.split(".")[1] in own]
        answer = server.load(model.name)
        loads = all(any(text in finding.message for text in LOADED_ALL_THE_SAME) for finding in found)
        event(f"{'loaded' if answer.ok else 'refused'} {'ensemble' if steps(model) else 'model'}")
        assert answer.ok == loads, (answer, [*map(str, found)])
        if not found and can_be_asked(repository, model):
            asked = server.post(f"/v2/models/{model.name}/infer", {"inputs": [*map(tensor(model), model.config.input)]})
            assert asked.ok, asked.text


def steps(model: Model) -> tuple[Any, ...]:
    return model.config.ensemble_scheduling.step if model.config.ensemble_scheduling else ()


def can_be_asked(repository: Repository, model: Model) -> bool:
    parts = [part for step in steps(model) if (part := repository.model(step.model_name))]
    sequences = any(each.config.sequence_batching for each in (model, *parts))
    return not sequences and not is_decoupled(repository, model)


def tensor(model: Model):
    def given(declared: Any) -> dict[str, Any]:
        shape = [1] * (model.config.max_batch_size > 0) + [max(dim, 1) for dim in declared.dims]
        filler = "" if declared.data_type == "TYPE_STRING" else declared.data_type != "TYPE_BOOL" and 0
        data = [filler] * math.prod(shape)
        return {"name": declared.name, "datatype": TYPES[declared.data_type], "shape": shape, "data": data}

    return given
