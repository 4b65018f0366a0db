"""The nearest changes with which a replica that does not fit would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from slipway.catalog.architecture import Model
from slipway.catalog.models import MODELS
from slipway.catalog.units import GIB
from slipway.checks.fit.memory import memory
from slipway.checks.fit.replica import Replica
from slipway.checks.fit.sharding import divisors

CONTEXT_STEP = 256
ROUNDING_BYTES = 2
"""Shares of memory are rounded down to whole bytes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        key: the server's key in the stack file that decides it.
        words: what it is.
        replica: the replica that it makes, which fits.
        edit: what to write, by the server's keys; empty where it takes more than these.
    """

    key: str
    words: str
    replica: Replica
    edit: Mapping[str, str | int] = field(default_factory=dict[str, str | int])


def written(edit: Mapping[str, str | int]) -> str:
    """Return an edit as a person writes it: `pool: h200, tensorParallel: 2`."""
    return ", ".join(f"{key}: {value}" for key, value in edit.items())


def _key(key: str, value: str | int, replica: Replica) -> Change:
    return Change(key, written({key: value}), replica, {key: value})


def remedies(replica: Replica) -> list[Change]:
    """Return every single change that makes `replica` fit, the least intrusive first; the last needs other chips."""
    return [
        *_fewer_sequences(replica),
        *_shorter_context(replica),
        *_eight_bits(replica),
        *_more_chips(replica),
        _larger_chips(replica),
    ]


def _fits(replica: Replica) -> bool:
    return memory(replica).fits


def _fewer_sequences(replica: Replica) -> Iterator[Change]:
    """Halve the batch until it fits."""
    sequences = replica.sequences // 2
    while sequences >= 1:
        fewer = replace(replica, max_num_seqs=sequences)
        if _fits(fewer):
            yield _key(replica.requests_key, sequences, fewer)
            return
        sequences //= 2


def _shorter_context(replica: Replica) -> Iterator[Change]:
    """Find the longest multiple of 256 tokens that fits, and that the model has positions for."""

    def shortened(steps: int) -> Replica:
        return replace(replica, max_model_len=steps * CONTEXT_STEP)

    fitting, limit = 0, min(replica.max_model_len - 1, replica.model.max_positions) // CONTEXT_STEP
    while fitting < limit:
        middle = (fitting + limit + 1) // 2
        if _fits(shortened(middle)):
            fitting = middle
        else:
            limit = middle - 1
    if fitting:
        yield _key("maxModelLen", fitting * CONTEXT_STEP, shortened(fitting))


def _eight_bits(replica: Replica) -> Iterator[Change]:
    rules = replica.rules
    smaller_cache = replace(replica, kv_dtype="fp8")
    if replica.kv_dtype != "fp8" and not rules.copies and _fits(smaller_cache):
        yield _key("kvCacheDtype", "fp8", smaller_cache)
    smaller_weights = replace(replica, weight_dtype=rules.fewer_bits)
    if replica.served_dtype not in ("float32", "float16", "bfloat16") or not _fits(smaller_weights):
        return
    if rules.fewer_bits != "fp8":
        yield Change("model", f"weights in {rules.fewer_bits.upper()}", smaller_weights)
    elif (row := _in_fp8(replica)) and _fits(checkpoint := replace(replica, model=row, weight_dtype=None)):
        yield _key("model", row.name, checkpoint)
    else:
        yield Change("model", "a checkpoint of the model with FP8 weights", smaller_weights)


def _in_fp8(replica: Replica) -> Model | None:
    """Return the catalog's FP8 checkpoint of the same model, by its shape, from a publisher that the engine takes."""
    publisher = replica.rules.publisher
    shape = _shape(replica.model)
    checkpoints = (row for row in MODELS.values() if row.quantisation == "fp8" and row.name.startswith(publisher))
    return next((row for row in checkpoints if _shape(row) == shape), None)


def _shape(model: Model) -> tuple[object, ...]:
    return model.parameters, model.layers, model.hidden, model.vocabulary, model.max_positions, model.chat


def _more_chips(replica: Replica) -> Iterator[Change]:
    if replica.rules.copies:
        return
    for shards in divisors(replica.model, replica.rules):
        chips = shards * replica.pipeline_parallel
        wider = replace(replica, tensor_parallel=shards, chips=chips)
        if shards > replica.tensor_parallel and _fits(wider):
            words = f"tensorParallel: {shards} on {chips} chips"
            yield Change("tensorParallel", words, wider, {"tensorParallel": shards})
            return


def _larger_chips(replica: Replica) -> Change:
    """Look again with the size found, since the engine's defaults grow with the chip."""
    larger = replace(replica, memory_gib=_least_memory_gib(replica))
    if not _fits(larger):
        larger = replace(replica, memory_gib=_least_memory_gib(larger))
    return Change("pool", f"chips of at least {larger.memory_gib} GiB", larger)


def _least_memory_gib(replica: Replica) -> float:
    """Return the memory of a chip that would be enough, rounded up to 0.1 GiB."""
    need = memory(replica)
    cache = need.needed_requests * need.request + ROUNDING_BYTES
    least = replica.rules.least_bytes(need.fixed, cache, replica.memory_utilization)
    return ceil(least / GIB * 10) / 10
