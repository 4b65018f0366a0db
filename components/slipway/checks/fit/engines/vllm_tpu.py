"""vLLM on TPUs (vllm-project/tpu-inference@b8692ff01f).

It measures nothing before it sizes the cache: compiled programs and their scratch live in what the utilisation leaves
out of a chip. Whether it frees what lies before a window depends on its version, and is not relied on.
"""

from math import ceil
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from typing_extensions import override

from slipway.catalog.architecture import Model
from slipway.catalog.kv_cache import kv_values_per_layer
from slipway.catalog.units import GIB
from slipway.checks import Finding
from slipway.checks.fit.engines.engine import EngineMemory
from slipway.checks.fit.engines.images import whole_item_findings
from slipway.checks.fit.kv_layout import up

if TYPE_CHECKING:
    from slipway.checks.fit.memory import Memory
    from slipway.checks.fit.replica import Replica

LANES = 128
"""Kernels keep each head in whole rows of this many values; head dimension 64 has a kernel without padding in newer
versions, which is not relied on."""
PACKED_BITS = 32
"""Kernels keep as many heads side by side as fill this many bits."""
BLOCK_TABLE_ENTRIES = 131072
"""Entries of the block table that fit half of a core's 1 MiB of scalar memory, at 4 bytes each."""
PROGRAM_GIB = 0.6
"""XLA programs and scratch need what the utilisation leaves out of a chip. Text models run with 0.6 GiB of v6e
(AI-Hypercomputer/tpu-recipes, 0.98), and so does Qwen2.5-VL-7B (tests/e2e/benchmarking/mm_bench_recipe.sh); with less,
loading programs fails ("Attempting to allocate")."""


class Reported(NamedTuple):
    """A failure that was published, though the memory that is counted here is there.

    Attributes:
        models: which models, by parts of their names.
        chips_gib: of chips with memory between these.
        above: of utilisations above this.
        words: what was said.
        source: where, at vllm-project/tpu-inference@b8692ff01f.
    """

    models: tuple[str, ...]
    chips_gib: tuple[float, float]
    above: float
    words: str
    source: str


V6E_GIB = (0.0, 40.0)
V7X_GIB = (90.0, 200.0)

REPORTED = (
    Reported(
        ("gpt-oss-120b", "gemma-4-26B"),
        V6E_GIB,
        0,
        "its support matrix says of eight v6e chips that they have not enough memory for it",
        "tpu-inference, support_matrices/release/v6e/default/model_support_matrix.csv",
    ),
    Reported(
        ("gemma-4-31B", "gemma-4-26B"),
        V7X_GIB,
        0.93,
        "its programs take 6 GiB and more of 95: with 0.98 and 0.95 they failed to load on v7x, with 0.90 they work",
        "tpu-inference, .buildkite/models/google_gemma-4-31B-it.yml",
    ),
)


class VllmTpu(EngineMemory):
    """vLLM on TPUs."""

    title: ClassVar[str] = "vLLM on TPUs"
    whole_blocks: ClassVar[bool] = False
    tokens: ClassVar[int] = 2048
    # tpu_inference/layers/vllm/quantization/__init__.py: all but awq, compressed-tensors, fp8 and two FP4 formats.
    unread: ClassVar[frozenset[str]] = frozenset({"bitsandbytes", "fbgemm_fp8", "gptq", "modelopt"})

    @override
    def page(self, replica: "Replica") -> int:
        """As tpu-inference chooses it; the block table of all requests has to fit its memory."""
        length = replica.max_model_len
        page = 16 if length > 8192 else min(max(_power_of_two(length) // 16, 16), 256)
        return max(page, _power_of_two(ceil(length * replica.sequences / BLOCK_TABLE_ENTRIES)))

    @override
    def activations(self, replica: "Replica") -> int:
        return 0

    @override
    def runtime(self, replica: "Replica") -> int:
        return 0

    @override
    def layer_bytes(self, model: Model, kv_heads: int, head_dim: int, chips: int, value_bytes: int) -> int:
        if model.latent is not None:
            return up(kv_values_per_layer(model), LANES) * value_bytes
        packed = PACKED_BITS // (8 * value_bytes)
        return up(2 * ceil(kv_heads / chips), packed) * up(head_dim, LANES) * value_bytes

    @override
    def findings(self, path: str, replica: "Replica", use: "Memory") -> list[Finding]:
        return [*whole_item_findings(path, replica), *_programs(path, replica, use), *_reported(path, replica)]


def _programs(path: str, replica: "Replica", use: "Memory") -> list[Finding]:
    left = (use.chip - use.usable) / GIB
    if left >= PROGRAM_GIB:
        return []
    message = (
        f"{replica.memory_utilization} leaves {left:.2f} GiB of a chip to XLA programs and scratch, which need "
        f"{PROGRAM_GIB} GiB"
    )
    return [
        Finding("fit.tpu-programs", f"{path}.memoryUtilization", message, f"use at most {_share(replica, PROGRAM_GIB)}")
    ]


def _reported(path: str, replica: "Replica") -> list[Finding]:
    """Warn of what failed in public where nothing here says why."""
    found, name = list[Finding](), replica.model.name.lower()
    for known in REPORTED:
        least, most = known.chips_gib
        named = any(part.lower() in name for part in known.models)
        if not named or not least <= replica.memory_gib < most or replica.memory_utilization <= known.above:
            continue
        remedy = f"use at most {known.above}" if known.above else "try it before relying on it, or use larger chips"
        key = f"{path}.{'memoryUtilization' if known.above else 'model'}"
        message = f"{replica.model.name} fits as counted, but {known.words} ({known.source})"
        found.append(Finding("fit.reported-failure", key, message, remedy, "warning"))
    return found


def _share(replica: "Replica", spared_gib: float) -> str:
    return f"{int(100 * (1 - spared_gib / replica.memory_gib)) / 100:.2f}"


def _power_of_two(value: int) -> int:
    """Return the smallest power of two that is not below `value`."""
    return 1 << (value - 1).bit_length()
