"""The ways to serve a request, cheapest first: each is read and judged as any stack file is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import ceil, inf
from typing import Any, cast

from choose.draft import LEAST_DISK_GIB, Draft, where
from choose.request import Request
from rehearsal.engine.step_time import peak_step_seconds, step_seconds
from slipway.catalog.architecture import Model
from slipway.catalog.machines import MACHINES, Machine, Purchase, Slice, slices_of
from slipway.checks import Finding, errors
from slipway.checks.fit.memory import Memory
from slipway.reading import read
from stacks.clusters import PROVIDERS
from stacks.figures import cost_of, fits_of
from stacks.judgement import judge
from stacks.stack import Stack
from stacks.surroundings import Surroundings

MOST_HOSTS, MOST_REPLICAS = 4, 64
LEAST_SEQUENCES, MOST_SEQUENCES = 8, 256
WIDTHS = (1, 2, 4, 8)
"""Devices that a model on GPUs may be sharded over."""

GIVEN = Surroundings(
    project="my-project",
    hugging_face_token=cast("Any", "given"),
    ngc_api_key=cast("Any", "given"),
    api_key=cast("Any", "given"),
)
"""Secrets are set once there is a stack file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A draft that deploys, with what is known of it.

    Attributes:
        requests: requests of full length that a replica holds at once.
        tokens_per_second: of all replicas under the load, in requests of full length: as one measured engine attained,
            and what the chips can do.
        usd_per_hour: the whole stack with all replicas; None where a price is not known.
    """

    draft: Draft
    requests: float
    tokens_per_second: tuple[float, float]
    usd_per_hour: float | None

    @property
    def usd_per_million_tokens(self) -> tuple[float, float] | None:
        """USD for a million tokens under the load, the least and the most."""
        if self.usd_per_hour is None:
            return None
        slow, fast = self.tokens_per_second
        return self.usd_per_hour / (fast * 3600) * 1e6, self.usd_per_hour / (slow * 3600) * 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that was found.

    Attributes:
        candidates: the cheapest first, those without a price last.
        refusals: why the largest machines cannot, where there is no candidate.
    """

    candidates: Sequence[Candidate]
    refusals: Sequence[Finding] = ()


def candidates(request: Request, model: Model, name: str) -> Answer:
    """Return every way to serve a request."""
    found: list[Candidate] = []
    refused: list[Finding] = []
    for slice_ in slices_of(MACHINES.values()):
        if request.cloud in ("any", slice_.machine.provider) and slice_.hosts <= MOST_HOSTS:
            outcome = _of_slice(request, model, name, slice_)
            if isinstance(outcome, Candidate):
                found.append(outcome)
            elif outcome is not None:
                refused = [outcome]
    found.sort(key=lambda each: inf if each.usd_per_hour is None else each.usd_per_hour)
    return Answer(candidates=found, refusals=() if found else refused)


def _of_slice(request: Request, model: Model, name: str, slice_: Slice) -> Candidate | Finding | None:
    """Return the narrowest sharding that serves the request there, or why there is none."""
    if (purchase := _purchase(request, slice_.machine)) is None or (place := where(slice_, purchase)) is None:
        return None
    refusal: Finding | None = None
    for width in _widths(slice_):
        draft = Draft(
            request=request,
            name=name,
            slice=slice_,
            purchase=purchase,
            where=place,
            tensor_parallel=width,
            replicas=1,
            sequences=MOST_SEQUENCES if request.tokens_per_second else _sequences(request.requests),
        )
        outcome = _judged(draft, model)
        if isinstance(outcome, Candidate):
            return outcome
        refusal = outcome
    return refusal


def _sequences(requests: int) -> int:
    """Return the requests that a replica's engine is to take at once."""
    return min(MOST_SEQUENCES, max(LEAST_SEQUENCES, requests))


def _widths(slice_: Slice) -> Iterator[int]:
    if slice_.machine.chip.kind == "tpu":
        yield slice_.devices
    else:
        yield from (width for width in WIDTHS if width <= slice_.devices)


def _purchase(request: Request, machine: Machine) -> Purchase | None:
    """Return how such nodes are had: as asked for, or else what has to be reserved or waited for first."""
    if request.spot:
        return "spot" if "spot" in machine.purchases else None
    order: Sequence[Purchase] = ("on-demand", "reservation", "capacity-block", "flex-start")
    return next((way for way in order if way in machine.purchases), None)


def _judged(draft: Draft, model: Model) -> Candidate | Finding:
    """Return a draft with as many replicas as the load needs and the disk that they need, or what is wrong with it."""
    stack = _read(draft)
    if isinstance(stack, Finding):
        return stack
    fits = fits_of(stack, "llm")
    if not fits:
        return errors(judge(stack, GIVEN))[0]
    if wrong := errors(fits[0].findings):
        return wrong[0]
    request, memory = draft.request, fits[0].memory
    pace = partial(_tokens_per_second, model, draft, memory)
    replicas, held = ceil(request.requests / memory.requests), min(int(memory.requests) or 1, MOST_SEQUENCES)
    batch = ceil(request.requests / replicas)
    if request.tokens_per_second:
        batch = held
        replicas = max(replicas, ceil(request.tokens_per_second / pace(batch)[0]))
    if replicas > MOST_REPLICAS:
        message = f"{replicas} replicas of {draft.slice.machine.name} would be needed"
        return Finding("choose.replicas", "servers.llm", message, f"ask for what {MOST_REPLICAS} replicas hold")
    needs = stack.servers["llm"].needs(stack.place("llm"))
    on_node = max(1, draft.slice.devices // draft.tensor_parallel) if draft.slice.hosts == 1 else 1
    disk = draft.slice.machine.disk_for_gib(needs.disk_gib * on_node + needs.image_gib)
    disk_gib = max(LEAST_DISK_GIB, ceil(disk / 50) * 50)
    draft = replace(draft, replicas=replicas, disk_gib=disk_gib, sequences=_sequences(min(batch, held)))
    stack = _read(draft)
    if isinstance(stack, Finding):
        return stack
    if wrong := errors(judge(stack, GIVEN)):
        return wrong[0]
    cost = cost_of(stack, date.today())
    unknown = cost is None or any(finding.code == "cost.unknown" for finding in cost.findings)
    slow, fast = pace(min(batch, held))
    return Candidate(
        draft=draft,
        requests=memory.requests,
        tokens_per_second=(slow * replicas, fast * replicas),
        usd_per_hour=None if unknown or cost is None else cost.total.ceiling,
    )


def _tokens_per_second(model: Model, draft: Draft, memory: Memory, batch: int) -> tuple[float, float]:
    """Return what a replica generates with so many requests of full length, whose KV cache each step reads, too."""
    chip = draft.slice.machine.chip
    chips = draft.tensor_parallel // chip.devices or 1
    slow, fast = (step(model, chip, chips)(batch) for step in (step_seconds, peak_step_seconds))
    longer = 1 + batch * memory.request / chip.bandwidth * chip.devices / fast
    return batch / (slow * longer), batch / (fast * longer)


def _read(draft: Draft) -> Stack | Finding:
    reading = read(PROVIDERS[draft.slice.machine.provider], draft.stack)
    return reading.findings[0] if reading.findings or reading.settings is None else reading.settings
