"""A resource that exists in a cloud's double."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2

from offline import wire


@dataclass(slots=True, kw_only=True)
class Existing:
    """A resource that exists.

    Attributes:
        type: its type token.
        name: its name in the program that made it.
        id: its physical id.
        inputs: as last given.
        answers: outputs that are not inputs.
        objects: how many objects are in it, of a bucket.
    """

    type: str
    name: str
    id: str
    inputs: Mapping[str, Any]
    answers: dict[str, Any]
    objects: int = 0

    @property
    def outputs(self) -> dict[str, Any]:
        """What a provider says of it."""
        made = struct_pb2.Struct()
        made.update(dict(self.inputs))
        wire.merge(made, self.answers)
        return dict(wire.decode(made).value)
