"""Whether what is known of an engine holds for an image that a stack file names in place of the pinned one."""

import re
from collections.abc import Iterator

from slipway.catalog.engines import release
from slipway.checks import Finding

_VERSION = re.compile(r":v?(\d+\.\d+[^@/]*)")


def stated_version(image: str) -> str | None:
    """Return the version in an image's tag; None where its tag begins with none."""
    found = _VERSION.search(image)
    return found[1] if found else None


def image_findings(path: str, image: str, engine: str, pinned: str) -> Iterator[Finding]:
    """Say that series, flags and memory are judged as those of the pinned version, if the image's is another.

    Args:
        engine: its name: `vLLM`.
        pinned: the version whose facts are known.
    """
    stated = stated_version(image)
    if stated and release(stated) == release(pinned):
        return
    what = f"is {engine} {stated}" if stated else f"does not say which {engine} it is"
    known = pinned.removeprefix("v")
    message = f"{image} {what}, and its memory, flags and series are judged as those of {known}"
    yield Finding(
        "arguments.image", path, message, f"read its log before it serves, or name an image of {known}", "warning"
    )
