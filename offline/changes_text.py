"""A comparison as lines: what is replaced first, each input old and new, and what that does."""

from collections import defaultdict
from collections.abc import Iterator

from offline.comparison import KINDS, Change, Comparison
from offline.consequences import shown
from offline.wording import COLUMNS, counted, listed

LOSS = "    ! "
"""How a line begins that nobody may overlook."""

MOST_INPUTS, MOST_CREATED, LONGEST = 12, 12, 60
"""Inputs of a resource and resources alike that are shown, and characters of a value."""


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the whole comparison."""
    if not comparison:
        yield "nothing differs from the base"
        return
    counts = [f"{len(found)} {kind}" for kind in KINDS if (found := comparison.of(kind))]
    yield f"compared with the base: {', '.join(counts) or 'figures alone'}"
    for kind in KINDS:
        if kind in ("created", "deleted"):
            yield from _names(comparison.of(kind))
        else:
            yield from _changes(comparison.of(kind))
    if comparison.rules:
        yield f"{LOSS}what looks for them finds nothing: {listed(comparison.rules, 10 * COLUMNS)}"
    yield from (f"  {name}: {before} -> {after}" for name, before, after in comparison.figures)


def is_loss(line: str) -> bool:
    """Whether a line says what nobody may overlook."""
    return line.startswith((LOSS, "  REPLACED"))


def input_lines(change: Change) -> Iterator[str]:
    """Yield the inputs that differ, old and new."""
    for each in change.inputs[:MOST_INPUTS]:
        yield f"{each.path}: {_short(shown(each.old))} -> {_short(shown(each.new))}"
    if (more := len(change.inputs) - MOST_INPUTS) > 0:
        yield f"and {counted(more, 'more input')}"


def _short(text: str) -> str:
    """Return a value on one line; of a long text its end, where versions are."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]}…{line[-LONGEST // 2 :]}"


def _changes(changes: list[Change]) -> Iterator[str]:
    drawn: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.because:
            drawn[change.because].append(change)
            continue
        kind = change.effect.kind.upper() if change.effect.kind == "replaced" else change.effect.kind
        yield f"  {kind} {change.name}"
        yield from (f"    {line}" for line in input_lines(change))
        if change.effect.words:
            yield f"{LOSS}{change.effect.words}"
    for cause, others in drawn.items():
        yield f"  REPLACED with {cause}: {listed([other.name for other in others], 2 * COLUMNS)}"
        losses = {other.effect.words: other.name for other in reversed(others) if other.effect.words}
        yield from (f"{LOSS}{name}: {words}" for words, name in reversed(losses.items()))


def _names(changes: list[Change]) -> Iterator[str]:
    for change in changes[:MOST_CREATED]:
        yield f"  {change.effect.kind} {change.name}"
        if change.effect.words:
            yield f"{LOSS}{change.effect.words}"
    for change in changes[MOST_CREATED:]:
        if change.effect.words:
            yield f"  {change.effect.kind} {change.name}"
            yield f"{LOSS}{change.effect.words}"
    if (more := len([change for change in changes[MOST_CREATED:] if not change.effect.words])) > 0:
        yield f"  and {more} more {changes[0].effect.kind}"
