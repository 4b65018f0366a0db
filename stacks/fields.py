"""The keys that a block of a stack file may have."""

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Models = list[type[BaseModel]]


def fields_at(model: type[BaseModel], location: Iterable[str | int]) -> Mapping[str, FieldInfo]:
    """Return the keys of the block at a location of a pydantic error, each with what its model says of it."""
    models: Models = [model]
    for part in location:
        models = _step(models, part)
    return {info.alias or name: info for candidate in models for name, info in candidate.model_fields.items()}


def _step(models: Models, part: str | int) -> Models:
    """Follow a key; a tag picks a member of a union; a name in a mapping or an index stays where it is."""
    inside = [
        found
        for model in models
        for name, info in model.model_fields.items()
        if part in (info.alias, name)
        for found in _models(info.annotation)
    ]
    tagged = [
        model
        for model in models
        if any(
            get_origin(info.annotation) is Literal and part in get_args(info.annotation)
            for info in model.model_fields.values()
        )
    ]
    return inside or tagged or models


def _models(annotation: Any) -> Models:
    """Return the models that an annotation leads to, through containers and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Annotated, Union, UnionType, dict, list):
        return [model for argument in get_args(annotation) for model in _models(argument)]
    return []
