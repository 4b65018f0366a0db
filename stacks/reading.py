"""From the mapping in a stack file to settings: every mistake is found at once, each with its path and a way out.

A mistake is mended in a copy and reading goes on, so that one typo hides neither the next mistake nor what the checks
would say of the rest. The mended copy serves only to find more: a stack with a finding of these is never deployed.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from checks import Finding
from stacks.fields import fields_at
from stacks.wording import Words, keys, missing, said, shown

ModelT = TypeVar("ModelT", bound=BaseModel)
Path = tuple[str | int, ...]

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
    reading: Reading[ModelT] = Reading()
    data: dict[str, Any] = _unshared(raw)
    for _ in range(ROUNDS):
        try:
            reading.settings = model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as error:
            mistakes = [_Mistake.of(model, data, details) for details in error.errors()]
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
    """One error of pydantic, with its place in the file and the keys that this place has.

    Attributes:
        path: where it is in the file.
        fields: the keys that the enclosing block may have.
        renamed: the path that a mistyped key was meant to have.
    """

    path: Path
    details: ErrorDetails
    fields: Mapping[str, FieldInfo]
    renamed: Path | None

    @classmethod
    def of(cls, model: type[BaseModel], data: Mapping[str, Any], details: ErrorDetails) -> "_Mistake":
        path = _path_in_file(details["loc"], data)
        if details["type"].startswith("union_tag"):
            path = (*path, details.get("ctx", {})["discriminator"].strip("'"))
        location = details["loc"]
        in_list = bool(location) and isinstance(location[-1], int)
        fields = fields_at(model, location[: -2 if in_list else -1])
        renamed = None
        if details["type"] == "extra_forbidden":
            close = difflib.get_close_matches(str(path[-1]), fields, 1)
            block = _at(data, path[:-1])
            if close and isinstance(block, dict) and close[0] not in block:
                renamed = (*path[:-1], close[0])
        return cls(path, details, fields, renamed)

    @property
    def finding(self) -> Finding:
        """What is said of it."""
        kind, context, value = self.details["type"], self.details.get("ctx", {}), self.details["input"]
        key = str(self.path[-1]) if self.path else "slipway:stack"
        match kind:
            case "extra_forbidden" if self.renamed:
                words = Words("settings.key", f"{key!r} is not a key here", f"did you mean {self.renamed[-1]!r}?")
            case "extra_forbidden":
                words = Words("settings.key", f"{key!r} is not a key here", f"use one of {keys(self.fields)}")
            case "missing" | "union_tag_not_found":
                words = missing(key, self.fields.get(key))
            case "literal_error" | "union_tag_invalid":
                choices = context.get("expected") or context.get("expected_tags")
                tag = _at(value, (key,)) if kind == "union_tag_invalid" else value
                words = Words("settings.choice", f"{shown(tag)} is not a choice", f"write {choices}")
            case _:
                words = said(self.details, *self._named(key))
        return Finding(words.code, dotted(self.path) or "slipway:stack", words.message, words.remedy)

    def _named(self, key: str) -> tuple[str, FieldInfo | None]:
        """Return the key that a person looks for, of an entry of a list that of the list, and what is known of it."""
        if isinstance(self.path[-1], int) and len(self.path) > 1:
            key = str(self.path[-2])
        return key, self.fields.get(key)

    def mend(self, data: dict[str, Any], renamed: set[Path], dropped: set[Path]) -> bool:
        """Mend the mistake in the data; return whether reading can go on."""
        kind, context = self.details["type"], self.details.get("ctx", {})
        if not self.path:
            return False
        block, key = _at(data, self.path[:-1]), self.path[-1]
        if block is None:
            # Another mistake of the same round took the block away; what is wrong beside it shows in the next.
            return True
        if kind == "extra_forbidden":
            if self.renamed:
                block[self.renamed[-1]] = block[key]
            del block[key]
        elif kind == "missing" and self.path in renamed:
            pass
        elif kind in ("greater_than_equal", "less_than_equal"):
            block[key] = context.get("ge", context.get("le"))
        elif kind == "greater_than":
            block[key] = context["gt"] + 1
        elif kind == "less_than":
            block[key] = context["lt"] / 2
        elif kind in ("literal_error", "union_tag_invalid"):
            choices = _choices(str(context.get("expected") or context.get("expected_tags")))
            closest = difflib.get_close_matches(str(_at(block, (key,))), choices, 1) or list(choices)
            block[key] = choices[closest[0]]
        else:
            return _drop(data, self.path, dropped, missing=kind in ("missing", "union_tag_not_found"))
        return True


def _choices(expected: str) -> Mapping[str, str | int]:
    """Return the choices that pydantic lists, by how they are written: words in quotes, or whole numbers."""
    words = expected.split("'")[1::2]
    return {word: word for word in words} or {number: int(number) for number in re.findall(r"\d+", expected)}


def _drop(data: dict[str, Any], path: Path, dropped: set[Path], *, missing: bool) -> bool:
    """Leave out a value that cannot be mended, or the block that lacks it."""
    gone = path[:-1] if missing else path
    if not gone:
        return False
    block = _at(data, gone[:-1])
    if isinstance(block, dict):
        cast("dict[str | int, Any]", block).pop(gone[-1], None)
    elif isinstance(block, list) and isinstance(gone[-1], int) and gone[-1] < len(cast("list[Any]", block)):
        del block[gone[-1]]
    dropped.add(gone)
    return True


def _path_in_file(location: Iterable[str | int], data: Any) -> Path:
    """Return a location without the tags that pydantic puts in for the member of a union that it chose."""
    parts = [part for part in location if part != "[key]"]
    path: list[str | int] = []
    for index, part in enumerate(parts):
        present = isinstance(part, int) or (isinstance(data, dict) and part in data)
        if present:
            path.append(part)
            data = _at(data, (part,))
        elif index == len(parts) - 1:
            path.append(part)
    return tuple(path)


def _at(data: Any, path: Path) -> Any:
    """Return what is at a path; None where there is nothing."""
    for part in path:
        if isinstance(data, Mapping):
            data = cast("Mapping[str | int, Any]", data).get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(cast("list[Any]", data)):
            data = cast("list[Any]", data)[part]
        else:
            return None
    return data
