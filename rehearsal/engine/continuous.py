"""What engines with continuous batching have in common: limits from the memory check, series, numbers for people."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from rehearsal.engine.batching import VLLM_BOUNDS, BatchingEngine
from rehearsal.engine.engine import Engine, Parameter, Shown
from rehearsal.engine.histogram import Bounds, Histogram
from rehearsal.engine.requests import Limits
from rehearsal.engine.step_time import measured, step_seconds
from slipway.catalog.engines import Quantity, Series
from slipway.catalog.machines import Chip
from slipway.checks.fit import Replica, fit

Reading = Callable[[BatchingEngine], float | Histogram]

NOTHING_ELSE: Mapping[str, Any] = {}

READINGS: Mapping[Quantity, Reading] = {
    "Waiting requests": lambda engine: engine.waiting,
    "Running requests": lambda engine: engine.running,
    "KV cache in use": lambda engine: engine.kv_cache_use,
    "Generated tokens": lambda engine: engine.generated_tokens,
    "Prompt tokens": lambda engine: engine.prompt_tokens,
    "Time to first token": lambda engine: engine.first_token,
    "Time between tokens": lambda engine: engine.inter_token,
}
"""How series are read off the model, by what they show."""


def batching_engine(
    replica: Replica,
    chip: Chip,
    *,
    served_name: str,
    port: int,
    metrics_path: str,
    health_path: str,
    live_path: str = "",
    series: Sequence[Series],
    labels: Mapping[str, str],
    load_seconds: int,
    bounds: Bounds = VLLM_BOUNDS,
    answers: Mapping[str, Any] = NOTHING_ELSE,
    chips: int | None = None,
    speed_up: float = 1.0,
    more: Sequence[Parameter] = (),
) -> Engine[BatchingEngine]:
    """Return the engine of a replica as the memory check knows it.

    Args:
        replica: model, chips and limits.
        chip: the rates of one of its chips.
        series: what its page exports; those without a reading are left out.
        bounds: those of its histograms.
        answers: what else it answers, JSON by path.
        chips: over which the command line shards it, where that is said.
        speed_up: how many tokens of an answer a step generates on average, by speculation.
        more: numbers for people beside those that all such engines have.
    """
    limits, tokens = _limits(replica, chip, speed_up)
    values = [(each, READINGS[each.shows]) for each in series if each.shows in READINGS]
    names = {each.shows: each.name for each, _ in values}
    full = limits.slots / limits.step_seconds(limits.slots)
    return Engine(
        served_name=served_name,
        port=port,
        metrics_port=port,
        metrics_path=metrics_path,
        health_path=health_path,
        live_path=live_path,
        answers=answers,
        max_tokens=replica.max_model_len,
        limits=limits,
        slots=limits.slots,
        chips=replica.tensor_parallel if chips is None else chips,
        load_seconds=load_seconds,
        start=partial(BatchingEngine, limits, bounds=bounds),
        values=values,
        labels=labels,
        shown=Shown(
            waiting=names.get("Waiting requests", ""),
            running=names.get("Running requests", ""),
            tokens=names.get("Generated tokens", ""),
            first_token=names.get("Time to first token", ""),
        ),
        parameters=(
            Parameter("requests in a batch", str(limits.slots), "the pod, or the engine's default"),
            Parameter("tokens of a step", str(limits.step_tokens), "the pod, or the engine's default"),
            Parameter(
                "KV cache",
                f"{tokens} tokens in blocks of {limits.block_tokens}",
                "slipway.checks.fit, from catalog and pod",
            ),
            Parameter(
                "throughput of a full batch",
                f"{full:.0f} tokens/s",
                f"roofline of {replica.chips} {chip.name}, fitted to {measured(chip).text}",
            ),
            Parameter("load time", f"{load_seconds} s", "rehearsal/engine/load_time.py"),
            *more,
        ),
    )


def exported(exports: Sequence[Series], version: str, options: Collection[str] = ()) -> list[Series]:
    """Return the series that a version exports with these options; without a version, those of the newest."""
    return [
        series
        for series in exports
        if (series.is_in(version) if version else not series.until)
        and (not series.needs or series.needs in options)
        and (not series.unless or series.unless not in options)
    ]


def version_of(container: Mapping[str, Any]) -> str:
    """Return the version in the tag of a container's image; empty where the tag says none."""
    found = re.search(r":v?(\d+(?:\.\d+)+)[^/]*$", container.get("image", ""))
    return found[1] if found else ""


def _limits(replica: Replica, chip: Chip, speed_up: float) -> tuple[Limits, int]:
    """Return the limits, and the tokens that the KV cache holds."""
    tokens = fit(replica, "").memory.tokens
    layout = replica.rules.layout(replica, replica.model, tensor_parallel=replica.tensor_parallel, pipeline_parallel=1)
    block = layout.page
    step = step_seconds(replica.model, chip, replica.chips)
    limits = Limits(
        slots=replica.sequences,
        step_tokens=max(replica.batched_tokens, replica.sequences),
        blocks=tokens // block,
        block_tokens=block,
        step_seconds=lambda tokens: step(tokens) / speed_up,
    )
    return limits, tokens
