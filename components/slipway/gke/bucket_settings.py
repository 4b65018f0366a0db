"""What a person decides about the bucket of a GKE cluster. Plain data: importing it loads no cloud SDK."""

from typing import Annotated

from pydantic import Field, Tag

from slipway.checks.settings import Settings, there_or_new


class NewBucketArgs(Settings):
    """A bucket of the stack's own."""

    soft_delete_days: int = Field(default=7, ge=7, le=90)
    """Days for which a deleted object can be brought back."""
    keep_on_destroy: bool
    """Whether `pulumi destroy` leaves the bucket in the project, with everything in it."""


class ExistingBucketArgs(Settings):
    """A bucket that exists already; the servers' account is let in, and nothing else of it is changed."""

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$", examples=["our-models"])
    """Its name."""
    read_only: bool = False
    """Whether pods only read it: the files of each model lie beneath the model's name, `<bucket>/Qwen/Qwen3-32B/`, and
    nothing is downloaded. Otherwise it is used as one of the stack's own, and other stacks may use it, too."""


BucketArgs = Annotated[
    Annotated[NewBucketArgs, Tag("new")] | Annotated[ExistingBucketArgs, Tag("there")], there_or_new("bucket")
]
"""The bucket that holds model weights and compiled programs."""
