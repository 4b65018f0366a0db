"""Where images come from."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from slipway.checks.settings import Settings

REGISTRIES = ("docker.io/", "nvcr.io/")
"""Of what Slipway itself runs beside the servers."""


def own_registries(servers: Iterable[Settings]) -> list[str]:
    """Return what the images begin with that a person names for servers, whatever key holds them."""
    named = {image for server in servers for image in _images(server.model_dump())}
    return sorted({f"{image.rpartition('/')[0]}/" for image in named})


def _images(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            if key == "image" and isinstance(item, str):
                yield item
            else:
                yield from _images(item)
