from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.architecture import BITS, Model, WeightDtype
from slipway.catalog.models import MODELS, UnknownModelError, model
from slipway.catalog.parameters import expert_parameters
from slipway.catalog.units import GIB
from tests.catalog.kv_bytes import kv_bytes_per_token, kv_bytes_per_token_beyond_window

models = pytest.mark.parametrize("row", MODELS.values(), ids=lambda row: row.name)

PUBLISHED = {
    # Weights as shipped in GiB (the hub's file sizes, to two decimals) and KV cache in bytes per token at 16 bits.
    "facebook/opt-125m": (0.23, 36_864),
    "meta-llama/Llama-2-7b-hf": (12.55, 524_288),
    "meta-llama/Llama-2-13b-chat-hf": (24.24, 819_200),
    "meta-llama/Llama-2-70b-chat-hf": (128.48, 327_680),
    "meta-llama/Llama-3.1-8B-Instruct": (14.96, 131_072),
    "meta-llama/Llama-3.1-70B": (131.42, 327_680),
    "meta-llama/Llama-3.1-405B": (755.96, 516_096),
    "meta-llama/Llama-3.2-1B": (2.30, 32_768),
    "meta-llama/Llama-3.2-3B": (5.98, 114_688),
    "meta-llama/Llama-3.3-70B-Instruct": (131.42, 327_680),
    "google/gemma-2-9b-it": (17.21, 344_064),
    "google/gemma-3-27b-it": (51.10, 507_904),
    "google/gemma-4-31B-it": (58.25, 901_120),
    "Qwen/Qwen2.5-7B-Instruct": (14.19, 57_344),
    "Qwen/Qwen2.5-32B-Instruct": (61.03, 262_144),
    "Qwen/Qwen2.5-72B-Instruct": (135.43, 327_680),
    "Qwen/Qwen3-8B": (15.26, 147_456),
    "Qwen/Qwen3-32B": (61.02, 262_144),
    "Qwen/Qwen3-30B-A3B": (56.87, 98_304),
    "mistralai/Mistral-7B-Instruct-v0.3": (13.50, 131_072),
    "mistralai/Mixtral-8x7B-v0.1": (86.99, 131_072),
    "openai/gpt-oss-20b": (12.82, 49_152),
    "openai/gpt-oss-120b": (60.77, 73_728),
    "deepseek-ai/DeepSeek-V3": (641.30, 70_272),
}


@models
def test_a_row_is_sound(row: Model) -> None:
    assert MODELS[row.name] is row
    assert row.source
    assert row.heads % row.kv_heads == 0
    assert row.window is None or row.window.layers < row.layers
    assert (row.intermediate == 0) == (row.experts is not None and row.experts.dense_layers == 0)
    assert row.chat or "nstruct" not in row.name


@pytest.mark.parametrize(("name", "published"), PUBLISHED.items(), ids=lambda value: str(value))
def test_weights_and_kv_cache_are_as_published(name: str, published: tuple[float, int]) -> None:
    weights, kv_cache = published
    assert model(name).weight_bytes / GIB == pytest.approx(weights, abs=0.005)
    assert kv_bytes_per_token(model(name)) == kv_cache


@pytest.mark.parametrize(
    ("name", "beyond"),
    [
        ("google/gemma-2-9b-it", 172_032),
        ("google/gemma-3-27b-it", 81_920),
        ("google/gemma-4-31B-it", 81_920),
        ("openai/gpt-oss-20b", 24_576),
        ("openai/gpt-oss-120b", 36_864),
        ("Qwen/Qwen3-8B", 147_456),
    ],
)
def test_beyond_its_window_a_model_caches_in_the_other_layers_only(name: str, beyond: int) -> None:
    assert kv_bytes_per_token_beyond_window(model(name)) == beyond


@pytest.mark.parametrize("name", ["openai/gpt-oss-20b", "openai/gpt-oss-120b"])
def test_a_gpt_oss_checkpoint_is_its_experts_in_mxfp4_and_the_rest_in_bfloat16(name: str) -> None:
    row = model(name)
    experts = expert_parameters(row)
    expected = experts * BITS["mxfp4"] / 8 + (row.parameters - experts) * 2
    assert row.weight_bytes == pytest.approx(expected, rel=0.001)


def test_an_fp8_checkpoint_keeps_its_embeddings_at_16_bits() -> None:
    row = model("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic")
    assert row.weight_bytes / GIB == pytest.approx(67.72, rel=0.001)


@pytest.mark.parametrize(
    ("name", "attention"),
    [
        ("meta-llama/Llama-2-7b-hf", "MHA"),
        ("meta-llama/Llama-3.1-8B", "GQA"),
        ("deepseek-ai/DeepSeek-V3", "MLA"),
    ],
)
def test_the_kind_of_attention_follows_from_the_heads(name: str, attention: str) -> None:
    assert model(name).attention == attention


def test_a_single_key_value_head_is_multi_query_attention() -> None:
    assert replace(model("meta-llama/Llama-3.1-8B"), kv_heads=1).attention == "MQA"


def test_an_unknown_model_is_refused_with_the_closest_names() -> None:
    with pytest.raises(UnknownModelError, match=r"'meta-llama/Meta-Llama-3.1-70B'.*closest: meta-llama/Llama-3.1-70B,"):
        model("meta-llama/Meta-Llama-3.1-70B")


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(UnknownModelError, match="no name is close"):
        model("§")


rows = st.sampled_from(sorted(MODELS.values(), key=lambda row: row.name))


@given(rows, st.lists(st.sampled_from(sorted(BITS)), min_size=2, max_size=2))
def test_fewer_bits_never_weigh_more(row: Model, pair: list[WeightDtype]) -> None:
    fewer, more = sorted(pair, key=lambda dtype: BITS[dtype])
    assert row.weight_bytes_as(fewer) <= row.weight_bytes_as(more)


@given(rows, st.integers(1, 64))
def test_the_kv_cache_is_linear_in_layers_and_in_the_bytes_of_a_value(row: Model, layers: int) -> None:
    row = replace(row, window=None)
    assert kv_bytes_per_token(replace(row, layers=layers)) * row.layers == kv_bytes_per_token(row) * layers
    assert kv_bytes_per_token(row, 1) * 2 == kv_bytes_per_token(row)
