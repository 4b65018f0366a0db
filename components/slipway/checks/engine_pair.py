"""Whether two TensorRT engines, of a model and of its draft, fit one GPU together.

Each takes a share of the memory that is free when it has been loaded, for its KV cache. Triton loads both at once and
in no order, so both orders have to leave room, and the shares may not add up to more than everything.
"""

from dataclasses import dataclass, replace

from slipway.catalog.units import GIB
from slipway.checks import Finding
from slipway.checks.fit import Fit, Memory, Replica, fit
from slipway.checks.fit.judgement import gib


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePair:
    """Two engines on one GPU.

    Attributes:
        target: the served model's engine, alone on the GPU.
        draft: the draft's engine, alone on the GPU.
    """

    target: Replica
    draft: Replica

    @property
    def target_last(self) -> Memory:
        """The target's memory where the draft has taken its share before."""
        return _after(self.draft, self.target)

    @property
    def draft_last(self) -> Memory:
        """The draft's memory where the target has taken its share before."""
        return _after(self.target, self.draft)


def pair_fit(pair: EnginePair, path: str) -> Fit:
    """Judge both engines; the memory is the target's in the order that leaves it less.

    Args:
        pair: the engines.
        path: where the server is in the stack file; findings name keys below it.
    """
    alone, keys = fit(pair.target, path), (f"{path}.tensorParallel", f"{path}.maxModelLen")
    findings = [
        *(finding for finding in alone.findings if finding.path in keys),
        *_share_findings(pair, f"{path}.route.kvCacheShares"),
        *_room(pair.target, pair.draft, pair.target_last, f"{path}.route.kvCacheShares.draft"),
        *_room(pair.draft, pair.target, pair.draft_last, f"{path}.route.kvCacheShares.target"),
    ]
    use = replace(pair.target_last, chip=pair.target.memory)
    return replace(alone, memory=use, findings=tuple(findings), refusal=None, changes=())


def _after(first: Replica, second: Replica) -> Memory:
    """Return the memory of the engine that is loaded second; `chip` is what the first has left."""
    left = first.memory - fit(first, "").memory.usable
    return fit(replace(second, memory_gib=max(left, 1) / GIB), "").memory


def _share_findings(pair: EnginePair, path: str) -> list[Finding]:
    shares = pair.target.memory_utilization, pair.draft.memory_utilization
    if sum(shares) <= 1:
        return []
    message = (
        f"{shares[0]:g} for the target and {shares[1]:g} for the draft are {sum(shares):g} of the free memory: Triton "
        "loads both at once, and each measures before the other has taken its share"
    )
    return [Finding("fit.engine-shares", path, message, "write shares that add up to 1 at most")]


def _room(last: Replica, first: Replica, use: Memory, path: str) -> list[Finding]:
    """Judge the engine that is loaded last; `path` is the share of the other one."""
    if use.fits:
        return []
    taken = fit(first, "").memory
    short = "are missing" if use.kv_cache < 0 else "are left for its KV cache"
    message = (
        f"{last.model.name} does not fit beside {first.model.name}: of {first.memory_gib:.2f} GiB the latter takes "
        f"{gib(taken.usable)}, {gib(taken.kv_cache)} of it for its KV cache; {gib(use.fixed)} are weights and "
        f"overheads, {gib(abs(use.kv_cache))} {short}, and one request of {last.max_model_len} tokens takes "
        f"{gib(use.request)}"
    )
    return [Finding("fit.engine-pair", path, message, "lower this share, shorten maxModelLen or use a smaller draft")]
