"""Random repositories of Python models and of ensembles over them, some of which are in order."""

from typing import Any, TypeVar

from hypothesis import strategies as st

from slipway.triton_repository import (
    Model,
    ModelConfig,
    ModelDynamicBatching,
    ModelEnsembling,
    ModelInput,
    ModelInstanceGroup,
    ModelOutput,
    Repository,
)
from slipway.triton_repository.schema.policies import (
    All,
    Latest,
    ModelTransactionPolicy,
    ModelVersionPolicy,
    ModelWarmup,
    Specific,
    WarmupInput,
)
from slipway.triton_repository.schema.scheduling import ModelQueuePolicy, Step
from slipway.triton_repository.schema.sequences import ModelSequenceBatching, StrategyDirect, StrategyOldest
from slipway.triton_repository.schema.tensors import DataType, ModelTensorReshape
from tests.triton_repository.repositories import code

T = TypeVar("T", ModelInput, ModelOutput)

TYPES: dict[DataType, str] = {
    "TYPE_BOOL": "BOOL",
    "TYPE_UINT8": "UINT8",
    "TYPE_INT64": "INT64",
    "TYPE_FP32": "FP32",
    "TYPE_FP64": "FP64",
    "TYPE_STRING": "BYTES",
}
"""Types, and what requests call them."""
DIMS = st.lists(st.sampled_from([-1, 1, 2, 3]), min_size=1, max_size=3).map(tuple)
RARELY = st.integers(0, 19).map(lambda number: number == 19)
POLICIES = st.one_of(
    st.none(),
    st.just(ModelVersionPolicy(all=All())),
    st.builds(ModelVersionPolicy, latest=st.builds(Latest, num_versions=st.sampled_from([1, 2, 0]))),
    st.builds(ModelVersionPolicy, specific=st.builds(Specific, versions=st.sampled_from([(1,), (1, 2), (3,), ()]))),
)


@st.composite
def tensors(draw: st.DrawFn, kind: type[T], names: str) -> tuple[T, ...]:
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=not draw(RARELY)))
    return tuple(draw(tensor(kind, name)) for name in chosen)


@st.composite
def tensor(draw: st.DrawFn, kind: type[T], name: str) -> T:
    dims = draw(DIMS)
    reshape = None
    if draw(RARELY):
        reshape = ModelTensorReshape(shape=draw(st.one_of(DIMS, st.just((*dims, 1)), st.just(()))))
    data_type: DataType = "TYPE_INVALID" if draw(RARELY) else draw(st.sampled_from([*TYPES]))
    made = kind(name=name, data_type=data_type, dims=dims, reshape=reshape)
    return made.model_copy(update={"allow_ragged_batch": draw(st.booleans())}) if kind is ModelInput else made


@st.composite
def schedulers(draw: st.DrawFn, maximum: int) -> dict[str, Any]:
    smallest, largest = (0, 9) if draw(RARELY) else (1, max(maximum, 1))
    sizes = draw(st.lists(st.integers(smallest, largest), max_size=3).map(tuple)) if maximum or draw(RARELY) else ()
    levels = draw(st.integers(0, 2))
    match draw(st.integers(0, 4)):
        case 0 | 1:
            policy = ModelQueuePolicy(
                timeout_action=draw(st.sampled_from(["REJECT", "DELAY"])),
                default_timeout_microseconds=draw(st.sampled_from([0, 1_000_000])),
            )
            batching = ModelDynamicBatching(
                preferred_batch_size=sizes,
                max_queue_delay_microseconds=draw(st.integers(0, 1000)),
                preserve_ordering=draw(RARELY),
                priority_levels=levels,
                default_priority_level=draw(st.integers(0, 3)) if draw(RARELY) else levels,
                default_queue_policy=draw(st.sampled_from([None, policy])),
            )
            return {"dynamic_batching": batching}
        case 2:
            strategy = StrategyOldest(max_candidate_sequences=4, preferred_batch_size=sizes)
            return {"sequence_batching": ModelSequenceBatching(oldest=strategy)}
        case 3:
            return {"sequence_batching": ModelSequenceBatching(direct=StrategyDirect())}
        case _:
            return {}


@st.composite
def groups(draw: st.DrawFn) -> tuple[ModelInstanceGroup, ...]:
    kinds = st.sampled_from(["KIND_CPU", "KIND_AUTO", "KIND_MODEL"])
    one = st.builds(ModelInstanceGroup, kind=kinds, count=st.integers(0, 1))
    return tuple(draw(st.lists(one, max_size=2)))


@st.composite
def models(draw: st.DrawFn, name: str) -> Model:
    inputs = draw(tensors(ModelInput, "abcd"))
    maximum = draw(st.sampled_from([0, 1, 4, 8]))
    warmup = ModelWarmup(name="zeros", batch_size=1, inputs={each.name: zeros(each) for each in inputs})
    config = ModelConfig(
        name=name,
        backend=draw(st.sampled_from(["python", ""])),
        max_batch_size=maximum,
        input=inputs,
        output=draw(tensors(ModelOutput, "wxyz")),
        instance_group=draw(groups()),
        version_policy=draw(POLICIES) if draw(st.booleans()) else None,
        metric_tags=draw(st.dictionaries(st.sampled_from(["team", "stage_2"]), st.text("ab \"'{}", max_size=4))),
        parameters=draw(st.dictionaries(st.sampled_from(["one", "Two.3"]), st.text(max_size=4))),
        model_transaction_policy=draw(st.sampled_from([None, None, ModelTransactionPolicy(decoupled=True)])),
        model_warmup=(warmup,) if draw(st.booleans()) and sound(inputs) else (),
        **draw(schedulers(maximum)),
    )
    versions = draw(st.sampled_from([(1,), (1, 2), (3,)]))
    return Model(config=config, versions={number: {"model.py": code("zeros")} for number in versions})


def sound(inputs: tuple[ModelInput, ...]) -> bool:
    """Whether a warm-up can be made for them: a server that finds one wrong may die."""
    distinct = len({each.name for each in inputs}) == len(inputs)
    return distinct and all(each.data_type != "TYPE_INVALID" and each.reshape is None for each in inputs)


def zeros(given: ModelInput) -> WarmupInput:
    return WarmupInput(data_type=given.data_type, dims=tuple(max(dim, 1) for dim in given.dims), zero_data=True)


@st.composite
def ensembles(draw: st.DrawFn, name: str, part: Model) -> Model:
    """Return an ensemble over `part`, once or twice, in which rarely a name, a type, a shape or the batch is another.

    Each copy of the part reads the ensemble's inputs and writes outputs of its own.
    """
    config = part.config
    copies = range(draw(st.integers(1, 2)))
    inputs = tuple(other(draw, each.model_copy(update={"reshape": None})) for each in config.input)
    steps = tuple(
        Step(
            model_name=part.name,
            model_version=draw(st.sampled_from([1, 2])) if draw(RARELY) else -1,
            input_map={each.name: each.name for each in config.input},
            output_map={each.name: "other" if draw(RARELY) else f"{each.name}_{copy}" for each in config.output},
        )
        for copy in copies
    )
    outputs = tuple(
        other(draw, each.model_copy(update={"reshape": None, "name": f"{each.name}_{copy}"}))
        for copy in copies
        for each in config.output
    )
    made = ModelConfig(
        name=name,
        platform="ensemble",
        max_batch_size=config.max_batch_size + (draw(st.integers(-1, 1)) if draw(RARELY) else 0),
        input=inputs,
        output=outputs,
        ensemble_scheduling=ModelEnsembling(step=steps),
    )
    return Model(config=made, versions={1: {}})


def other(draw: st.DrawFn, given: T) -> T:
    return draw(tensor(type(given), given.name)) if draw(RARELY) else given


@st.composite
def repositories(draw: st.DrawFn, prefix: str) -> Repository:
    """Return one or two models, each perhaps with an ensemble over it."""
    made: list[Model] = []
    for index in range(draw(st.integers(1, 2))):
        part = draw(models(f"{prefix}_model_{index}"))
        made.append(part)
        if draw(st.booleans()):
            made.append(draw(ensembles(f"{prefix}_ensemble_{index}", part)))
    return Repository(models=tuple(made))
