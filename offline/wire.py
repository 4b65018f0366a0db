"""How a Pulumi program's values look on the wire, read into plain data.

The wire form is a protobuf `Struct`: camelCase keys as the provider gets them, every number a double, and envelopes
that mark secrets, assets and resources (https://github.com/pulumi/pulumi/blob/master/proto/pulumi/resource.proto).
Secret values do not come out of here: one marker stands for each, and a secret map keeps its keys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from google.protobuf import struct_pb2

SECRET = "[secret]"
"""Stands for a secret value, of whatever scalar type."""

UNKNOWN = "[unknown]"
"""Stands for a value that nothing can know before the deployment."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
_RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w$-]*")


def join(path: str, key: str | int) -> str:
    """Return the property path of a child: `spec.ports[0].name`, `metadata.annotations["a.b/c"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f'{path}["{key}"]'


@dataclass(frozen=True, slots=True)
class Plain:
    """A `Struct` as plain data.

    Attributes:
        value: the data; whole numbers are ints, `SECRET` and `UNKNOWN` stand for what they say.
        secrets: property paths of what is secret, in order.
    """

    value: Mapping[str, Any]
    secrets: tuple[str, ...]


def decode(struct: struct_pb2.Struct) -> Plain:
    """Return a wire value as plain data, without its secrets."""
    reader = _Reader()
    value = {key: reader.read(child, (None, key)) for key, child in sorted(struct.fields.items())}
    return Plain(value, tuple(reader.secrets))


_Steps = tuple["_Steps | None", str | int]
"""A path as its parent and its last step: one is made for each value and hardly any is ever written out."""


@dataclass(slots=True)
class _Reader:
    secrets: list[str] = field(default_factory=list[str])

    def read(self, value: struct_pb2.Value, path: _Steps) -> Any:
        match value.WhichOneof("kind"):
            case "string_value":
                return UNKNOWN if value.string_value == _UNKNOWN_VALUE else value.string_value
            case "number_value":
                number = value.number_value
                return int(number) if number.is_integer() else number
            case "bool_value":
                return value.bool_value
            case "struct_value":
                return self._read_struct(value.struct_value, path)
            case "list_value":
                return [self.read(item, (path, index)) for index, item in enumerate(value.list_value.values)]
            case _:
                return None

    def _read_struct(self, struct: struct_pb2.Struct, path: _Steps) -> Any:
        fields = struct.fields
        if _SIGNATURE not in fields:
            # Protobuf maps have no order of their own; program order is lost before this point.
            return {key: self.read(child, (path, key)) for key, child in sorted(fields.items())}
        match fields[_SIGNATURE].string_value:
            case signature if signature == _SECRET_SIGNATURE:
                return self._mask(fields["value"], path)
            case signature if signature == _RESOURCE_SIGNATURE:
                return fields["urn"].string_value
            case _:
                kept = {key: child for key, child in fields.items() if key != _SIGNATURE and not key.startswith("__")}
                return {key: self.read(child, (path, key)) for key, child in sorted(kept.items())}

    def _mask(self, value: struct_pb2.Value, path: _Steps) -> Any:
        """Return a secret value's shape: the keys of its maps and the number of its items stay, what they hold goes."""
        if value.HasField("list_value"):
            return [self._mask(item, (path, index)) for index, item in enumerate(value.list_value.values)]
        if value.HasField("struct_value"):
            fields = value.struct_value.fields
            if _SIGNATURE not in fields:
                return {key: self._mask(child, (path, key)) for key, child in sorted(fields.items())}
            if fields[_SIGNATURE].string_value == _SECRET_SIGNATURE:
                return self._mask(fields["value"], path)
        self.secrets.append(_written(path))
        return SECRET


def _written(path: _Steps) -> str:
    parent, step = path
    return join(_written(parent) if parent else "", step)


def merge(struct: struct_pb2.Struct, more: Mapping[str, Any]) -> None:
    """Put plain data into a `Struct`, map by map; envelopes, and what `more` has not, stay."""
    for key, value in more.items():
        present = struct.fields[key].struct_value if key in struct.fields else struct_pb2.Struct()
        if _SIGNATURE in present.fields:
            continue
        if present.fields and isinstance(value, Mapping):
            merge(present, cast("Mapping[str, Any]", value))
        else:
            struct[key] = value
