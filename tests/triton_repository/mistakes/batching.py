"""Schedulers and instances."""

from typing import Any

from slipway.triton_repository import ModelDynamicBatching
from slipway.triton_repository.schema.policies import ModelResponseCache, ModelTransactionPolicy
from slipway.triton_repository.schema.scheduling import ModelQueuePolicy
from slipway.triton_repository.schema.sequences import ModelSequenceBatching
from tests.triton_repository.mistakes.mistake import cpu, one


def batching(**fields: Any) -> ModelDynamicBatching:
    return ModelDynamicBatching(**fields)


LATE = ModelQueuePolicy(timeout_action="DELAY", default_timeout_microseconds=5)

BATCHING = [
    one("negative", "max_batch_size", "-1 is no size", "'max_batch_size' must be non-negative", max_batch_size=-1),
    one(
        "unbatched",
        "dynamic_batching",
        "max_batch_size 0 makes no batches",
        "preferred size must be <= max batch size",
        max_batch_size=0,
        dynamic_batching=batching(preferred_batch_size=(2, 4, 8)),
    ),
    one(
        "preferred",
        "dynamic_batching.preferred_batch_size[1]",
        "16 is above max_batch_size 8",
        "preferred size must be <= max batch size",
        dynamic_batching=batching(preferred_batch_size=(4, 16)),
    ),
    one(
        "preferred_zero",
        "dynamic_batching.preferred_batch_size[0]",
        "0 is no size of a batch",
        "preferred size must be positive",
        dynamic_batching=batching(preferred_batch_size=(0,)),
    ),
    one(
        "priority",
        "dynamic_batching.default_priority_level",
        "0 is none of the levels 1 to 3",
        "default priority level must be in range [1, 3]",
        dynamic_batching=batching(priority_levels=3),
    ),
    one(
        "priority_policy",
        "dynamic_batching.priority_queue_policy.4",
        "4 is none of the 3 levels",
        "priority queue policy must have priority level in range [1, 3]",
        dynamic_batching=batching(
            priority_levels=3, default_priority_level=1, priority_queue_policy={4: ModelQueuePolicy()}
        ),
    ),
    one(
        "ordered_priorities",
        "dynamic_batching.preserve_ordering",
        "3 priority levels let requests overtake",
        "Only one priority level is allowed when 'preserve_ordering'",
        dynamic_batching=batching(priority_levels=3, default_priority_level=1, preserve_ordering=True),
    ),
    one(
        "ordered_delay",
        "dynamic_batching.default_queue_policy.timeout_action",
        "preserve_ordering is true",
        "can not have DELAY as timeout action",
        dynamic_batching=batching(preserve_ordering=True, default_queue_policy=LATE),
    ),
    one(
        "cached_decoupled",
        "response_cache.enable",
        "decoupled answers",
        "with 'decoupled' transaction policy",
        response_cache=ModelResponseCache(enable=True),
        model_transaction_policy=ModelTransactionPolicy(decoupled=True),
    ),
    one(
        "cached_sequence",
        "response_cache.enable",
        "sequence batching",
        "with sequence batching scheduler",
        response_cache=ModelResponseCache(enable=True),
        sequence_batching=ModelSequenceBatching(),
    ),
]


INSTANCES = [
    one(
        "gpu",
        "instance_group[0].kind",
        "the pod has no GPU",
        "no GPUs are available",
        instance_group=cpu(kind="KIND_GPU"),
    ),
    one(
        "cpu_index",
        "instance_group[0].gpus",
        "KIND_CPU has no GPUs",
        "has kind KIND_CPU but specifies one or more GPUs",
        instance_group=cpu(gpus=(0,)),
    ),
    one(
        "model_index",
        "instance_group[0].gpus",
        "KIND_MODEL has no GPUs",
        "has kind KIND_MODEL but specifies one or more GPUs",
        instance_group=cpu(kind="KIND_MODEL", gpus=(0,)),
    ),
    one(
        "auto_index",
        "instance_group[0].gpus",
        "the pod has no GPU 0; it has none",
        "but specifies one or more GPUs",
        instance_group=cpu(kind="KIND_AUTO", gpus=(0,)),
    ),
    one(
        "profile",
        "instance_group[0].profile",
        "only TensorRT",
        "only supported for",
        instance_group=cpu(profile=("0",)),
    ),
]
