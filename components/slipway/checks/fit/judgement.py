"""Whether a replica fits the memory of its chips, with the numbers and the way out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slipway.catalog.units import GIB
from slipway.checks import Finding, errors
from slipway.checks.fit.engines import Band
from slipway.checks.fit.limits import limit_findings
from slipway.checks.fit.memory import Memory, memory
from slipway.checks.fit.remedies import Change, remedies
from slipway.checks.fit.replica import Replica
from slipway.checks.fit.sharding import sharding_findings

TIGHT_REQUESTS = 2
TIGHT_SHARE = 0.05
"""A replica is tight if it holds fewer requests of full length than this, or less than this share of its memory to
spare: activations and graphs are estimates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The answer: where the memory goes, and what is wrong.

    Attributes:
        replica: what was judged.
        memory: the use of the fullest chip's memory.
        findings: what keeps the replica from starting (errors) or leaves it little room (warnings).
        refusal: that of the findings which says that it does not fit; its remedies are the words of `changes`.
        changes: each of them alone would make it fit, the least intrusive first.
    """

    replica: Replica
    memory: Memory
    findings: tuple[Finding, ...]
    refusal: Finding | None = None
    changes: tuple[Change, ...] = ()

    @property
    def band(self) -> Band | None:
        """How far such estimates were from measured ones; None if they were never measured on such chips."""
        return self.replica.rules.band(self.replica)

    @property
    def ok(self) -> bool:
        """Whether nothing keeps the replica from starting."""
        return not errors(self.findings)


def fit(replica: Replica, path: str) -> Fit:
    """Judge one replica.

    Args:
        replica: the model, its chips and the engine's limits.
        path: where the server's engine settings are in the stack file; findings name keys below it.

    Raises:
        ValueError: a quantity of the replica that must be positive is not, a share is not between 0 and 1, or adapters
            are asked for where their memory is not known.
    """
    _require_sane(replica)
    use = memory(replica)
    changes = () if use.fits else tuple(remedies(replica))
    refusal = None if use.fits else _refusal(path, replica, use, changes)
    findings = (
        *_format_findings(path, replica),
        *sharding_findings(path, replica),
        *limit_findings(path, replica),
        *((refusal,) if refusal else _tight_findings(path, replica, use)),
        *replica.rules.findings(path, replica, use),
    )
    return Fit(replica=replica, memory=use, findings=findings, refusal=refusal, changes=changes)


def _require_sane(replica: Replica) -> None:
    counts = {
        "memory_gib": replica.memory_gib,
        "chips": replica.chips,
        "max_model_len": replica.max_model_len,
        "sequences": replica.sequences,
        "batched_tokens": replica.batched_tokens,
        "tensor_parallel": replica.tensor_parallel,
        "pipeline_parallel": replica.pipeline_parallel,
        "instances": replica.instances,
    }
    if (adapters := replica.adapters) is not None:
        if not replica.rules.counts_adapters:
            raise ValueError(f"adapters on {replica.engine}: their memory is known for vLLM on GPUs only")
        counts |= {"adapters.slots": adapters.slots, "adapters.rank": adapters.rank}
    for name, value in counts.items():
        if value <= 0:
            raise ValueError(f"{name} is {value}; it must be positive")
    if not 0 < replica.memory_utilization <= 1:
        raise ValueError(f"memory_utilization is {replica.memory_utilization}; it must be above 0 and at most 1")


def _format_findings(path: str, replica: Replica) -> list[Finding]:
    """Say that the engine loads no checkpoints that are quantised like the model's."""
    way, engine = replica.model.quantised_by, replica.rules.title
    if replica.weight_dtype or way not in replica.rules.unread:
        return []
    message = f"{replica.model.name} is quantised by {way}, and {engine} loads no such checkpoint"
    remedy = "use the checkpoint in 16 bits, or one that is quantised by compressed-tensors"
    return [Finding("fit.quantisation-method", f"{path}.model", message, remedy)]


def _refusal(path: str, replica: Replica, use: Memory, changes: Sequence[Change]) -> Finding:
    message = f"{replica.model.name} does not fit: {_numbers(replica, use)}"
    return Finding("fit.memory", path, message, any_of(change.words for change in changes))


def any_of(ways: Iterable[str]) -> str:
    """Return the remedy that offers these ways out."""
    return f"any of these fits: {'; '.join(ways)}"


def _tight_findings(path: str, replica: Replica, use: Memory) -> list[Finding]:
    spare = use.kv_cache - use.needed_requests * use.request
    few = use.requests < TIGHT_REQUESTS * use.needed_requests and _batches(replica)
    if few or spare < TIGHT_SHARE * use.chip:
        remedy = "measure before relying on it, or shorten maxModelLen, use FP8 or more chips"
        message = f"{replica.model.name} fits with little to spare: {_numbers(replica, use)}"
        return [Finding("fit.tight", path, message, remedy, "warning")]
    return []


def _batches(replica: Replica) -> bool:
    """Whether the engine shares one cache between requests that come and go."""
    return not replica.rules.copies and replica.sequences > 1


def _numbers(replica: Replica, use: Memory) -> str:
    """Return one line with every part of one chip's memory, the largest parts by name."""
    parts = {
        "weights": use.weights,
        "draft": use.draft_weights,
        "adapters": use.adapters,
        "activations": use.activations,
        "runtime": use.runtime,
    }
    taken = ", ".join(f"{name} {gib(size)}" for name, size in parts.items() if size)
    room = f"{gib(use.kv_cache)} left" if use.kv_cache > 0 else f"{gib(-use.kv_cache)} short"
    requests = "one request" if use.needed_requests == 1 else f"{use.needed_requests} requests"
    need = f"KV cache of {requests} of {replica.max_model_len} tokens {gib(use.needed_requests * use.request)}"
    band = replica.rules.band(replica)
    known = f"such estimates were {band}" if band else f"never measured with {replica.rules.title} on such chips"
    return f"of {gib(use.chip)} a chip {gib(use.usable)} may be used; {taken}; {room}, {need} ({known})"


def gib(size: int) -> str:
    """Return a size as findings say it."""
    return f"{size / GIB:.2f} GiB"
