"""Weights of a vLLM server that no disk holds. Plain data: importing it loads no cloud SDK."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Streamed:
    """Weights that are read from a bucket as a replica starts, and kept on no disk.

    Attributes:
        uri: the prefix beneath which the files of the model are, `s3://bucket/prefix` or `gs://bucket/prefix`.
        buffer_gib: main memory that each worker streams through, GiB.
    """

    uri: str
    buffer_gib: int
