"""Where the memory of one chip goes, in bytes."""

from dataclasses import dataclass

from checks.fit.adapters import adapters_per_chip
from checks.fit.kv_layout import KvLayout, kv_layout
from checks.fit.overheads import activations, runtime
from checks.fit.replica import Replica
from checks.fit.weights import activation_bytes, served_dtype, weights_per_chip


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The use of the fullest chip's memory, in bytes.

    Attributes:
        chip: all of it, as reported.
        usable: what the engine may take.
        weights: the served model's, all instances.
        draft_weights: the draft model's.
        adapters: all slots of LoRA adapters.
        activations: the largest step's transients.
        runtime: contexts, communication buffers and graphs.
        kv_cache: what is left for the KV cache; negative if the rest does not fit.
        request: KV cache of one request of full length, the draft's included.
        tokens: tokens that the KV cache holds, in requests of full length where windows make that differ.
        needed_requests: requests of full length without which the engine does not start or fails later.
    """

    chip: int
    usable: int
    weights: int
    draft_weights: int
    adapters: int
    activations: int
    runtime: int
    kv_cache: int
    request: int
    tokens: int
    needed_requests: int

    @property
    def requests(self) -> float:
        """Requests of full length that the KV cache holds at once; 0 if there is no room."""
        return max(self.kv_cache, 0) / self.request

    @property
    def fits(self) -> bool:
        """Whether the engine can start and serve."""
        return self.kv_cache >= self.needed_requests * self.request

    @property
    def fixed(self) -> int:
        """Everything but the KV cache."""
        return self.weights + self.draft_weights + self.adapters + self.activations + self.runtime


def memory(replica: Replica) -> Memory:
    """Return the use of memory on the fullest chip of `replica`."""
    weights = replica.instances * weights_per_chip(
        replica.model,
        replica.weight_dtype,
        replica.engine,
        tensor_parallel=replica.tensor_parallel,
        pipeline_parallel=replica.pipeline_parallel,
    )
    draft_weights, adapters = _draft_weights(replica), _adapters(replica)
    transient, held = activations(replica), runtime(replica)
    fixed = weights + draft_weights + adapters + transient + held
    usable, kv_cache = _room(replica, fixed)
    layouts = _layouts(replica)
    request = sum(layout.request_bytes(replica.max_model_len) for layout in layouts)
    return Memory(
        chip=replica.memory,
        usable=usable,
        weights=weights,
        draft_weights=draft_weights,
        adapters=adapters,
        activations=transient,
        runtime=held,
        kv_cache=kv_cache,
        request=request,
        tokens=_tokens(replica, layouts, max(kv_cache, 0), request),
        needed_requests=replica.instances * replica.sequences if replica.engine == "triton-python" else 1,
    )


def kv_room(memory_bytes: float, utilization: float, *parts: float) -> float:
    """Return what vLLM leaves for the KV cache: its share of all memory, less every other part, in the unit given.

    This is the identity of vLLM's own start-up log (vllm/v1/worker/gpu_worker.py, determine_available_memory).
    """
    return memory_bytes * utilization - sum(parts)


def _room(replica: Replica, fixed: int) -> tuple[int, int]:
    """Return the usable bytes and, of these, the KV cache's."""
    if replica.engine == "tensorrt-llm":
        kv_cache = replica.memory - fixed
        if kv_cache > 0:
            kv_cache = int(kv_cache * replica.memory_utilization)
        return fixed + kv_cache, kv_cache
    usable = int(replica.memory * replica.memory_utilization)
    return usable, int(kv_room(replica.memory, replica.memory_utilization, fixed))


def _draft_weights(replica: Replica) -> int:
    if replica.draft is None:
        return 0
    draft = replica.draft
    return weights_per_chip(
        draft.model,
        draft.weight_dtype,
        replica.engine,
        tensor_parallel=draft.tensor_parallel,
        pipeline_parallel=1,
    )


def _adapters(replica: Replica) -> int:
    if replica.adapters is None:
        return 0
    return adapters_per_chip(
        replica.model,
        replica.adapters,
        activation_bytes(served_dtype(replica.model, replica.weight_dtype, replica.engine)),
        tensor_parallel=replica.tensor_parallel,
        pipeline_parallel=replica.pipeline_parallel,
    )


def _layouts(replica: Replica) -> list[KvLayout]:
    """Every token is kept by the served model and by the draft."""
    shards = {"tensor_parallel": replica.tensor_parallel, "pipeline_parallel": replica.pipeline_parallel}
    layouts = [kv_layout(replica, replica.model, **shards)]
    if (draft := replica.draft) is not None:
        layouts.append(kv_layout(replica, draft.model, tensor_parallel=draft.tensor_parallel, pipeline_parallel=1))
    return layouts


def _tokens(replica: Replica, layouts: list[KvLayout], kv_cache: int, request: int) -> int:
    if any(layout.window for layout in layouts):
        return int(kv_cache / request * replica.max_model_len)
    page = max(layout.page for layout in layouts)
    return kv_cache // (page * sum(layout.full for layout in layouts)) * page
