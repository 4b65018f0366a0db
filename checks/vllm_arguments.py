"""Whether further arguments of `vllm serve` undo what a stack file says, or change the memory that was judged."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from checks import Finding

_KEYS: Mapping[str, str] = {
    "--served-model-name": "servedModelName",
    "--tensor-parallel-size": "tensorParallel",
    "-tp": "tensorParallel",
    "--max-model-len": "maxModelLen",
    "--max-num-seqs": "maxNumSeqs",
    "--max-num-batched-tokens": "maxNumBatchedTokens",
    "--gpu-memory-utilization": "memoryUtilization",
    "--kv-cache-dtype": "kvCacheDtype",
    "--enable-lora": "lora",
    "--max-loras": "lora.maxAdapters",
    "--max-lora-rank": "lora.maxRank",
    "--lora-target-modules": "lora.targets",
    "--shutdown-timeout": "drainSeconds",
}
"""Arguments that a key of the stack file stands for."""

_STREAM_KEYS: Mapping[str, str] = {"--load-format": "weights", "--model-loader-extra-config": "weights"}
"""The same for weights that are streamed: the format says how, and its configuration in how much main memory."""

_UNJUDGED = frozenset(
    {
        "--block-size",
        "--cpu-offload-gb",
        "--data-parallel-size",
        "-dp",
        "--dtype",
        "--enforce-eager",
        "--hf-overrides",
        "--kv-cache-memory-bytes",
        "--num-gpu-blocks-override",
        "--pipeline-parallel-size",
        "-pp",
        "--quantization",
        "-q",
        "--speculative-config",
    }
)
"""Arguments that change what a chip's memory holds, and that no key stands for."""


def argument_findings(path: str, words: Sequence[str], *, streamed: bool = False) -> Iterator[Finding]:
    """Judge further arguments of a server.

    Args:
        path: where they are in the stack file.
        words: the arguments, in order.
        streamed: whether its weights are streamed from S3.
    """
    keys = {**_KEYS, **_STREAM_KEYS} if streamed else _KEYS
    for name in dict.fromkeys(_names(words)):
        if name in keys:
            message = f"{name} comes after what the stack file says of it, so what is judged is not what runs"
            yield Finding("arguments.argument", path, message, f"write {keys[name]} instead")
        elif name in _UNJUDGED:
            message = f"{name} changes what the memory of a chip holds, and whether the model fits is judged without it"
            yield Finding(
                "arguments.argument", path, message, "leave it out, or try it on one replica first", "warning"
            )


def _names(words: Sequence[str]) -> Iterator[str]:
    """Yield the names of options as vLLM's help has them; it takes underscores for dashes, too."""
    for word in words:
        for part in shlex.split(word) if " -" in word else [word]:
            if part.startswith("-"):
                yield part.partition("=")[0].replace("_", "-")
