"""What a value of a key looks like: an example that the key takes, as YAML that can be pasted."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

TEXT = "text"


def example(field: FieldInfo) -> Any:
    """Return a value that a key takes: the one its model gives, or else the plainest of its type."""
    given: list[Any] = list(field.examples or ())
    return given[0] if given else _of(field.annotation, field)


def example_of(annotation: Any) -> Any:
    """Return a value of a type, with what is annotated to it."""
    return example(FieldInfo.from_annotation(annotation))


def written(value: Any) -> str:
    """Return a value as YAML in one line."""
    text: str = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True
    )
    return text.removesuffix("\n").removesuffix("\n...")


def choices(field: FieldInfo) -> tuple[Any, ...]:
    """Return the values that a key chooses from; none where it takes any."""
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def _of(annotation: Any, field: FieldInfo) -> Any:
    origin, inside = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = cast("Mapping[str, FieldInfo]", annotation.model_fields)
        said = {name: info for name, info in fields.items() if info.is_required() or len(choices(info)) == 1}
        return {info.alias or name: example(info) for name, info in said.items()}
    if origin is Literal:
        return inside[0]
    if origin in (Union, UnionType):
        return example_of(next(member for member in inside if member is not NoneType))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {example_of(inside[0]): example_of(inside[1])}
    if origin in (list, tuple):
        return [example_of(inside[0])] * max(1, int(_bound(field, "min_length") or 0))
    return _plain(annotation, field)


def _plain(annotation: Any, field: FieldInfo) -> Any:
    if annotation is bool:
        return False
    if annotation in (int, float):
        least, above, below = (_bound(field, name) for name in ("ge", "gt", "lt"))
        if annotation is float and (below is None or below > 0.5) and max(least or 0, above or 0) < 0.5:
            return 0.5
        return max(1, least or 0) if above is None else max(1, above + 1)
    return TEXT


def _bound(field: FieldInfo, name: str) -> Any:
    return next((bound for each in field.metadata if (bound := getattr(each, name, None)) is not None), None)
