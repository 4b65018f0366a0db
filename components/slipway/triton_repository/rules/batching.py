"""Dynamic batching, and what else cannot go together with a scheduler."""

from collections.abc import Iterator

from slipway.checks import Finding
from slipway.triton_repository.backends import backend_of, completed
from slipway.triton_repository.model import Model
from slipway.triton_repository.schema.model_config import ModelConfig
from slipway.triton_repository.schema.scheduling import ModelDynamicBatching


def batching_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the way the model's requests are batched."""
    config = model.config
    if config.max_batch_size < 0:
        message = f"{config.max_batch_size} is no size"
        remedy = "write 0 for no batches, or the largest batch"
        yield Finding("triton.batch-maximum", f"{place}.max_batch_size", message, remedy)
    if config.dynamic_batching:
        yield from _dynamic_findings(config.dynamic_batching, config.max_batch_size, f"{place}.dynamic_batching")
    yield from _own_batching_findings(model, place)
    yield from _cache_findings(completed(model), place)


def size_findings(sizes: tuple[int, ...], maximum: int, path: str) -> Iterator[Finding]:
    """Yield what is wrong with preferred sizes of batches."""
    for index, size in enumerate(sizes):
        if size < 1:
            message = f"{size} is no size of a batch"
            yield Finding("triton.batch-size", f"{path}[{index}]", message, "write a size of at least 1")
        elif size > maximum:
            message = f"{size} is above max_batch_size {maximum}"
            remedy = f"leave it out, or raise max_batch_size to {size}"
            yield Finding("triton.batch-above", f"{path}[{index}]", message, remedy)


def _dynamic_findings(batching: ModelDynamicBatching, maximum: int, path: str) -> Iterator[Finding]:
    if maximum == 0:
        size = max((1, *batching.preferred_batch_size))
        outcome = "Triton refuses preferred sizes" if batching.preferred_batch_size else "each request runs alone"
        message = f"it is on, but max_batch_size 0 makes no batches: {outcome}"
        remedy = f"write max_batch_size: {max(size, 2)} and dims without the batch dimension"
        yield Finding("triton.batching-alone", path, message, remedy)
    else:
        yield from size_findings(batching.preferred_batch_size, maximum, f"{path}.preferred_batch_size")
    yield from _priority_findings(batching, path)
    if not batching.preserve_ordering:
        return
    if batching.priority_levels > 1:
        message = f"true, but {batching.priority_levels} priority levels let requests overtake each other"
        yield Finding("triton.ordering-levels", f"{path}.preserve_ordering", message, "leave it out, or use one level")
    policies = {"default_queue_policy": batching.default_queue_policy}
    policies |= {f"priority_queue_policy.{level}": policy for level, policy in batching.priority_queue_policy.items()}
    for name, policy in policies.items():
        if policy and policy.timeout_action == "DELAY" and policy.default_timeout_microseconds:
            message = "DELAY lets requests overtake one that has waited too long, but preserve_ordering is true"
            remedy = "write REJECT, or leave preserve_ordering out"
            yield Finding("triton.ordering-delay", f"{path}.{name}.timeout_action", message, remedy)


def _priority_findings(batching: ModelDynamicBatching, path: str) -> Iterator[Finding]:
    levels = batching.priority_levels
    if levels and not 1 <= batching.default_priority_level <= levels:
        message = f"{batching.default_priority_level} is none of the levels 1 to {levels}"
        remedy = f"write a level from 1 to {levels}"
        yield Finding("triton.priority-default", f"{path}.default_priority_level", message, remedy)
    for level in batching.priority_queue_policy:
        if levels and not 1 <= level <= levels:
            message = f"{level} is none of the {levels} levels"
            remedy = "write a level from 1, or raise them"
            yield Finding("triton.priority-level", f"{path}.priority_queue_policy.{level}", message, remedy)


def _own_batching_findings(model: Model, place: str) -> Iterator[Finding]:
    backend = backend_of(model)
    if backend is None or not backend.batches_itself:
        return
    reason = f"the {backend.name} engine takes requests as they come and batches them itself"
    for scheduler in ("dynamic_batching", "sequence_batching"):
        if getattr(model.config, scheduler) is not None:
            yield Finding("triton.engine-scheduler", f"{place}.{scheduler}", f"it is on, but {reason}", "leave it out")
    if model.config.max_batch_size > 0:
        message = f"{model.config.max_batch_size}, but {reason}"
        yield Finding("triton.engine-batch", f"{place}.max_batch_size", message, "leave it out, which is 0")


def _cache_findings(config: ModelConfig, place: str) -> Iterator[Finding]:
    if not config.response_cache or not config.response_cache.enable:
        return
    decoupled = config.model_transaction_policy and config.model_transaction_policy.decoupled
    for reason in ["decoupled answers"] * bool(decoupled) + ["sequence batching"] * bool(config.sequence_batching):
        message = f"true, but the cache cannot keep what {reason} give"
        yield Finding("triton.response-cache", f"{place}.response_cache.enable", message, "leave response_cache out")
