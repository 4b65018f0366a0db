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


PROGRAMS = {
    "vllm": "vLLM",
    "vllm-openai": "vLLM",
    "vllm-tpu": "vLLM",
    "sglang": "SGLang",
    "tritonserver": "Triton",
    "tensorrt-llm": "TensorRT-LLM",
    "nim": "NIM",
    "text-generation-inference": "Text Generation Inference",
    "ollama": "Ollama",
}
"""What runs in an image, by a part of its repository that says so."""


CHIPS = {"vllm-openai": "gpu", "vllm-tpu": "tpu"}
"""Kinds of chips that vLLM's own images are built for, by the last part of their names."""


def chip_findings(path: str, image: str, kind: str) -> list[Finding]:
    """Say that an image of vLLM is built for another kind of chip than a pool has."""
    built = CHIPS.get(_parts(image)[-1], kind)
    if built == kind:
        return []
    message = f"{image} is built for {built.upper()}s, and the pool has {kind.upper()}s"
    right = next(name for name, other in CHIPS.items() if other == kind)
    return [Finding("arguments.program", path, message, f"name an image made of {right}")]


def _parts(image: str) -> list[str]:
    """Return the parts of an image's repository behind its registry."""
    return [part.partition(":")[0] for part in image.partition("@")[0].split("/")[1:]]


def program_findings(path: str, image: str, engine: str) -> list[Finding]:
    """Say that another program is in an image.

    Args:
        engine: what is to run in it.
    """
    program = next((PROGRAMS[part] for part in reversed(_parts(image)) if part in PROGRAMS), engine)
    if program == engine:
        return []
    message = f"{image} is of {program}, and {engine} is to run in it"
    return [Finding("arguments.program", path, message, f"name an image of {engine}")]


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
    remedy = f"read its log before it serves, or name an image of {known}"
    yield Finding("arguments.image", path, message, remedy, "warning")
