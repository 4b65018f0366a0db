"""The keys that a block of a stack file may have, and what is known of each value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from slipway.reading.examples import choices

KEY = "[key]"
"""What pydantic puts behind a name in a mapping that is wrong itself."""


def fields_at(model: type[BaseModel], location: Iterable[str | int]) -> Mapping[str, FieldInfo]:
    """Return the keys of the block at a location of a pydantic error, each with what its model says of it."""
    return _fields_at(model, tuple(location))


@lru_cache(maxsize=4096)
def _fields_at(model: type[BaseModel], location: tuple[str | int, ...]) -> Mapping[str, FieldInfo]:
    blocks = (member for place in places_at(model, location) for member in _members(place.annotation))
    return {
        info.alias or name: info for block in blocks if _is_model(block) for name, info in block.model_fields.items()
    }


def places_at(model: type[BaseModel], location: Iterable[str | int]) -> list[FieldInfo]:
    """Return what is known of the value at a location: one for each member of a union that may be meant."""
    return [*_places_at(model, tuple(location))]


@lru_cache(maxsize=4096)
def _places_at(model: type[BaseModel], location: tuple[str | int, ...]) -> Sequence[FieldInfo]:
    places = [FieldInfo.from_annotation(model)]
    for index, part in enumerate(location):
        members = [member for place in places for member in _members(place.annotation)]
        if location[index + 1 :] == (KEY,):
            return [FieldInfo.from_annotation(get_args(member)[0]) for member in members if _is_mapping(member)]
        inside = [found for member in members for found in _inside(member, part)]
        places = inside or tagged(places, part) or places
    return places


def likeliest(model: type[BaseModel], location: tuple[str | int, ...], key: str, block: Any) -> str | None:
    """Return the tag of the member of a union that has most keys of a block, of several such the one with most keys.

    None where there are no keys to go by.
    """
    tags = [str(tag) for place in places_at(model, (*location, key)) for tag in choices(place)]
    keys: set[Any] = set(cast("Mapping[Any, Any]", block)) - {key} if isinstance(block, Mapping) else set()
    fields = {tag: {*fields_at(model, (*location, tag))} for tag in tags}
    return max(tags, key=lambda tag: (len(keys & fields[tag]), len(fields[tag]))) if keys and tags else None


def _inside(member: Any, part: str | int) -> Iterator[FieldInfo]:
    """Yield what is known of a key of a model, of a name in a mapping, or of an index of a list."""
    arguments = get_args(member)
    if _is_model(member):
        yield from (info for name, info in member.model_fields.items() if part in (info.alias, name))
    elif _is_mapping(member):
        yield FieldInfo.from_annotation(arguments[1])
    elif get_origin(member) in (list, tuple) and isinstance(part, int):
        yield FieldInfo.from_annotation(arguments[0])


def _members(annotation: Any) -> Iterator[Any]:
    """Yield the types that a value may be of."""
    if get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif get_origin(annotation) is Annotated:
        yield from _members(get_args(annotation)[0])
    else:
        yield annotation


def exemplified(place: FieldInfo, value: Any) -> FieldInfo:
    """Return what is known of a value with another example of it."""
    other = copy(place)
    other.examples = [value]
    return other


def tagged(places: Iterable[FieldInfo], tag: str | int) -> list[FieldInfo]:
    """Return the members of unions that a tag picks."""
    members = (member for place in places for member in _members(place.annotation))
    return [FieldInfo.from_annotation(each) for each in members if _is_model(each) and _has_tag(each, tag)]


def is_number(place: FieldInfo) -> bool:
    """Return whether a value is to be a number, and neither true nor false."""
    members = set(_members(place.annotation))
    return bool(members & {int, float}) and bool not in members


def _is_mapping(member: Any) -> bool:
    origin = get_origin(member)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _is_model(member: Any) -> bool:
    return isinstance(member, type) and issubclass(member, BaseModel)


def _has_tag(member: type[BaseModel], part: str | int) -> bool:
    """Whether a tag picks this member of a union."""
    fields = member.model_fields.values()
    return any(get_origin(info.annotation) is Literal and part in get_args(info.annotation) for info in fields)
