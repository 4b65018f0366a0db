from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.architecture import Experts, Model, SlidingWindow
from catalog.config_json import ConfigJsonError, model_from_config
from catalog.models import MODELS, model
from catalog.units import GIB

TYPES = {"qwen3": "qwen3_moe", "llama": "mixtral"}
"""The `model_type` of files whose block the catalog knows without experts."""

WRITTEN_QUANTISATION = {
    "fp8": {"quant_method": "fp8", "activation_scheme": "dynamic"},
    "mxfp4": {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]},
}
FILE_SIZE_ONLY = {"checkpoint_bytes": None, "gated": False, "chat": False}
"""What a row has from elsewhere: the file's size, and the publisher's page."""


def config_of(row: Model) -> dict[str, Any]:
    """Write the config.json that a row was read from, with the keys of its `model_type`."""
    moe = row.experts is not None
    config: dict[str, Any] = {
        "model_type": TYPES.get(row.model_type, row.model_type) if moe else row.model_type,
        "hidden_size": row.hidden,
        "intermediate_size": row.intermediate,
        "num_hidden_layers": row.layers,
        "num_attention_heads": row.heads,
        "num_key_value_heads": row.kv_heads,
        "head_dim": row.head_dim,
        "vocab_size": row.vocabulary,
        "max_position_embeddings": row.max_positions,
        "tie_word_embeddings": row.tied,
        "torch_dtype": row.dtype,
        "architectures": ["ForCausalLM"],
    }
    if row.quantisation is not None:
        config["quantization_config"] = WRITTEN_QUANTISATION[row.quantisation]
    if row.window is not None:
        config["sliding_window"] = row.window.tokens
    renamed = {
        "gpt2": {
            "hidden_size": "n_embd",
            "intermediate_size": "n_inner",
            "num_hidden_layers": "n_layer",
            "num_attention_heads": "n_head",
            "max_position_embeddings": "n_positions",
        },
        "opt": {"intermediate_size": "ffn_dim"},
    }.get(row.model_type, {})
    config = {renamed.get(key, key): value for key, value in config.items()}
    return config | _experts(row) | _latent(row)


def _experts(row: Model) -> dict[str, Any]:
    if row.experts is None:
        return {}
    experts, active = row.experts, {"num_experts_per_tok": row.experts.active}
    if row.model_type == "qwen3":
        return active | {
            "num_experts": experts.count,
            "moe_intermediate_size": experts.intermediate,
            "intermediate_size": 6144,
        }
    if row.model_type == "deepseek_v3":
        return active | {
            "n_routed_experts": experts.count,
            "moe_intermediate_size": experts.intermediate,
            "n_shared_experts": experts.shared,
            "first_k_dense_replace": experts.dense_layers,
        }
    return active | {"num_local_experts": experts.count, "intermediate_size": experts.intermediate}


def _latent(row: Model) -> dict[str, Any]:
    if row.latent is None:
        return {}
    return {
        "q_lora_rank": row.latent.q_rank,
        "kv_lora_rank": row.latent.kv_rank,
        "qk_rope_head_dim": row.latent.rope_dim,
        "qk_nope_head_dim": row.latent.nope_dim,
        "v_head_dim": row.latent.value_dim,
    }


LANGUAGE_MODELS = [row for row in MODELS.values() if not row.vision_parameters]
LLAMA = config_of(model("meta-llama/Llama-3.1-8B"))


def read(**changes: object) -> Model:
    return model_from_config("ours", {key: value for key, value in {**LLAMA, **changes}.items() if value != "absent"})


@pytest.mark.parametrize("row", LANGUAGE_MODELS, ids=lambda row: row.name)
def test_a_row_of_the_catalog_is_read_back_from_its_config(row: Model) -> None:
    found = model_from_config(row.name, config_of(row), source=row.source)
    assert replace(found, **FILE_SIZE_ONLY) == replace(row, **FILE_SIZE_ONLY)
    assert found.weight_bytes == pytest.approx(row.weight_bytes, rel=0.025)


def test_gemma_3_without_its_vision_tower_is_read_by_its_pattern() -> None:
    row = model("google/gemma-3-27b-it")
    config = config_of(row) | {"model_type": "gemma3_text"}
    found = model_from_config(row.name, config)
    assert found.parameters == row.parameters - row.vision_parameters
    assert found.window == row.window


def test_a_file_leaves_out_what_the_defaults_say() -> None:
    small = {"n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "vocab_size": 50257, "n_inner": None}
    gpt2 = model_from_config("openai-community/gpt2", {"model_type": "gpt2", **small})
    assert gpt2.parameters == model("openai-community/gpt2").parameters
    assert (gpt2.dtype, gpt2.tied) == ("float32", True)
    old = read(num_key_value_heads="absent", head_dim=None, tie_word_embeddings="absent")
    assert (old.kv_heads, old.head_dim, old.tied) == (32, 128, False)


def test_listed_layers_decide_which_have_a_window() -> None:
    layers = ["sliding_attention"] * 5 + ["full_attention"] * 27
    assert read(layer_types=layers, sliding_window=512).window == SlidingWindow(layers=5, tokens=512)
    assert read(model_type="mistral", sliding_window=4096).window == SlidingWindow(layers=32, tokens=4096)
    assert read(model_type="mistral", sliding_window=None).window is None


def test_qwens_window_counts_only_where_it_is_in_use() -> None:
    assert read(model_type="qwen2", sliding_window=32768, use_sliding_window=False).window is None
    with pytest.raises(ConfigJsonError, match=r"use_sliding_window: .*got True"):
        read(model_type="qwen2", sliding_window=32768, use_sliding_window=True)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "fbgemm_fp8"}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "FP8"}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized"}, "nvfp4"),
        ({"quant_method": "awq", "bits": 4}, "int4"),
        ({"quant_method": "gptq", "bits": 8}, "int8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8"),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"0": {"weights": {"type": "float", "num_bits": 8}}},
            },
            "fp8",
        ),
        (
            {"quant_method": "compressed-tensors", "config_groups": {"0": {"weights": {"type": "int", "num_bits": 4}}}},
            "int4",
        ),
    ],
)
def test_each_tool_writes_its_quantisation_in_its_own_way(written: dict[str, Any], kind: str) -> None:
    assert read(quantization_config=written).quantisation == kind


@pytest.mark.parametrize(
    "written",
    [
        {"quant_method": "aqlm"},
        {"quant_method": "gptq", "bits": 3},
        {"quant_method": "modelopt", "quant_algo": "W4A8_AWQ"},
        {"quant_method": "bitsandbytes"},
        {"quant_method": "compressed-tensors"},
        {
            "quant_method": "compressed-tensors",
            "config_groups": {
                "0": {"weights": {"type": "int", "num_bits": 4}},
                "1": {"weights": {"type": "int", "num_bits": 8}},
            },
        },
    ],
)
def test_a_quantisation_that_cannot_be_counted_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ConfigJsonError, match=r"ours: quantization_config: .*only FP8, INT8, INT4, MXFP4 and NVFP4"):
        read(quantization_config=written)


def test_only_the_experts_of_mxfp4_have_four_bits() -> None:
    row = model("openai/gpt-oss-20b")
    assert model_from_config("it", config_of(row)).weight_bytes / GIB == pytest.approx(12.82, rel=0.001)


def test_an_unknown_model_type_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ConfigJsonError, match=r"ours: model_type: .*'mamba2'.*'llama'.*'deepseek_v3'"):
        read(model_type="mamba2")
    with pytest.raises(ConfigJsonError, match=r"ours: model_type: Unable to extract tag"):
        read(model_type="absent")


def test_experts_in_some_layers_only_are_refused() -> None:
    config = config_of(model("Qwen/Qwen3-30B-A3B"))
    with pytest.raises(ConfigJsonError, match=r"decoder_sparse_step: .*got 2\n.*mlp_only_layers"):
        model_from_config("ours", config | {"decoder_sparse_step": 2, "mlp_only_layers": [0]})


def test_qwens_experts_are_counted_under_their_newer_name_too() -> None:
    row = model("Qwen/Qwen3-30B-A3B")
    config = config_of(row)
    config["num_local_experts"] = config.pop("num_experts")
    assert model_from_config(row.name, config).parameters == row.parameters


def test_opts_projected_embedding_is_refused() -> None:
    config = config_of(model("facebook/opt-125m"))
    assert model_from_config("ours", config | {"word_embed_proj_dim": 768}).hidden == 768
    with pytest.raises(ConfigJsonError, match="word_embed_proj_dim is 512"):
        model_from_config("ours", config | {"word_embed_proj_dim": 512})


REQUIRED = [
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "vocab_size",
    "max_position_embeddings",
]


@given(st.sets(st.sampled_from(REQUIRED), min_size=1), st.sets(st.sampled_from(REQUIRED)))
def test_every_missing_and_every_wrong_key_is_named_at_once(absent: set[str], wrong: set[str]) -> None:
    changes = dict.fromkeys(wrong, -1) | dict.fromkeys(absent, "absent")
    with pytest.raises(ConfigJsonError) as caught:
        read(**changes)
    lines = str(caught.value).splitlines()
    assert {line.split(": ")[1] for line in lines} == absent | wrong
    assert all(line.startswith("ours: ") for line in lines)
    assert sum("got -1" in line for line in lines) == len(wrong - absent)


@given(
    st.integers(1, 128),
    st.sampled_from([64, 80, 128, 256]),
    st.integers(1, 8),
    st.integers(1, 16),
    st.booleans(),
    st.one_of(st.none(), st.builds(Experts, count=st.integers(1, 64), active=st.just(1), intermediate=st.just(512))),
)
def test_any_shape_is_read_back(
    layers: int, head_dim: int, kv_heads: int, group: int, tied: bool, experts: Experts | None
) -> None:
    row = replace(
        model("meta-llama/Llama-3.1-8B"),
        layers=layers,
        head_dim=head_dim,
        kv_heads=kv_heads,
        heads=kv_heads * group,
        tied=tied,
        experts=experts,
        intermediate=0 if experts else 14336,
        parameters=1,
    )
    found = model_from_config(row.name, config_of(row), source=row.source)
    assert replace(found, **FILE_SIZE_ONLY, parameters=1) == replace(row, **FILE_SIZE_ONLY)
