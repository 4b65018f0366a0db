"""The base of every model that a person writes as YAML, and the value types they share."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field
from pydantic.alias_generators import to_camel


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


def there_or_new(key: str) -> Discriminator:
    """Return what tells two models of a union apart: the one with the tag `there` has this key.

    The tags are no keys of theirs: both would stand in the path of a mistake, and only the tag be left out of it.
    """

    def tag(value: Any) -> str:
        return "there" if (key in value if isinstance(value, Mapping) else hasattr(value, key)) else "new"

    return Discriminator(tag)


DnsLabel = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63, examples=["ours"])]
"""An RFC 1123 label, as Kubernetes wants names that become part of host names."""

ObjectName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", max_length=253, examples=["ours"]
    ),
]
"""An RFC 1123 subdomain: the name of a Kubernetes object, such as a Secret, that need not be one of a host."""

FilePath = Annotated[
    str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["models/my-model/config.json"])
]
"""A file or a directory of the project."""

Share = Annotated[float, Field(ge=0.001, lt=1)]
"""A share of something, of which less is none."""

SecretKey = Annotated[str, Field(pattern=r"^[-._a-zA-Z0-9]+$", max_length=253, examples=["token"])]
"""A key of a Kubernetes Secret."""

Count = Annotated[int, Field(ge=0, le=10**9)]
Positive = Annotated[int, Field(ge=1, le=10**9)]
RequestTokens = Annotated[int, Field(ge=1, le=10**9, examples=[8192])]
"""Tokens of a request, prompt and answer together."""
BatchRequests = Annotated[int, Field(ge=1, le=10**9, examples=[64])]
"""Requests that an engine runs at once."""
StepTokens = Annotated[int, Field(ge=1, le=2**20, examples=[8192])]
"""Tokens of one step of an engine: more take longer than a request waits."""
Nodes = Annotated[int, Field(ge=0, le=5000)]
"""What Kubernetes is built for at most (kubernetes.io, "Considerations for large clusters")."""
Replicas = Annotated[int, Field(ge=1, le=5000)]
Usd = Annotated[float, Field(gt=0, le=10**6)]
