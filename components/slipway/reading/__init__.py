"""From the mapping in a stack file to settings: every mistake is found at once, each with its path and a way out.

A mistake is mended in a copy and reading goes on, so that one typo hides neither the next mistake nor what the checks
would say of the rest. The mended copy serves only to find more: a stack with a finding of these is never deployed.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from slipway.checks import Finding
from slipway.reading.fields import fields_at, is_number, likeliest, places_at
from slipway.reading.mending import Path, at, mend
from slipway.reading.wording import chosen, missing, said, unknown, wrong_type

ModelT = TypeVar("ModelT", bound=BaseModel)

ROUNDS = 100
"""Each round mends every mistake that it sees; nesting alone can hide one behind another."""


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


def read(model: type[ModelT], raw: Mapping[str, Any]) -> Reading[ModelT]:
    """Read a mapping as settings and say everything that is wrong with it."""
    data: dict[str, Any] = _unshared(raw)
    reading: Reading[ModelT] = Reading(findings=list(_truths(model, data)))
    for _ in range(ROUNDS):
        try:
            reading.settings = model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as error:
            mistakes = [_Mistake.of(model, data, details) for details in _first(error.errors())]
        else:
            break
        renamed = {mistake.renamed for mistake in mistakes if mistake.renamed}
        known = {finding.path for finding in reading.findings} | {dotted(path) for path in renamed}
        reading.findings += [
            mistake.finding
            for mistake in mistakes
            if mistake.finding.path not in known and not _follows(mistake.path, reading.dropped)
        ]
        mended = [mistake.mend(data, renamed, reading.dropped) for mistake in mistakes]
        if not all(mended):
            break
    return reading


def _unshared(value: Any) -> Any:
    """Return a copy in which nothing stands in two places, as blocks behind aliases of YAML do."""
    if isinstance(value, Mapping):
        return {key: _unshared(member) for key, member in cast("Mapping[Any, Any]", value).items()}
    return [_unshared(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as a person writes it: `servers.llama.extraArgs.0`."""
    return ".".join(map(str, path))


def _follows(path: Path, dropped: set[Path]) -> bool:
    """Whether a mistake at this path may only be there because a block was left out of it."""
    return any(gone[: len(path)] == path for gone in dropped)


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One error of pydantic, with its place in the file and what is known of it.

    Attributes:
        path: where it is in the file.
        fields: the keys that the enclosing block may have.
        places: what is known of the value, of an entry of a list that of the list.
        renamed: the path that a mistyped key was meant to have.
        tag: of a union whose tag is missing or none of its own, that of the member that has most of the block's keys.
    """

    path: Path
    details: ErrorDetails
    fields: Mapping[str, FieldInfo]
    places: Sequence[FieldInfo]
    renamed: Path | None
    tag: str | None

    @classmethod
    def of(cls, model: type[BaseModel], data: Mapping[str, Any], details: ErrorDetails) -> "_Mistake":
        path, location = _path_in_file(details["loc"], data), details["loc"]
        tagged = None
        if details["type"].startswith("union_tag"):
            tag = details.get("ctx", {})["discriminator"].strip("'")
            tagged = likeliest(model, location, tag, details["input"])
            path, location = (*path, tag), (*location, tag)
        if location and isinstance(location[-1], int):
            location = location[:-1]
        fields = fields_at(model, location[:-1])
        renamed = None
        if details["type"] == "extra_forbidden":
            close = difflib.get_close_matches(str(path[-1]), fields, 1)
            block = at(data, path[:-1])
            if close and isinstance(block, dict) and close[0] not in block:
                renamed = (*path[:-1], close[0])
        return cls(path, details, fields, places_at(model, location), renamed, tagged)

    @property
    def finding(self) -> Finding:
        """What is said of it."""
        kind, value = self.details["type"], self.details["input"]
        key = str(self.path[-1]) if self.path else "slipway:stack"
        match kind:
            case "extra_forbidden":
                words = unknown(key, str(self.renamed[-1]) if self.renamed else None, self.fields)
            case "missing" | "union_tag_not_found":
                words = missing(key, self.places, self._first)
            case "literal_error" | "union_tag_invalid":
                tag = at(value, (key,)) if kind == "union_tag_invalid" else value
                words = chosen(tag, self._named(key), self.places, self._first)
            case _:
                words = said(self.details, self._named(key), self.places)
        return Finding(words.code, dotted(self.path) or "slipway:stack", words.message, words.remedy)

    @property
    def _first(self) -> Sequence[str]:
        return [self.tag] if self.tag else []

    def _named(self, key: str) -> str:
        """Return the key that a person looks for, of an entry of a list that of the list."""
        return str(self.path[-2]) if len(self.path) > 1 and isinstance(self.path[-1], int) else key

    def mend(self, data: dict[str, Any], renamed: set[Path], dropped: set[Path]) -> bool:
        """Mend the mistake in the data; return whether reading can go on."""
        if not self.path:
            return False
        if self.details["type"] == "missing" and self.path in renamed:
            return True
        block = at(data, self.path[:-1])
        if self.details["type"] == "union_tag_not_found" and self.tag and isinstance(block, dict):
            block[self.path[-1]] = self.tag
            return True
        if self.details["type"] != "extra_forbidden" or block is None:
            return mend(data, self.path, self.details, dropped, likeliest=self.tag)
        if self.renamed:
            block[self.renamed[-1]] = block[self.path[-1]]
        del block[self.path[-1]]
        return True


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


def _path_in_file(location: Iterable[str | int], data: Any) -> Path:
    """Return a location without the tags that pydantic puts in for the member of a union that it chose."""
    parts = [part for part in location if part != "[key]"]
    path: list[str | int] = []
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        # A tag may be called as a key is whose value has nothing below it.
        inside = isinstance(data, dict) and part in data and (last or isinstance(data[part], dict | list))
        present = isinstance(part, int) or inside
        if present:
            path.append(part)
            data = at(data, (part,))
        elif last:
            path.append(part)
    return tuple(path)
