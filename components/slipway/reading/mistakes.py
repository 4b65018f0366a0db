"""One mistake in a stack file, with its place and what is known of it: what is said of it, and how it is mended."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from slipway.checks import Finding
from slipway.reading.fields import KEY, exemplified, fields_at, likeliest, places_at
from slipway.reading.mending import Path, at, mend
from slipway.reading.wording import chosen, missing, said, unknown

Examples = Mapping[tuple[str, ...], Any]
"""Values by path, in which `*` stands for any key."""


@dataclass(frozen=True, slots=True)
class Mistake:
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
    def of(
        cls, model: type[BaseModel], data: Mapping[str, Any], details: ErrorDetails, examples: Examples
    ) -> "Mistake":
        """Return what is known of an error of pydantic."""
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
            # A key that nobody needs is meant only by one that is nearly the same.
            needed = [name for name, field in fields.items() if field.is_required()]
            close = difflib.get_close_matches(str(path[-1]), fields, 1, cutoff=0.8)
            close += difflib.get_close_matches(str(path[-1]), needed, 1)
            block = at(data, path[:-1])
            if close and isinstance(block, dict) and close[0] not in block:
                renamed = (*path[:-1], close[0])
        places = places_at(model, location)
        own = (value for pattern, value in examples.items() if _like(path, pattern) and KEY not in location)
        places = [exemplified(place, value) for value in own for place in places] or places
        return cls(path, details, fields, places, renamed, tagged)

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


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as a person writes it: `servers.llama.extraArgs.0`."""
    return ".".join(map(str, path))


def _like(path: Path, pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(part in ("*", key) for part, key in zip(pattern, path, strict=True))


def _path_in_file(location: Iterable[str | int], data: Any) -> Path:
    """Return a location without the tags that pydantic puts in for the member of a union that it chose."""
    parts = [part for part in location if part != KEY]
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
