"""What the memory check asks about one replica of a server."""

from dataclasses import dataclass
from typing import Literal, get_args

from slipway.catalog.architecture import Model, WeightDtype
from slipway.catalog.units import GIB
from slipway.checks.fit.engines import ENGINES, Engine, EngineMemory
from slipway.checks.fit.engines.engine import activation_bytes
from slipway.checks.fit.weights import served_dtype

KvDtype = Literal["fp8", "16-bit", "float32"]
LoraTarget = Literal[
    "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "embed_tokens", "lm_head"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A smaller model that proposes tokens to the served one, in the same memory.

    Attributes:
        weight_dtype: what its weights are served in; None keeps the checkpoint's.
        tensor_parallel: chips that it is sharded over; with 1 every chip has a copy.
    """

    model: Model
    weight_dtype: WeightDtype | None = None
    tensor_parallel: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """LoRA adapters that are on the chips at the same time; the engine loads others in their place.

    Attributes:
        slots: how many (vLLM's `--max-loras`).
        rank: the largest rank (vLLM's `--max-lora-rank`).
        targets: the layers that are adapted; vLLM makes room for all of them unless it is told the targets.
    """

    slots: int
    rank: int
    targets: tuple[LoraTarget, ...] = get_args(LoraTarget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One replica: a model on the chips of its pod or pod group.

    Attributes:
        memory_gib: memory of one chip as its driver or runtime reports it, GiB, not as it is sold.
        chips: chips that the replica gets.
        memory_utilization: share of the memory that the engine may use: of all memory for vLLM and a Triton Python
            model (1 if nothing limits it), of what weights and activations leave free for TensorRT-LLM. Two
            TensorRT-LLM engines of a share f each, one after the other, take 1 - (1 - f)**2.
        max_model_len: most tokens of a request, prompt and answer together.
        max_num_seqs: most requests in a batch; None is the engine's own default.
        max_num_batched_tokens: most tokens in one step; None is the engine's own default.
        expert_parallel: parts into which a mixture's experts are divided by whole experts; the chips of a part share
            out each of its experts.
        weight_dtype: what the weights are served in; None keeps the checkpoint's, float32 at 16 bits save for Triton.
        kv_dtype: what the cache is kept in; None is that of the activations.
        adapters: LoRA adapters; known for vLLM on GPUs only.
        instances: copies of a Triton Python model on one chip.
        cuda_graphs: whether the memory of CUDA graphs counts against the utilisation: with vLLM from 0.21 on, unless
            graphs are off (enforce-eager).
        version: major and minor number of the engine's version; None is the one that Slipway pins.
        requests_key: the key of the stack file that says `max_num_seqs`, below that of the server's engine.
        tokens_key: the one that says `max_num_batched_tokens`.
    """

    engine: Engine
    model: Model
    memory_gib: float
    chips: int
    memory_utilization: float
    max_model_len: int
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    expert_parallel: int = 1
    weight_dtype: WeightDtype | None = None
    kv_dtype: KvDtype | None = None
    draft: Draft | None = None
    adapters: Adapters | None = None
    instances: int = 1
    cuda_graphs: bool = True
    version: tuple[int, int] | None = None
    requests_key: str = "maxNumSeqs"
    tokens_key: str = "maxNumBatchedTokens"

    @property
    def rules(self) -> EngineMemory:
        """What the engine makes of it all."""
        return ENGINES[self.engine]

    @property
    def memory(self) -> int:
        """Bytes of one chip."""
        return round(self.memory_gib * GIB)

    @property
    def served_dtype(self) -> WeightDtype:
        """What the weights are served in."""
        return served_dtype(self.model, self.weight_dtype, self.rules)

    @property
    def kv_value_bytes(self) -> int:
        """Bytes of one cached number."""
        if self.kv_dtype is None:
            return activation_bytes(self.served_dtype)
        return {"fp8": 1, "16-bit": 2, "float32": 4}[self.kv_dtype]

    @property
    def sequences(self) -> int:
        """The batch limit in force: as set, or the engine's default."""
        return self.rules.default_sequences(self.memory_gib) if self.max_num_seqs is None else self.max_num_seqs

    @property
    def batched_tokens(self) -> int:
        """The tokens of one step: as set, or the engine's default; all of a batch's prompts where it comes at once."""
        if self.rules.copies:
            return self.sequences * self.max_model_len
        if self.max_num_batched_tokens is not None:
            return self.max_num_batched_tokens
        return self.rules.default_tokens(self.memory_gib)
