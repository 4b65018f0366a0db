"""An SDK of one resource whose inputs have every kind of annotation that provider SDKs use."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pulumi


class Size(enum.StrEnum):
    SMALL = "small"
    LARGE = "large"


@pulumi.input_type
class PartArgs:
    weight: pulumi.Input[float] = pulumi.property("weight")
    label: pulumi.Input[str] | None = pulumi.property("label", default=None)


@pulumi.input_type
class ThingArgs:
    size: pulumi.Input[Size] | None = pulumi.property("size", default=None)
    mode: pulumi.Input[Literal["on", "off"]] | None = pulumi.property("mode", default=None)
    parts: pulumi.Input[Sequence[pulumi.Input[PartArgs]]] | None = pulumi.property("parts", default=None)
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = pulumi.property("tags", default=None)
    either: pulumi.Input[int | Sequence[pulumi.Input[int]]] | None = pulumi.property("either", default=None)


@pulumi.type_token("test:index:Thing")
class Thing(pulumi.CustomResource):
    def __init__(self, name: str, **inputs: Any) -> None:
        super().__init__("test:index:Thing", name, inputs)
