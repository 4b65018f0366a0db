"""What the provider SDKs' own Python types say about a resource: its class, its inputs and its outputs.

Only SDK modules that the program has loaded are looked at, so nothing here imports a cloud SDK.
"""

import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import pulumi
from pulumi import _types  # pyright: ignore[reportPrivateUsage] -- the one reader of `@pulumi.input_type` classes

_CLASSES: dict[str, type[pulumi.CustomResource]] = {}


def resource_class(token: str) -> type[pulumi.CustomResource] | None:
    """Return the class that registers this type token; None where no loaded SDK has one."""
    if token not in _CLASSES:
        _CLASSES.update(
            (kind.__dict__["pulumi_type"], kind)
            for kind in _subclasses(pulumi.CustomResource)
            if "pulumi_type" in kind.__dict__
        )
    return _CLASSES.get(token)


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The properties of an input type, by their names on the wire.

    Attributes:
        types: the annotation of each, without `Input` and `Optional` around it.
        required: those that have no default.
    """

    types: Mapping[str, Any]
    required: frozenset[str]


def is_input_type(annotation: object) -> bool:
    """Return whether this is a class of properties that `inputs` can read."""
    return inspect.isclass(annotation) and _types.is_input_type(annotation)


@cache
def inputs(kind: type[Any]) -> Inputs:
    """Return the properties of an `@pulumi.input_type` class."""
    names = _types.input_type_py_to_pulumi_names(kind)
    parameters = inspect.signature(kind).parameters.values()
    required = frozenset(names[p.name] for p in parameters if p.default is inspect.Parameter.empty)
    return Inputs(_types.input_type_types(kind), required)


def python_names(kind: type[Any]) -> Mapping[str, str]:
    """Return the properties of an `@pulumi.input_type` class: by name on the wire, the name in Python."""
    return {wire: python for python, wire in _types.input_type_py_to_pulumi_names(kind).items()}


@cache
def args_class(kind: type[pulumi.CustomResource]) -> type[Any]:
    """Return the input type of a resource class.

    Raises:
        LookupError: the SDK names it in a way not known here.
    """
    module = vars(sys.modules[kind.__module__])
    # The Kubernetes SDK says `InitArgs` where a nested type has the plain name.
    for suffix in ("InitArgs", "Args"):
        if is_input_type(args := module.get(kind.__name__ + suffix)):
            return cast("type[Any]", args)
    raise LookupError(f"{kind.__module__} has no input type for {kind.__name__}")


@cache
def computed_strings(kind: type[pulumi.CustomResource]) -> tuple[str, ...]:
    """Return the string outputs that no input of the same name sets, by their names on the wire."""
    given = inputs(args_class(kind)).types
    outputs = _types.resource_types(kind)
    return tuple(name for name, annotation in outputs.items() if annotation is str and name not in given)
