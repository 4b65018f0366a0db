"""Holds inputs against the types of the provider's Python SDK: names, required ones, kinds of values, enumerations.

The SDK itself checks the names at the top of a resource's inputs and nothing below them.
"""

import enum
import inspect
import json
import types
import typing
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, cast

import pulumi

from offline import sdk
from offline.wire import SECRET, UNKNOWN, join


def problems(type_: str, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the SDK's types do not allow in the inputs of a resource of a type, each with its property path."""
    kind = sdk.resource_class(type_)
    if kind is None:
        yield "is of a type that no loaded SDK registers, so its inputs cannot be checked"
        return
    args = sdk.args_class(kind)
    is_provider = type_.startswith("pulumi:providers:")
    yield from _object_problems(_decoded(inputs, args) if is_provider else inputs, args, "")


def unknown_key(path: str, key: str, known: Iterable[str]) -> str:
    """Return the complaint about a key that a type does not have, with the closest one that it has."""
    close = get_close_matches(key, list(known), n=1)
    return f"{join(path, key)}: there is no such input" + (f"; did you mean {close[0]!r}?" if close else "")


def _decoded(inputs: Mapping[str, Any], args: type[Any]) -> Mapping[str, Any]:
    """Undo the encoding of a provider's inputs: all that is not a string travels as JSON."""
    annotations = sdk.inputs(args).types

    def is_encoded(key: str, value: Any) -> bool:
        return isinstance(value, str) and value not in (SECRET, UNKNOWN) and annotations.get(key, str) is not str

    return {key: json.loads(value) if is_encoded(key, value) else value for key, value in inputs.items()}


def _object_problems(value: Any, kind: type[Any], path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: got {value!r}, wanted a map of {kind.__name__}"
        return
    members = cast("Mapping[str, Any]", value)
    known = sdk.inputs(kind)
    for key, member in members.items():
        if key in known.types:
            yield from _value_problems(member, known.types[key], join(path, key))
        elif not key.startswith("__"):
            yield unknown_key(path, key, known.types)
    for key in sorted(known.required - members.keys()):
        yield f"{join(path, key)}: is required"


def _value_problems(value: Any, annotation: Any, path: str) -> Iterator[str]:
    if value is None or value in (SECRET, UNKNOWN):
        return
    alternatives = _alternatives(annotation)
    found = [list(_alternative_problems(value, alternative, path)) for alternative in alternatives]
    if len(found) == 1:
        yield from found[0]
    elif all(found):
        yield f"{path}: got {value!r}, which is none of {', '.join(map(_name, alternatives))}"


def _alternatives(annotation: Any) -> list[Any]:
    """Return the types that may stand on the wire: not `None`, not the wrappers of an `Input`, not twins as dicts."""
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return [annotation]
    return [
        member
        for member in typing.get_args(annotation)
        if (typing.get_origin(member) or member) not in (types.NoneType, pulumi.Output, Awaitable)
        and not typing.is_typeddict(member)
    ]


def _alternative_problems(value: Any, annotation: Any, path: str) -> Iterator[str]:
    origin: Any = typing.get_origin(annotation) or annotation
    arguments = typing.get_args(annotation) or (Any, Any)
    if origin is Literal:
        yield from _enum_problems(value, arguments, path)
    elif not inspect.isclass(origin):
        return
    elif issubclass(origin, enum.Enum):
        yield from _enum_problems(value, [member.value for member in origin], path)
    elif sdk.is_input_type(origin):
        yield from _object_problems(value, origin, path)
    elif origin in _SCALARS:
        if not _is_scalar(value, origin):
            yield f"{path}: got {value!r}, wanted {_SCALARS[origin]}"
    elif issubclass(origin, Sequence):
        yield from _list_problems(value, arguments[0], path)
    elif issubclass(origin, Mapping):
        yield from _map_problems(value, arguments[1], path)


def _enum_problems(value: Any, allowed: Sequence[Any], path: str) -> Iterator[str]:
    if value not in allowed:
        yield f"{path}: got {value!r}, allowed are {', '.join(map(repr, allowed))}"


def _list_problems(value: Any, annotation: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: got {value!r}, wanted a list"
        return
    for index, item in enumerate(cast("list[Any]", value)):
        yield from _value_problems(item, annotation, join(path, index))


def _map_problems(value: Any, annotation: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: got {value!r}, wanted a map"
        return
    for key, item in cast("Mapping[str, Any]", value).items():
        yield from _value_problems(item, annotation, join(path, key))


_SCALARS: Mapping[Any, str] = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


def _is_scalar(value: Any, kind: type[Any]) -> bool:
    return type(value) is kind or (kind is float and type(value) is int)


def _name(annotation: Any) -> str:
    return _SCALARS.get(annotation) or getattr(annotation, "__name__", str(annotation))
