"""What all hosted components share: their type in a schema, and numbers as other languages send them."""

from typing import Any, cast

import pulumi


class Hosted(pulumi.ComponentResource):
    """A component of the library, as a child of one whose inputs and outputs a schema can describe."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(f"slipway:index:{type(self).__name__}", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)


def keys(value: dict[str, Any]) -> dict[str, Any]:
    """Return keys of a stack file with whole numbers as such: all numbers arrive as floats."""
    return cast("dict[str, Any]", _whole(value))


def _whole(value: object) -> object:
    match value:
        case dict():
            return {key: _whole(each) for key, each in cast("dict[str, object]", value).items()}
        case list():
            return [_whole(each) for each in cast("list[object]", value)]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
