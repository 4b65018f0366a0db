"""Variables and images that a person gives to a server. Plain data: importing it loads no cloud SDK."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Discriminator, Field, Tag

from slipway.checks.settings import ObjectName, SecretKey, Settings


class SecretValue(Settings):
    """A value that is in a Kubernetes Secret of the serving namespace, which somebody else makes; pods wait for it."""

    secret: ObjectName
    """Name of the Secret."""
    key: SecretKey
    """Key of the Secret that holds the value."""


def _text(value: Any) -> Any:
    if not isinstance(value, str | Mapping | SecretValue):
        value = json.dumps(value, default=str)
        msg = f"a variable is text, so write it in quotes, '{value}', or name a Secret, {{secret: ours, key: value}}"
        raise ValueError(msg)
    return cast(Any, value)


def _kind(value: Any) -> str:
    return "text" if isinstance(value, str) else "reference"


Value = Annotated[
    Annotated[str, Tag("text")] | Annotated[SecretValue, Tag("reference")],
    Discriminator(_kind),
    BeforeValidator(_text),
]

Environment = Mapping[
    Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=253, examples=["OURS"])], Value
]
"""Variables by name: text, or where a Kubernetes Secret has it. Those that Slipway sets or judges are refused."""

PinnedImage = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+(:[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$",
        examples=["registry.example.com/vllm:v0.27.0-ours"],
    ),
]
"""An image with a tag that has a number in it, or with a digest: `latest` is another one tomorrow."""


class Further(Settings):
    """What a person gives to a server beside its own keys."""

    env: Environment = Field(default_factory=dict[str, str | SecretValue])
    """Further variables of its containers, such as `HF_HUB_DISABLE_XET: "1"`; `{secret: ours, key: value}` takes one
    from a Kubernetes Secret. Those that undo what a key says are refused."""


def plain(environment: Environment) -> Mapping[str, str | None]:
    """Return the values by name; None for one that is in a Secret."""
    return {name: value if isinstance(value, str) else None for name, value in environment.items()}
