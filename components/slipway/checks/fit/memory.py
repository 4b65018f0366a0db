"""Where the memory of one chip goes, in bytes."""

from dataclasses import dataclass

from slipway.checks.fit.adapters import adapters_per_chip
from slipway.checks.fit.engines.engine import activation_bytes
from slipway.checks.fit.kv_layout import KvLayout
from slipway.checks.fit.replica import Replica
from slipway.checks.fit.weights import weights_per_chip


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
        most_requests: requests of a batch.
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
    most_requests: int

    @property
    def requests(self) -> float:
        """Requests of full length that the KV cache holds at once; 0 if there is no room.

        Of an encoder, which caches nothing, those of a batch.
        """
        if not self.request:
            return self.most_requests if self.kv_cache >= 0 else 0
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
    rules = replica.rules
    weights = replica.instances * weights_per_chip(
        replica.model,
        replica.weight_dtype,
        rules,
        tensor_parallel=replica.tensor_parallel,
        pipeline_parallel=replica.pipeline_parallel,
    )
    draft_weights, adapters = _draft_weights(replica), _adapters(replica)
    transient, held = rules.activations(replica), rules.runtime(replica)
    usable, kv_cache = rules.room(replica, weights + draft_weights + adapters + transient + held)
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
        needed_requests=replica.instances * replica.sequences if rules.copies else 1,
        most_requests=replica.sequences,
    )


def _draft_weights(replica: Replica) -> int:
    if replica.draft is None:
        return 0
    draft = replica.draft
    return weights_per_chip(
        draft.model,
        draft.weight_dtype,
        replica.rules,
        tensor_parallel=draft.tensor_parallel,
        pipeline_parallel=1,
    )


def _adapters(replica: Replica) -> int:
    if replica.adapters is None:
        return 0
    return adapters_per_chip(
        replica.model,
        replica.adapters,
        activation_bytes(replica.served_dtype),
        tensor_parallel=replica.tensor_parallel,
        pipeline_parallel=replica.pipeline_parallel,
    )


def _layouts(replica: Replica) -> list[KvLayout]:
    """Every token is kept by the served model and by the draft."""
    shards = {"tensor_parallel": replica.tensor_parallel, "pipeline_parallel": replica.pipeline_parallel}
    layouts = [replica.rules.layout(replica, replica.model, **shards)]
    if (draft := replica.draft) is not None:
        shards = {"tensor_parallel": draft.tensor_parallel, "pipeline_parallel": 1}
        layouts.append(replica.rules.layout(replica, draft.model, **shards))
    return layouts


def _tokens(replica: Replica, layouts: list[KvLayout], kv_cache: int, request: int) -> int:
    if not request:
        return replica.sequences * replica.max_model_len
    if not all(layout.linear for layout in layouts):
        return int(kv_cache / request * replica.max_model_len)
    page = max(layout.page for layout in layouts)
    return kv_cache // (page * sum(layout.full for layout in layouts)) * page
