from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.models import model
from slipway.checks.fit import Adapters, Replica, fit, vllm_adapters
from slipway.checks.fit.adapters import ONCE
from slipway.checks.fit.memory import memory
from slipway.checks.fit.replica import LoraTarget

LLAMA_8B = Replica(
    engine="vllm",
    model=model("meta-llama/Llama-3.1-8B-Instruct"),
    memory_gib=79.18,
    chips=1,
    memory_utilization=0.9,
    max_model_len=4096,
)
TARGETS: tuple[LoraTarget, ...] = tuple(target for target in get_args(LoraTarget) if target not in ONCE)
ATTENTION: tuple[LoraTarget, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")


def adapted(name: str, slots: int, rank: int, targets: tuple[LoraTarget, ...] = TARGETS, chips: int = 1) -> int:
    adapters = Adapters(slots=slots, rank=rank, targets=targets)
    return memory(replace(LLAMA_8B, model=model(name), chips=chips, tensor_parallel=chips, adapters=adapters)).adapters


@pytest.mark.parametrize(
    ("name", "rank", "targets", "parameters"),
    [
        # The trainable parameters that PEFT prints for these adapters.
        ("meta-llama/Llama-2-7b-hf", 8, ("q_proj", "v_proj"), 4_194_304),
        ("meta-llama/Llama-2-7b-hf", 16, TARGETS, 39_976_960),
        ("meta-llama/Llama-3.1-8B", 16, TARGETS, 41_943_040),
    ],
)
def test_a_slot_holds_the_parameters_of_an_adapter_at_16_bits(
    name: str, rank: int, targets: tuple[LoraTarget, ...], parameters: int
) -> None:
    assert adapted(name, 1, rank, targets) == 2 * parameters


def test_adapters_are_taken_from_the_kv_cache() -> None:
    alone = memory(LLAMA_8B)
    use = memory(replace(LLAMA_8B, adapters=Adapters(slots=8, rank=64, targets=TARGETS)))
    assert use.adapters == 8 * 4 * 2 * 41_943_040
    assert alone.kv_cache - use.kv_cache == use.adapters
    assert use.fixed - alone.fixed == use.adapters


def test_a_replica_that_adapters_fill_is_refused_with_their_size() -> None:
    [finding] = fit(
        replace(LLAMA_8B, adapters=Adapters(slots=100, rank=512, targets=TARGETS)), "servers.llama"
    ).findings
    assert "adapters 250.00 GiB" in finding.message


def test_embeddings_and_output_layer_are_adapted_unless_the_modules_are_named() -> None:
    vocabulary = 2 * (128256 + 4096) * 16 * 2
    everything = vllm_adapters(1, 16, None)
    assert memory(replace(LLAMA_8B, adapters=everything)).adapters == 2 * 41_943_040 + vocabulary
    named = vllm_adapters(1, 16, ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"])
    assert memory(replace(LLAMA_8B, adapters=named)).adapters == 2 * 41_943_040


def test_one_factor_of_a_layer_is_whole_on_every_chip() -> None:
    model_8b, chips, rank = LLAMA_8B.model, 4, 16
    whole = 7 * model_8b.hidden
    shared = adapted(model_8b.name, 1, rank) // (rank * model_8b.layers * 2) - whole
    assert adapted(model_8b.name, 1, rank, chips=chips) == (whole + shared // chips) * rank * model_8b.layers * 2


def test_adapted_attention_of_a_model_with_experts_is_counted_and_experts_are_refused() -> None:
    name = "Qwen/Qwen3-30B-A3B"
    assert adapted(name, 1, 8, ATTENTION) == 48 * 8 * 2 * (4 * 2048 + 2 * 4096 + 2 * 512)
    with pytest.raises(ValueError, match=r"lora.targets: Qwen/Qwen3-30B-A3B: .*down_proj, up_proj are in them"):
        adapted(name, 1, 8, ("q_proj", "up_proj", "down_proj"))


@pytest.mark.parametrize("name", ["openai-community/gpt2", "openai/gpt-oss-20b", "deepseek-ai/DeepSeek-V3"])
def test_blocks_with_other_layers_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: adapters are known for gemma2"):
        adapted(name, 1, 8)


@pytest.mark.parametrize("adapters", [Adapters(slots=0, rank=8), Adapters(slots=1, rank=0)])
def test_adapters_without_a_slot_or_a_rank_are_refused(adapters: Adapters) -> None:
    with pytest.raises(ValueError, match=r"adapters\.(slots|rank) is 0; it must be positive"):
        fit(replace(LLAMA_8B, adapters=adapters), "servers.llama")


def test_adapters_of_other_engines_are_refused() -> None:
    with pytest.raises(ValueError, match="adapters on vllm-tpu: their memory is known for vLLM on GPUs only"):
        fit(replace(LLAMA_8B, engine="vllm-tpu", adapters=Adapters(slots=1, rank=8)), "servers.llama")


@given(
    st.integers(1, 64), st.integers(1, 256), st.sets(st.sampled_from(TARGETS), min_size=1), st.sampled_from([1, 2, 8])
)
def test_slots_and_ranks_are_linear_and_targets_add_up(
    slots: int, rank: int, targets: set[LoraTarget], chips: int
) -> None:
    name = LLAMA_8B.model.name
    parts = [adapted(name, 1, 1, (target,), chips) for target in targets]
    assert adapted(name, slots, rank, tuple(targets), chips) == slots * rank * sum(parts)
