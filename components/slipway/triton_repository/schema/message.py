"""What every message of the model configuration shares: its fields are those of the protobuf message, by name.

A field has the default of its protobuf type (0, "", an empty list), so a configuration reads back as it was written.
A union with None is a field whose presence counts: an empty `dynamic_batching {}` is not the same as none.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from slipway.checks.settings import Settings


@dataclass(frozen=True, slots=True)
class Scalar:
    """The protobuf type of a field, where Python's type does not tell: `int32` for an `int`."""

    name: str


def _single(value: float) -> float:
    """Return the value that single precision keeps."""
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        msg = f"{value} does not fit single precision"
        raise ValueError(msg) from None


Int32 = Annotated[int, Scalar("int32"), Field(ge=-(2**31), lt=2**31)]
Int64 = Annotated[int, Scalar("int64"), Field(ge=-(2**63), lt=2**63)]
Uint32 = Annotated[int, Scalar("uint32"), Field(ge=0, lt=2**32)]
Uint64 = Annotated[int, Scalar("uint64"), Field(ge=0, lt=2**64)]
Single = Annotated[float, Scalar("float"), AfterValidator(_single)]
Double = Annotated[float, Scalar("double")]


class Message(Settings):
    """A protobuf message as frozen data; its fields are numbered as they stand."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    one_of: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Groups of fields of which at most one may be set."""

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        for group, fields in self.one_of.items():
            given = [name for name in fields if getattr(self, name) is not None]
            if len(given) > 1:
                msg = f"{' and '.join(given)} exclude each other ({group}); keep one of them"
                raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A map whose values are plain here, and messages of one field in protobuf.

    Attributes:
        message: that message.
    """

    message: type[Message]
