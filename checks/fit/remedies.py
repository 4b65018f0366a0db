"""The nearest changes with which a replica that does not fit would."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from typing import NamedTuple

from catalog.units import GIB
from checks.fit.memory import memory
from checks.fit.replica import Replica
from checks.fit.sharding import divisors
from checks.fit.weights import served_dtype

CONTEXT_STEP = 256
ROUNDING_BYTES = 2
"""Shares of memory are rounded down to whole bytes."""


class Change(NamedTuple):
    """One change: what to write, and the replica that it makes, which fits."""

    words: str
    replica: Replica


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
            yield Change(f"maxNumSeqs {sequences}", fewer)
            return
        sequences //= 2


def _shorter_context(replica: Replica) -> Iterator[Change]:
    """Find the longest multiple of 256 tokens that fits."""

    def shortened(steps: int) -> Replica:
        return replace(replica, max_model_len=steps * CONTEXT_STEP)

    fitting, limit = 0, (replica.max_model_len - 1) // CONTEXT_STEP
    while fitting < limit:
        middle = (fitting + limit + 1) // 2
        if _fits(shortened(middle)):
            fitting = middle
        else:
            limit = middle - 1
    if fitting:
        yield Change(f"maxModelLen {fitting * CONTEXT_STEP}", shortened(fitting))


def _eight_bits(replica: Replica) -> Iterator[Change]:
    triton = replica.engine == "triton-python"
    smaller_cache = replace(replica, kv_dtype="fp8")
    if replica.kv_dtype != "fp8" and not triton and _fits(smaller_cache):
        yield Change("a KV cache in FP8", smaller_cache)
    smaller_weights = replace(replica, weight_dtype="int8" if triton else "fp8")
    served = served_dtype(replica.model, replica.weight_dtype, replica.engine)
    if served in ("float32", "float16", "bfloat16") and _fits(smaller_weights):
        yield Change(f"weights in {'INT8' if triton else 'FP8'}", smaller_weights)


def _more_chips(replica: Replica) -> Iterator[Change]:
    if replica.engine == "triton-python":
        return
    for shards in divisors(replica.model):
        chips = shards * replica.pipeline_parallel
        wider = replace(replica, tensor_parallel=shards, chips=chips)
        if shards > replica.tensor_parallel and _fits(wider):
            yield Change(f"tensorParallel {shards} on {chips} chips", wider)
            return


def _larger_chips(replica: Replica) -> Change:
    """Look again with the size found, since the engine's defaults grow with the chip."""
    larger = replace(replica, memory_gib=_least_memory_gib(replica))
    if not _fits(larger):
        larger = replace(replica, memory_gib=_least_memory_gib(larger))
    return Change(f"chips of at least {larger.memory_gib} GiB", larger)


def _least_memory_gib(replica: Replica) -> float:
    """Return the memory of a chip that would be enough, rounded up to 0.1 GiB."""
    need = memory(replica)
    cache = need.needed_requests * need.request + ROUNDING_BYTES
    share = replica.memory_utilization
    least = need.fixed + cache / share if replica.engine == "tensorrt-llm" else (need.fixed + cache) / share
    return ceil(least / GIB * 10) / 10
