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


def program_findings(path: str, image: str, engine: str) -> Iterator[Finding]:
    """Say that another program is in an image. One may be in that of Triton, whose tag then names it.

    Args:
        engine: what is to run in it.
    """
    repository, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    parts = [*image.partition("@")[0].split("/")[1:-1], repository]
    program = next((PROGRAMS[part] for part in reversed(parts) if part in PROGRAMS), engine)
    also = "trtllm" if engine == "TensorRT-LLM" else engine.lower()
    if program != engine and not (program == "Triton" and also in tag):
        message = f"{image} is of {program}, and {engine} is to run in it"
        yield Finding("arguments.program", path, message, f"name an image of {engine}")


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
