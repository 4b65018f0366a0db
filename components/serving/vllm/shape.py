"""What the objects of a vLLM server say beside every server's. Plain data: importing it loads no cloud SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.serving.shape import Shape


@dataclass(frozen=True, slots=True)
class Streamed:
    """Weights that are read from S3 as a replica starts, and kept on no disk.

    Attributes:
        uri: the prefix beneath which the files of the model are, `s3://bucket/prefix`.
        buffer_gib: main memory that each worker streams through, GiB.
    """

    uri: str
    buffer_gib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmShape(Shape):
    """What the objects of a vLLM server say.

    Attributes:
        image: its name on Docker Hub.
        own_image: what a person names in its place.
        tag: of the image, or what else tells it from others; part of the compile cache's path, since another version
            compiles anew.
        cache_variable: the environment variable that names the folder of compiled programs.
        chip_environment: what the library of the chips reads, by variable.
        streamed: where the weights are read from, if not from the site's storage.
    """

    image: str
    tag: str
    cache_variable: str
    chip_environment: Mapping[str, str] = field(default_factory=dict[str, str])
    own_image: str | None = None
    streamed: Streamed | None = None
