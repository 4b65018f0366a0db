"""What an engine takes of its host, in a form that is the same for every engine that reads a model from storage."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from slipway.catalog.architecture import Model
from slipway.catalog.footprint import download_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineHost:
    """An engine on one kind of chip.

    Attributes:
        image: its name on Docker Hub.
        tag: the pinned one.
        image_gib: disk that the unpacked image takes, GiB.
        memory_gib: main memory of the server and its workers, beside files that the kernel keeps, GiB.
        shared_memory_gib: size of `/dev/shm`, GiB.
        cache_variable: names the folder of compiled programs.
        load_seconds: from files at hand until a replica answers, with nothing compiled.
        environment: what the library of the chips reads, by variable.
    """

    image: str
    tag: str
    image_gib: int
    memory_gib: int
    shared_memory_gib: int
    cache_variable: str
    load_seconds: int
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def cold_start_seconds(self, model: Model) -> int:
        """Return the time until a replica answers that has neither weights nor compiled programs at hand."""
        return download_seconds(model) + self.load_seconds
