"""Engine arguments in a file of the version directory, typed as far as they are known here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, cast

import yaml
from pydantic import ConfigDict, Field, JsonValue, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from slipway.checks import Finding
from slipway.checks.settings import Settings
from slipway.reading.fields import places_at
from slipway.reading.wording import Words, chosen, missing, said, unknown

Arguments = TypeVar("Arguments", bound="EngineArguments")


class EngineArguments(Settings):
    """Arguments of an engine. Strict: `"true"` is a string, and an engine takes any string for true."""

    model_config = ConfigDict(strict=True)

    extra_args: dict[str, JsonValue] = Field(default_factory=dict)
    """Arguments that are not typed here, merged last."""

    def arguments(self) -> dict[str, JsonValue]:
        """Return what the engine is told: the arguments that are set, by the engine's own names."""
        return self.model_dump(mode="json", exclude={"extra_args"}, exclude_none=True) | self.extra_args


def load_json(text: str, place: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Return the map in a JSON text, or None and what is wrong with it."""
    try:
        return _map(json.loads(text), place)
    except json.JSONDecodeError as error:
        where = f"{place}:{error.lineno}:{error.colno}"
        return None, [_syntax_finding(where, f"not JSON: {error.msg}")]


def load_yaml(text: str, place: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Return the map in a YAML text, or None and what is wrong with it."""
    try:
        return _map(yaml.safe_load(text), place)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{place}:{mark.line + 1}:{mark.column + 1}" if mark else place
        return None, [_syntax_finding(where, f"not YAML: {error.problem}")]


def _syntax_finding(where: str, message: str) -> Finding:
    return Finding("triton.arguments-syntax", where, message, "correct the file at this line and column")


def _map(loaded: Any, place: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    if isinstance(loaded, dict):
        return cast(dict[str, Any], loaded), []
    message = "it holds no map of arguments"
    return None, [Finding("triton.arguments-map", place, message, "write at least the argument model")]


def argument_findings(
    kind: type[Arguments], given: Mapping[str, Any], place: str
) -> tuple[Arguments | None, list[Finding]]:
    """Return the typed arguments, if they are valid, and what is wrong with them."""
    known = {name for name in kind.model_fields if name != "extra_args"}
    unknown = {name: value for name, value in given.items() if name not in known}
    findings = list(_unknown_findings(unknown, known, place))
    typed = {name: value for name, value in given.items() if name in known}
    try:
        return kind.model_validate({**typed, "extra_args": unknown}), findings
    except ValidationError as error:
        return None, [*findings, *invalid_findings(kind, error, place)]


def invalid_findings(kind: type[Settings], error: ValidationError, place: str) -> Iterator[Finding]:
    """Yield what is wrong with values of `kind`, by the names that the engine knows."""
    names = {field.alias or name: name for name, field in kind.model_fields.items()}
    for item in error.errors():
        parts = [names.get(str(part), str(part)) for part in item["loc"]]
        words = _words(item, parts[-1], places_at(kind, item["loc"]))
        yield Finding("triton.argument-value", f"{place}.{'.'.join(parts)}", words.message, words.remedy)


def _words(details: ErrorDetails, key: str, places: Sequence[FieldInfo]) -> Words:
    match details["type"]:
        case "missing":
            return missing(key, places)
        case "literal_error":
            return chosen(details["input"], key, places)
        case "extra_forbidden":
            return unknown(key, None, {})
        case _:
            return said(details, key, places)


def _unknown_findings(unknown: Mapping[str, Any], known: set[str], place: str) -> Iterator[Finding]:
    for name, value in unknown.items():
        if value in ("true", "false", "True", "False"):
            message = f"{value!r} is a string, and the engine takes any string for true"
            remedy = f"write {str(value).lower()} without quotes"
            yield Finding("triton.argument-quoted", f"{place}.{name}", message, remedy)
        elif close := get_close_matches(name, known, n=1, cutoff=0.85):
            message = "the engine has no such argument"
            yield Finding("triton.argument-name", f"{place}.{name}", message, f"write {close[0]}")
