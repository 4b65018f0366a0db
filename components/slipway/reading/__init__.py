"""From the mapping in a stack file to settings: every mistake is found at once, each with its path and a way out.

A mistake is mended in a copy and reading goes on, so that one typo hides neither the next mistake nor what the checks
would say of the rest. The mended copy serves only to find more: a stack with a finding of these is never deployed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from slipway.checks import Finding
from slipway.reading.fields import is_number, places_at
from slipway.reading.mending import Path
from slipway.reading.mistakes import Examples, Mistake, dotted
from slipway.reading.wording import wrong_type

__all__ = ["Examples", "Reading", "dotted", "read"]

ModelT = TypeVar("ModelT", bound=BaseModel)

ROUNDS, MOST = 100, 500
"""Each round mends every mistake that it sees; nesting alone can hide one behind another. Nobody reads more than so
many."""


@dataclass(slots=True)
class Reading(Generic[ModelT]):
    """What came of a stack file.

    Attributes:
        settings: the settings, mended where `findings` say so; none where too little is right to go on.
        dropped: paths of the blocks that could not be mended and were left out.
    """

    settings: ModelT | None = None
    findings: list[Finding] = field(default_factory=list[Finding])
    dropped: set[Path] = field(default_factory=set[Path])


def read(model: type[ModelT], raw: Mapping[str, Any], examples: Examples = MappingProxyType({})) -> Reading[ModelT]:
    """Read a mapping as settings and say everything that is wrong with it.

    Args:
        examples: values that suit this mapping, in place of the models' own.
    """
    data: dict[str, Any] = _unshared(raw)
    reading: Reading[ModelT] = Reading(findings=list(_truths(model, data)))
    for _ in range(ROUNDS):
        try:
            reading.settings = model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as error:
            found = _first(error.errors())
            mistakes = [Mistake.of(model, data, details, examples) for details in found[:MOST]]
        else:
            break
        renamed = {mistake.renamed for mistake in mistakes if mistake.renamed}
        known = {finding.path for finding in reading.findings} | {dotted(path) for path in renamed}
        reading.findings += [
            mistake.finding
            for mistake in mistakes
            if mistake.finding.path not in known and not _follows(mistake.path, reading.dropped)
        ]
        if (more := len(found) - MOST) > 0:
            message = f"has {more} mistakes beside the {MOST} that are shown"
            reading.findings.append(Finding("settings.more", "slipway:stack", message, "correct these first"))
            break
        mended = [mistake.mend(data, renamed, reading.dropped) for mistake in mistakes]
        if not all(mended):
            break
    return reading


def _unshared(value: Any) -> Any:
    """Return a copy in which nothing stands in two places, as blocks behind aliases of YAML do."""
    if isinstance(value, Mapping):
        return {key: _unshared(member) for key, member in cast("Mapping[Any, Any]", value).items()}
    return [_unshared(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def _follows(path: Path, dropped: set[Path]) -> bool:
    """Whether a mistake at this path may only be there because a block was left out of it."""
    return any(gone[: len(path)] == path for gone in dropped)


def _first(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return errors without those that follow from another: a list is short of the entries that are wrong."""
    wrong = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if not error["type"].endswith("too_short")
        or not any(len(other) > len(error["loc"]) and other[: len(error["loc"])] == error["loc"] for other in wrong)
    ]


def _truths(model: type[BaseModel], value: Any, path: Path = ()) -> Iterator[Finding]:
    """Say where true or false stands for a number: pydantic would count it as 1 or 0."""
    if isinstance(value, bool):
        places = places_at(model, path)
        if any(map(is_number, places)):
            words = wrong_type(value, "float", str(path[-1]), places)
            yield Finding(words.code, dotted(path), words.message, words.remedy)
    children = cast("Mapping[Any, Any]", value).items() if isinstance(value, Mapping) else ()
    for key, child in enumerate(cast("list[Any]", value)) if isinstance(value, list) else children:
        yield from _truths(model, child, (*path, key))
