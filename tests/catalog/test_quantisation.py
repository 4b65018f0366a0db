"""How the tools write which weights have fewer bits, and what that makes of a checkpoint's size."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.config_json import ConfigJsonError, model_from_config
from slipway.catalog.config_json.matrix import Matrix
from slipway.catalog.config_json.names import ROOTS, Named
from slipway.catalog.config_json.schemes import FP8, MXFP4, NVFP4, Scheme, fp8_blocks, int4, int8
from slipway.catalog.units import GIB
from tests.catalog.test_config_json import FILES, LLAMA, from_file, read

FP8_GROUP = {"0": {"weights": {"type": "float", "num_bits": 8}}}
INT4_GROUP = {"0": {"targets": ["Linear"], "weights": {"type": "int", "num_bits": 4, "group_size": 128}}}


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "fbgemm_fp8"}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "FP8"}, "fp8"),
        ({"quant_algo": "FP8", "ignore": ["lm_head"], "producer": {"name": "modelopt"}}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "mxfp4"}, None),
        ({"quant_method": "awq", "bits": 4, "group_size": 128}, "int4"),
        ({"quant_method": "gptq", "bits": 8, "group_size": -1}, "int8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8"),
        ({"quant_method": "compressed-tensors", "config_groups": FP8_GROUP}, "fp8"),
        ({"quant_method": "compressed-tensors", "config_groups": INT4_GROUP}, "int4"),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"0": {"weights": {"type": "float", "num_bits": 4, "group_size": 16}}},
            },
            "nvfp4",
        ),
        (
            {
                "quant_method": "modelopt",
                "quant_algo": "MIXED_PRECISION",
                "quantized_layers": {
                    "model.layers.0.mlp.down_proj": {"quant_algo": "NVFP4"},
                    "model.layers.0.self_attn.o_proj": {"quant_algo": "FP8"},
                },
            },
            "nvfp4",
        ),
    ],
)
def test_each_tool_writes_its_quantisation_in_its_own_way(written: dict[str, Any], kind: str | None) -> None:
    assert read(quantization_config=written).quantisation == kind


@pytest.mark.parametrize(("algorithm", "way"), [("FP8", "modelopt"), ("NVFP4", "modelopt_fp4")])
def test_fp4_of_modelopt_is_what_engines_know_by_a_name_of_its_own(algorithm: str, way: str) -> None:
    """vLLM on TPUs loads it (tpu-inference#2503), and no other of ModelOpt's."""
    assert read(quantization_config={"quant_method": "modelopt", "quant_algo": algorithm}).quantised_by == way


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ({"quant_method": "aqlm"}, "aqlm"),
        ({"quant_method": "gptq", "bits": 3}, "gptq bits 3"),
        ({"quant_method": "modelopt", "quant_algo": "W4A8_AWQ"}, "modelopt quant_algo W4A8_AWQ"),
        ({"quant_method": "bitsandbytes"}, "bitsandbytes"),
        ({"quant_method": "compressed-tensors"}, "compressed-tensors names no format"),
        (
            {"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"type": "int", "num_bits": 3}}}},
            "the weights of config group g",
        ),
    ],
)
def test_a_quantisation_that_cannot_be_counted_is_refused(written: dict[str, Any], what: str) -> None:
    with pytest.raises(
        ConfigJsonError, match=rf"ours: quantization_config: {what}.*; FP8, INT8, INT4, MXFP4 and NVFP4"
    ):
        read(quantization_config=written)


def test_metas_405b_keeps_attention_and_two_layers_at_16_bits() -> None:
    """Its FBGEMM file lists them one by one; vLLM logged 57.75 GiB on each of eight GPUs (vllm#6746)."""
    attention = [f"model.layers.{layer}.self_attn.{part}_proj" for layer in range(126) for part in ("q", "k", "v", "o")]
    ends = [f"model.layers.{layer}.mlp.{part}_proj" for layer in (0, 125) for part in ("gate", "up", "down")]
    written = {"quant_method": "fbgemm_fp8", "modules_to_not_convert": [*attention, *ends, "lm_head"]}
    found = from_file("meta-llama/Llama-3.1-405B", quantization_config=written)
    assert found.weight_bytes / 8 / GIB == pytest.approx(57.75, rel=0.02)
    whole = from_file("meta-llama/Llama-3.1-405B", quantization_config={"quant_method": "fbgemm_fp8"})
    assert (found.weight_bytes - whole.weight_bytes) / 8 / GIB > 8


@pytest.mark.parametrize(
    ("name", "gib"),
    [
        # Sizes of the files on the hub, GiB.
        ("openai/gpt-oss-20b", 12.82),
        ("openai/gpt-oss-120b", 60.77),
        ("Qwen3-30B-A3B-FP8", 29.03),
    ],
)
def test_a_quantised_checkpoint_is_as_large_as_its_files(name: str, gib: float) -> None:
    assert from_file(name).weight_bytes / GIB == pytest.approx(gib, rel=0.002)


def test_only_experts_of_kimi_have_four_bits() -> None:
    found = from_file("Kimi-K2.5")
    experts = 60 * 384 * 3 * 7168 * 2048
    rest = found.parameters - experts
    assert found.quantisation == "int4"
    assert found.weight_bytes == pytest.approx(experts * (4 + 20 / 32) / 8 + rest * 2, rel=0.001)


def test_a_vision_tower_keeps_16_bits() -> None:
    found = from_file("Gemma-4-31B-IT-NVFP4")
    mlp = 60 * 3 * 5376 * 21504
    assert found.weight_bytes == pytest.approx(mlp * 4.5 / 8 + (found.parameters - mlp) * 2, rel=0.001)


@given(st.sampled_from(ROOTS), st.integers(0, 99))
def test_modules_are_known_by_every_spelling(root: str, layer: int) -> None:
    name = f"layers.{layer}.self_attn.q_proj"
    for pattern in (
        f"{root}{name}",
        f"{root}layers.{layer}.self_attn*",
        f"{root}layers.{layer}.*",
        "self_attn",
        "self_attn.q_proj",
        "re:.*self_attn.*",
        rf"re:.*layers\.{layer}\.self_attn\..*_proj",
    ):
        assert name in Named([pattern]), pattern
    for pattern in (f"{root}layers.{layer + 1}.self_attn", "attn", "lm_head", "re:.*mlp.*", "re:(", "q_proj.weight"):
        assert name not in Named([pattern]), pattern


SCHEMES = [FP8, NVFP4, MXFP4, int4(128), int4(-1), int8(32), fp8_blocks(128, 128)]


@given(st.sampled_from(SCHEMES), st.integers(1, 4096), st.integers(1, 4096), st.integers(1, 8))
def test_a_matrix_is_its_bits_and_at_least_a_scale(scheme: Scheme, inputs: int, outputs: int, copies: int) -> None:
    matrix = Matrix("m", inputs, outputs, "inputs", copies)
    bits = matrix.values * scheme.bits / 8
    assert bits < scheme.bytes(matrix) <= bits + (matrix.values + copies) * scheme.scale_bits / 8
    assert scheme.bytes(matrix) == copies * scheme.bytes(matrix._replace(copies=1))


def test_a_file_that_converts_nothing_has_16_bits() -> None:
    found = read(quantization_config={"quant_method": "fp8", "modules_to_not_convert": ["model"], "ignore": ["layers"]})
    assert found.quantisation is None
    assert found.weight_bytes == read().weight_bytes


def test_a_dtype_is_assumed_where_a_quantised_file_names_none() -> None:
    config = {key: value for key, value in LLAMA.items() if key != "torch_dtype"}
    assert model_from_config("it", config).dtype == "float32"
    assert model_from_config("it", config | {"quantization_config": {"quant_method": "fp8"}}).dtype == "bfloat16"
    assert "torch_dtype" in FILES["meta-llama/Llama-3.1-8B"]["config"]
