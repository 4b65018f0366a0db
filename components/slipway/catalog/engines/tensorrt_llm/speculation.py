"""Speculative decoding in TensorRT-LLM: its methods, and the heads that are known.

Sources, all of NVIDIA/TensorRT-LLM: docs/source/features/speculative-decoding.md @04c8822c (methods, the models that
they need) and feature-combination-matrix.md @01edceae.
"""

from dataclasses import dataclass, replace
from typing import Literal

from slipway.catalog.architecture import Model

Method = Literal["none", "draft-target", "eagle3", "ngram", "mtp"]
"""How tokens are proposed that the served model then verifies."""

OVERLAPS = frozenset[Method]({"none", "eagle3", "mtp"})
"""Methods that run with the overlap scheduler; for the others NVIDIA's documentation turns it off. All of them run with
CUDA graphs, chunked prefill and tensor parallelism, and none with pipeline parallelism."""

MTP_MODEL_TYPES = ("deepseek_v3",)
"""Models whose checkpoints have layers that predict several tokens."""


@dataclass(frozen=True, slots=True)
class EagleHead:
    """A checkpoint of EAGLE-3: it reads the hidden states of the one model that it was trained with.

    Attributes:
        name: Hugging Face id.
        targets: that model's checkpoints, quantised copies included.
    """

    name: str
    targets: tuple[str, ...]

    def row(self, target: Model) -> Model:
        """Return its shape: one layer as wide as its target's, which published heads do not exceed.

        The layer reads an embedding beside a hidden state, a matrix joins three hidden states, and the output layer
        has at most the target's vocabulary.
        """
        width = target.hidden
        attention = width * target.head_dim * (3 * target.heads + 4 * target.kv_heads)
        layer = attention + 3 * width * target.intermediate
        return replace(
            target,
            name=self.name,
            parameters=layer + 3 * width * width + EAGLE_VOCABULARY * width,
            layers=1,
            quantisation=None,
            checkpoint_bytes=None,
            gated=False,
            source="widths of its target",
        )


EAGLE_VOCABULARY = 32000
"""Tokens that the output layer of a published EAGLE-3 head can propose."""

_LLAMA_33_70B = (
    "meta-llama/Llama-3.3-70B-Instruct",
    "nvidia/Llama-3.3-70B-Instruct-FP8",
    "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic",
)

EAGLE_HEADS = {
    head.name: head
    for head in (
        EagleHead("yuhuili/EAGLE3-LLaMA3.3-Instruct-70B", _LLAMA_33_70B),
        EagleHead("nebius/EAGLE3-Llama-3.3-70B-Instruct", _LLAMA_33_70B),
        EagleHead("yuhuili/EAGLE3-LLaMA3.1-Instruct-8B", ("meta-llama/Llama-3.1-8B-Instruct",)),
    )
}
"""Known heads by name."""
