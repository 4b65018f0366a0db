"""Who can reach a model server. Plain data: importing it loads no cloud SDK."""

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from slipway.checks.settings import Settings


class ClusterOnly(Settings):
    """The server has no load balancer: it is reached from namespaces of the cluster that `allowFrom` names."""

    type: Literal["cluster"] = "cluster"


class Internal(Settings):
    """A load balancer with an address of the VPC."""

    type: Literal["internal"]


SourceRanges = Annotated[list[str], Field(min_length=1, examples=[["203.0.113.0/24"]])]


Certificate = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/.+$",
        examples=["arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"],
    ),
]
"""One of AWS Certificate Manager, for a name that you let point to the load balancer."""


class _Alb(Settings):
    """An Application Load Balancer: it spreads requests, where the others spread connections."""

    idle_timeout_seconds: int = Field(default=600, ge=1, le=4000)
    """Longest silence on a connection, and so the longest time that an answer without streaming may take."""


class InternalAlb(_Alb):
    """An Application Load Balancer with addresses of the VPC."""

    type: Literal["internal-alb"]
    certificate_arn: Certificate | None = None
    """Certificate of AWS Certificate Manager, for a name that you let point to the load balancer; without one it speaks
    plain HTTP."""


class PublicAlb(_Alb):
    """An Application Load Balancer with public addresses. It speaks HTTPS alone, and passes on nothing but what
    the engine answers to those alone who show the key in `slipway:apiKey`."""

    type: Literal["public-alb"]
    certificate_arn: Certificate
    """Certificate of AWS Certificate Manager, for a name that you let point to the load balancer."""
    source_ranges: SourceRanges
    """Address ranges that may connect. `0.0.0.0/0` opens the server to everybody who has the key."""


AnyExposure = ClusterOnly | Internal | InternalAlb | PublicAlb


def _keeps_strangers_out(value: object) -> object:
    block = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else dict[str, object]()
    if block.get("type") == "public":
        msg = (
            "a Network Load Balancer passes on every path in plain text, and engines ask for the key on some alone: "
            "anybody could infer by /invocations, or /pause the engine; write 'public-alb' with a certificateArn where "
            "AWS makes load balancers, or 'internal' and put a gateway with TLS before it that passes on /v1 alone"
        )
        raise ValueError(msg)
    return cast("object", value)


Exposure = Annotated[
    Annotated[AnyExposure, Field(discriminator="type")],
    BeforeValidator(_keeps_strangers_out),
]
"""Who can reach a server; the Application Load Balancers are those of AWS, where the others are Network Load Balancers.
"""
