"""Files of models as they are on Hugging Face: `configs.json` has copies, without the keys that no size depends on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.architecture import Model
from slipway.catalog.config_json import ConfigJsonError, model_from_config
from slipway.catalog.config_json.decoders import DECODERS, REASONS
from slipway.catalog.layers import Recurrent, SlidingWindow, Split
from slipway.catalog.models import MODELS, model
from slipway.catalog.units import GIB
from tests.catalog.kv_bytes import kv_bytes_per_token

FILES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("configs.json").read_text(encoding="utf-8"))
KNOWN = [name for name in FILES if name in MODELS]
OTHERS = [name for name in FILES if name not in MODELS]
LLAMA: dict[str, Any] = FILES["meta-llama/Llama-3.1-8B"]["config"]
ABSENT = "absent"


def from_file(name: str, **changes: object) -> Model:
    return model_from_config(name, FILES[name]["config"] | changes, source=name)


def read(**changes: object) -> Model:
    return model_from_config("ours", {key: value for key, value in {**LLAMA, **changes}.items() if value != ABSENT})


def outcome(name: str, config: dict[str, Any]) -> Model | str:
    """Return the model, or what is wrong with the file."""
    try:
        return model_from_config(name, config)
    except ConfigJsonError as error:
        return str(error)


def config_of(row: Model, **changes: object) -> dict[str, Any]:
    """Write a file for a row with Llama's block."""
    config = {
        "model_type": "mixtral" if row.experts else "llama",
        "hidden_size": row.hidden,
        "intermediate_size": row.experts.intermediate if row.experts else row.intermediate,
        "num_hidden_layers": row.layers,
        "num_attention_heads": row.heads,
        "num_key_value_heads": row.kv_heads,
        "head_dim": row.head_dim,
        "vocab_size": row.vocabulary,
        "max_position_embeddings": row.max_positions,
        "tie_word_embeddings": row.tied,
        "torch_dtype": row.dtype,
    }
    if row.experts:
        config |= {"num_local_experts": row.experts.count, "num_experts_per_tok": row.experts.active}
    return config | changes


def from_elsewhere(row: Model) -> Model:
    """Return a row without what no config.json has: the file's size and rounding, and the publisher's page."""
    whole = row.whole_bytes if row.latent else 0
    return replace(row, checkpoint_bytes=None, gated=False, chat=False, source="", name="", whole_bytes=whole)


@pytest.mark.parametrize("name", KNOWN)
def test_the_file_of_a_known_model_reads_as_its_row(name: str) -> None:
    row = MODELS[name]
    found = from_file(name)
    assert from_elsewhere(found) == from_elsewhere(row)
    assert found.weight_bytes == pytest.approx(row.weight_bytes, rel=0.025)


@pytest.mark.parametrize("row", [row for row in MODELS.values() if row.model_type == "llama"], ids=lambda row: row.name)
def test_every_row_with_llamas_block_has_the_parameters_of_its_shape(row: Model) -> None:
    assert model_from_config(row.name, config_of(row)).parameters == row.parameters


@pytest.mark.parametrize("name", OTHERS)
def test_a_network_has_as_many_parameters_as_its_matrices(name: str) -> None:
    assert from_file(name).parameters == FILES[name]["parameters"]
    assert FILES[name]["source"]


@pytest.mark.parametrize("name", FILES)
def test_parts_are_no_larger_than_the_whole(name: str) -> None:
    found = from_file(name)
    assert found.vision_parameters < found.parameters
    assert found.whole_bytes <= found.weight_bytes
    assert 0 <= found.attention_layers <= found.layers
    assert (found.vision is not None) == ("vision_config" in FILES[name]["config"])


@pytest.mark.parametrize(
    ("name", "bytes_per_token"),
    [
        # 2 x layers x key-value heads x dimensions x 2 bytes, by each model's own page; MLA: 27 x (512 + 64) x 2.
        ("DeepSeek-V2-Lite", 31_104),
        ("Qwen3-Next-80B-A3B", 2 * 12 * 2 * 256 * 2),
        ("Nemotron-3-Nano-30B-A3B", 2 * 6 * 2 * 128 * 2),
        ("gemma-4-E2B-it", 2 * (12 * 256 + 3 * 512) * 2),
        ("google/gemma-4-31B-it", 2 * (50 * 16 * 256 + 10 * 4 * 512) * 2),
        ("MiniMax-Text-01", 2 * 10 * 8 * 128 * 2),
        ("bge-m3", 0),
    ],
)
def test_only_layers_with_keys_and_values_of_their_own_cache_tokens(name: str, bytes_per_token: int) -> None:
    assert kv_bytes_per_token(from_file(name)) == bytes_per_token


def test_a_state_is_as_large_as_vllm_makes_it() -> None:
    assert from_file("Qwen3-Next-80B-A3B").recurrent == Recurrent(
        layers=36, values=3 * (2 * 2048 + 4096), state=32 * 128 * 128, state_bytes=2
    )
    assert from_file("Nemotron-3-Nano-30B-A3B").recurrent == Recurrent(
        layers=23, values=3 * (4096 + 2 * 8 * 128), state=64 * 64 * 128, state_bytes=4
    )


def test_a_file_leaves_out_what_the_defaults_say() -> None:
    small = {"n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "vocab_size": 50257, "n_inner": None}
    gpt2 = model_from_config("openai-community/gpt2", {"model_type": "gpt2", **small})
    assert gpt2.parameters == model("openai-community/gpt2").parameters
    assert (gpt2.dtype, gpt2.tied) == ("float32", True)
    old = read(num_key_value_heads=ABSENT, head_dim=None, tie_word_embeddings=ABSENT)
    assert (old.kv_heads, old.head_dim, old.tied) == (32, 128, False)


def test_listed_layers_decide_which_have_a_window() -> None:
    layers = ["sliding_attention"] * 5 + ["full_attention"] * 27
    assert read(layer_types=layers, sliding_window=512).window == SlidingWindow(layers=5, tokens=512)
    assert read(model_type="mistral", sliding_window=4096).window == SlidingWindow(layers=32, tokens=4096)
    assert read(model_type="mistral", sliding_window=None).window is None
    assert from_file("Llama-4-Scout").window == SlidingWindow(layers=36, tokens=8192)
    with pytest.raises(ConfigJsonError, match="layer_types lists 5 layers, not 32"):
        read(layer_types=layers[:5])


def test_a_scaled_rotation_has_more_rows() -> None:
    assert read(rope_scaling={"type": "linear", "factor": 4.0}).rotary_rows == 4 * 131072
    assert read(rope_scaling={"rope_type": "llama3", "factor": 8.0}).rotary_rows is None
    newer = {"full_attention": {"rope_type": "linear", "factor": 8.0}, "sliding_attention": {"rope_type": "default"}}
    text = FILES["google/gemma-3-27b-it"]["config"]["text_config"] | {"rope_scaling": None, "rope_parameters": newer}
    assert from_file("google/gemma-3-27b-it", text_config=text).rotary_rows == 9 * 131072


def test_qwens_window_counts_only_where_it_is_in_use() -> None:
    assert read(model_type="qwen2", sliding_window=32768, use_sliding_window=False).window is None
    with pytest.raises(ConfigJsonError, match="use_sliding_window: only False is known, got True"):
        read(model_type="qwen2", sliding_window=32768, use_sliding_window=True)


def test_experts_in_some_layers_only_are_counted_there() -> None:
    sparse = from_file("Qwen/Qwen3-30B-A3B", decoder_sparse_step=2, mlp_only_layers=[1])
    assert sparse.experts is not None
    assert sparse.experts.dense_layers == 25
    assert sparse.parameters < from_file("Qwen/Qwen3-30B-A3B").parameters
    maverick = from_file("Llama-4-Maverick")
    assert maverick.experts is not None
    assert (maverick.experts.dense_layers, maverick.intermediate) == (24, 16384)


def test_images_take_what_the_engine_makes_room_for() -> None:
    gemma = from_file("google/gemma-4-31B-it").vision
    assert gemma is not None
    assert (gemma.item_tokens, gemma.whole) == (2496, True)
    qwen = from_file("Qwen2.5-VL-7B").vision
    assert qwen is not None
    assert (qwen.item_tokens, qwen.whole) == (None, False)


@pytest.mark.parametrize("kind", REASONS)
def test_a_type_that_people_serve_and_that_is_not_read_says_why(kind: str) -> None:
    assert kind not in DECODERS
    with pytest.raises(ConfigJsonError, match=f"ours: model_type: '{kind}' is not read: .*not counted"):
        read(model_type=kind)


def test_an_unknown_model_type_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ConfigJsonError, match=r"ours: model_type: 'lama' is not among .*deepseek_v3.*; 'llama' is"):
        read(model_type="lama")
    for absent in (ABSENT, None, ["llama"]):
        with pytest.raises(ConfigJsonError, match="ours: model_type: "):
            read(model_type=absent)


def test_another_tower_under_llavas_wrapper_is_refused() -> None:
    tower = FILES["pixtral-12b"]["config"]["vision_config"] | {"model_type": "clip_vision_model"}
    with pytest.raises(ConfigJsonError, match=r"vision_config.model_type: only 'pixtral' is known"):
        from_file("pixtral-12b", vision_config=tower)


def test_opts_projected_embedding_is_refused() -> None:
    assert from_file("facebook/opt-125m", word_embed_proj_dim=768).hidden == 768
    with pytest.raises(ConfigJsonError, match="word_embed_proj_dim is 512"):
        from_file("facebook/opt-125m", word_embed_proj_dim=512)


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
    changes = dict.fromkeys(wrong, -1) | dict.fromkeys(absent, ABSENT)
    with pytest.raises(ConfigJsonError) as caught:
        read(**changes)
    lines = str(caught.value).splitlines()
    assert {line.split(": ")[1] for line in lines} == absent | wrong
    assert all(line.startswith("ours: ") for line in lines)
    assert sum("must be more than 0, got -1" in line for line in lines) == len(wrong - absent)
    assert sum("is missing" in line for line in lines) == len(absent)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_file_with_anything_in_a_key_is_read_or_refused_with_its_reason(name: str, data: st.DataObject) -> None:
    config = FILES[name]["config"]
    nested = data.draw(st.sampled_from([key for key, value in config.items() if isinstance(value, dict)] or [""]))
    inner = cast("dict[str, object]", config.get(nested, config))
    changed = inner | {data.draw(st.sampled_from(sorted(inner))): data.draw(JSON)}
    found = outcome(name, config | {nested: changed} if nested else changed)
    if isinstance(found, str):
        assert found.startswith(f"{name}: ")
        assert "Input should" not in found
    else:
        assert found.parameters > 0
        assert f"{found.weight_bytes / GIB:.2f}"


@given(
    st.integers(1, 128),
    st.sampled_from([64, 80, 128, 256]),
    st.integers(1, 8),
    st.integers(1, 16),
    st.booleans(),
)
def test_any_shape_is_read_back(layers: int, head_dim: int, kv_heads: int, group: int, tied: bool) -> None:
    row = replace(
        model("meta-llama/Llama-3.1-8B"),
        layers=layers,
        head_dim=head_dim,
        kv_heads=kv_heads,
        heads=kv_heads * group,
        tied=tied,
        parameters=1,
    )
    found = model_from_config(row.name, config_of(row))
    assert replace(from_elsewhere(found), parameters=1) == from_elsewhere(row)


def test_widths_that_blocks_bind_are_named_once() -> None:
    assert from_file("Qwen3-30B-A3B-FP8").splits == (
        Split(name="self_attn.q_proj", width=4096, multiple=128),
        Split(name="mlp.experts.gate_proj", width=768, multiple=128),
    )
    assert from_file("openai/gpt-oss-20b").splits == ()
