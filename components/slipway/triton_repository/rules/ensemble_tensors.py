"""Whether the two ends of each of an ensemble's tensors agree: type, shape, batching and number of answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from slipway.checks import Finding
from slipway.triton_repository.backends import completed
from slipway.triton_repository.endpoints import is_decoupled
from slipway.triton_repository.model import Model, Repository
from slipway.triton_repository.rules.ensemble_graph import in_order
from slipway.triton_repository.schema.model_config import ModelConfig
from slipway.triton_repository.schema.tensors import DataType, Dims, ModelInput, ModelOutput


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a tensor.

    Attributes:
        owner: the model and its name for the tensor.
        dims: without the batch dimension.
        shape: with it, if there is one.
    """

    owner: str
    data_type: DataType
    dims: Dims
    shape: Dims


def agreement_findings(repository: Repository, model: Model, place: str) -> Iterator[Finding]:
    """Yield where the ends of a tensor of the ensemble `model` disagree; its graph is in order."""
    ends: dict[str, _End] = {}
    for tensor, end in _ends(repository, model):
        first = ends.setdefault(tensor, end)
        path = f"{place}.ensemble_scheduling.{tensor}"
        if first.data_type != end.data_type:
            message = f"{first.owner} is {first.data_type}, and {end.owner} is {end.data_type}"
            remedy = "declare the same type at both ends, or convert in a step between them"
            yield Finding("triton.ensemble-type", path, message, remedy)
        elif not _alike(first.dims, end.dims) and not _alike(first.shape, end.shape):
            message = f"{first.owner} is {[*first.shape]}, and {end.owner} is {[*end.shape]}, batch included"
            remedy = "declare the same shape at both ends; with max_batch_size 0 dims include the batch, else not"
            yield Finding("triton.ensemble-shape", path, message, remedy)
    yield from _optional_findings(repository, model, place)
    yield from _decoupled_findings(repository, model, place)


def _ends(repository: Repository, model: Model) -> Iterator[tuple[str, _End]]:
    """Yield each end of each tensor; of a tensor that the ensemble declares twice, the first declaration counts."""
    config = model.config
    declared = {tensor.name: tensor for tensor in reversed((*config.input, *config.output))}
    for tensor in declared.values():
        dims = tensor.reshape.shape if tensor.reshape else tensor.dims
        yield tensor.name, _end(config, tensor, dims)
    assert config.ensemble_scheduling
    for step in config.ensemble_scheduling.step:
        composing = repository.model(step.model_name)
        if composing is None:
            continue
        stated = completed(composing)
        for names, tensors in ((step.input_map, stated.input), (step.output_map, stated.output)):
            for tensor in tensors:
                if tensor.name in names:
                    yield names[tensor.name], _end(stated, tensor, tensor.dims)


def _end(config: ModelConfig, tensor: ModelInput | ModelOutput, dims: Dims) -> _End:
    shape = (-1, *dims) if config.max_batch_size > 0 else dims
    return _End(f"{tensor.name!r} of {config.name}", tensor.data_type, dims, shape)


def _alike(one: Dims, other: Dims) -> bool:
    return len(one) == len(other) and all(-1 in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))


def _optional_findings(repository: Repository, model: Model, place: str) -> Iterator[Finding]:
    assert model.config.ensemble_scheduling
    required = {tensor.name for tensor in model.config.input if not tensor.optional}
    optional = {tensor.name for tensor in model.config.input} - required
    for step in model.config.ensemble_scheduling.step:
        composing = repository.model(step.model_name)
        for tensor in completed(composing).input if composing else ():
            if step.input_map.get(tensor.name) in optional and not tensor.optional:
                path = f"{place}.input.{step.input_map[tensor.name]}.optional"
                message = f"true, but {step.model_name} needs it: a request without it is refused"
                remedy = f"leave it out, or declare {tensor.name} optional in {step.model_name}"
                yield Finding("triton.ensemble-optional", path, message, remedy, "warning")


def _decoupled_findings(repository: Repository, model: Model, place: str) -> Iterator[Finding]:
    """Answers of a decoupled step cannot be paired with tensors that come once, or from another such step."""
    assert model.config.ensemble_scheduling
    steps = model.config.ensemble_scheduling.step
    inputs = [tensor.name for tensor in model.config.input]
    origin = dict.fromkeys(inputs, "the request")
    for step in in_order(steps, inputs)[0]:
        index = steps.index(step)
        path = f"{place}.ensemble_scheduling.step[{index}]"
        origins = {origin[tensor] for tensor in step.input_map.values()}
        yield from _origin_findings(origins, path, "inputs")
        composing = repository.model(step.model_name)
        decoupled = composing is not None and is_decoupled(repository, composing)
        for tensor in step.output_map.values():
            origin[tensor] = f"the decoupled {step.model_name} of step[{index}]" if decoupled else min(origins)
    yield from _origin_findings({origin[tensor.name] for tensor in model.config.output}, f"{place}.output", "outputs")


def _origin_findings(origins: set[str], path: str, tensors: str) -> Iterator[Finding]:
    if len(origins) > 1:
        message = f"its {tensors} come from {' and from '.join(sorted(origins))}, which answer in different numbers"
        yield Finding("triton.ensemble-decoupled", path, message, f"take its {tensors} from one of them only")
