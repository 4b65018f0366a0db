"""The base of every model that a person writes as YAML, and the value types they share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


def to_camel(name: str) -> str:
    """Return a field's name as people write it: `tpu_v6e` is `tpuV6e`, where pydantic would write `tpuV6E`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


class Settings(BaseModel):
    """Plain data in camelCase, frozen; an unknown key is an error.

    A field's docstring is its description in the JSON schema of the stack files.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


DnsLabel = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
"""An RFC 1123 label, as Kubernetes wants names that become part of host names."""

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
