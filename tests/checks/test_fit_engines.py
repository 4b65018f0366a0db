"""What each engine makes of a replica beyond what all share: limits, images, blocks, states, published failures."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.architecture import Model
from slipway.catalog.config_json import model_from_config
from slipway.catalog.layers import Recurrent, Vision
from slipway.catalog.models import model
from slipway.catalog.units import GIB, MIB
from slipway.checks.fit import Engine, Replica, fit
from slipway.checks.fit.engines import ENGINES
from slipway.checks.fit.engines.sglang import default_share, reserved_bytes
from slipway.checks.fit.memory import memory
from slipway.checks.fit.sharding import divisors

FILES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "catalog" / "configs.json").read_text(encoding="utf-8")
)
LLAMA = model("meta-llama/Llama-3.1-8B-Instruct")
GEMMA_4 = model("google/gemma-4-31B-it")


def from_file(name: str) -> Model:
    return model_from_config(name, FILES[name]["config"])


def asked(served: Model, engine: Engine = "vllm", *, chips: int = 1, **more: object) -> Replica:
    plain = Replica(
        engine=engine,
        model=served,
        memory_gib=79.18,
        chips=chips,
        memory_utilization=0.9,
        max_model_len=4096,
        max_num_seqs=64,
        max_num_batched_tokens=8192,
        tensor_parallel=chips,
    )
    return replace(plain, **more)  # pyright: ignore[reportArgumentType]


def codes(replica: Replica) -> list[str]:
    return [finding.code for finding in fit(replica, "servers.it").findings]


def test_every_engine_has_a_module_of_its_own() -> None:
    assert set(ENGINES) == set(get_args(Engine))
    assert len({rules.title for rules in ENGINES.values()}) == len(ENGINES)
    assert len({type(rules).__module__ for rules in ENGINES.values()}) == len(ENGINES)


@pytest.mark.parametrize("engine", ["vllm", "vllm-tpu", "tensorrt-llm", "sglang"])
def test_a_step_has_a_token_for_every_request(engine: Engine) -> None:
    [finding] = fit(asked(LLAMA, engine, max_num_batched_tokens=32, memory_utilization=0.8), "servers.it").findings
    assert (finding.code, finding.path) == ("fit.batch", "servers.it.maxNumBatchedTokens")
    assert finding.remedy == "write 64 or more, or lower maxNumSeqs"
    assert "fit.batch" not in codes(asked(LLAMA, engine, max_num_batched_tokens=64, memory_utilization=0.8))


def test_a_length_of_one_token_is_refused() -> None:
    [finding] = fit(asked(LLAMA, max_model_len=1), "servers.it").findings
    assert (finding.code, finding.path) == ("fit.context-too-short", "servers.it.maxModelLen")


def test_stages_times_shards_beyond_the_chips_are_refused_with_the_numbers() -> None:
    found = fit(asked(LLAMA, chips=2, tensor_parallel=2, pipeline_parallel=2), "servers.it").findings
    [finding] = [one for one in found if one.severity == "error"]
    assert finding.code == "fit.too-few-chips"
    assert "2 x 2 = 4 pieces, and the replica has 2 chips" in finding.message


@pytest.mark.parametrize("engine", ["vllm", "vllm-tpu"])
def test_a_step_takes_an_image_whole_where_its_tokens_see_each_other(engine: Engine) -> None:
    few = asked(GEMMA_4, engine, chips=8, max_num_batched_tokens=512)
    assert codes(few) == ["fit.image-tokens"]
    [finding] = fit(few, "servers.it").findings
    assert finding.remedy == "write 2496 or more"
    assert codes(replace(few, max_num_batched_tokens=2496)) == []
    assert codes(asked(from_file("Qwen2.5-VL-7B"), engine, max_num_batched_tokens=512)) == []


@pytest.mark.parametrize(
    ("name", "chips", "fitting"),
    [
        # vllm#25292: 192 of a block of 128.
        ("Qwen3-30B-A3B-FP8", 4, "use one of 1, 2"),
        ("Qwen3-30B-A3B-FP8", 2, ""),
    ],
)
def test_each_chip_needs_whole_quantisation_blocks(name: str, chips: int, fitting: str) -> None:
    found = [one for one in fit(asked(from_file(name), chips=chips), "servers.it").findings if one.severity == "error"]
    assert [one.code for one in found] == (["fit.quantisation-blocks"] if fitting else [])
    assert all(fitting in one.remedy and "192 of the 768 values" in one.message for one in found)
    assert codes(asked(from_file(name), "vllm-tpu", chips=chips)) == []


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_whole_experts_are_not_cut(engine: Engine) -> None:
    """vllm#17327: --enable-expert-parallel is how people run it on four GPUs."""
    cut = asked(from_file("Qwen3-30B-A3B-FP8"), engine, chips=4)
    [finding] = [one for one in fit(cut, "servers.it").findings if one.severity == "error"]
    assert "give each chip whole experts by extraArgs" in finding.remedy
    whole = replace(cut, expert_parallel=4)
    assert not [one for one in fit(whole, "servers.it").findings if one.severity == "error"]


def test_a_group_of_gptq_is_not_cut() -> None:
    """vllm#5675: Qwen2-72B in GPTQ is loaded on one GPU or not at all, 29568 / 128 being odd."""
    config = FILES["Qwen/Qwen2.5-7B-Instruct"]["config"] | {
        "hidden_size": 8192,
        "intermediate_size": 29568,
        "num_hidden_layers": 80,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128},
    }
    served = model_from_config("Qwen2-72B-Instruct-GPTQ-Int4", config)
    assert divisors(served) == [1]
    [finding] = fit(asked(served, chips=4), "servers.it").findings
    assert "7392 of the 29568 values of mlp.down_proj" in finding.message


@pytest.mark.parametrize(
    ("name", "chips", "memory_gib", "share", "expected"),
    [
        ("openai/gpt-oss-120b", 8, 31.25, 0.92, ["fit.reported-failure"]),
        ("google/gemma-4-26B-A4B-it", 8, 31.25, 0.92, ["fit.reported-failure"]),
        ("google/gemma-4-31B-it", 8, 94.74, 0.95, ["fit.reported-failure"]),
        ("google/gemma-4-31B-it", 8, 94.74, 0.98, ["fit.reported-failure"]),
        ("google/gemma-4-31B-it", 8, 94.74, 0.90, []),
        ("google/gemma-4-31B-it", 4, 31.25, 0.98, []),
        ("google/gemma-3-27b-it", 8, 31.25, 0.98, []),
        ("meta-llama/Llama-3.1-8B-Instruct", 1, 31.25, 0.98, []),
    ],
)
def test_what_failed_in_public_on_tpus_is_a_warning(
    name: str, chips: int, memory_gib: float, share: float, expected: list[str]
) -> None:
    replica = asked(model(name), "vllm-tpu", chips=chips, memory_gib=memory_gib, memory_utilization=share)
    found = [one for one in fit(replica, "servers.it").findings if one.code != "fit.tight"]
    assert [one.code for one in found] == expected
    assert all(one.severity == "warning" and "tpu-inference" in one.message for one in found)


def test_vllm_caches_layers_with_a_window_in_groups_as_large_as_the_others() -> None:
    gemma = model("google/gemma-3-27b-it")
    layout = asked(gemma).rules.layout(asked(gemma), gemma, tensor_parallel=1, pipeline_parallel=1)
    assert layout.full == 10 * 2 * 16 * 128 * 2
    assert layout.windowed == 60 * 2 * 16 * 128 * 2


def test_pages_of_two_kinds_of_layers_have_as_many_bytes() -> None:
    layout = asked(GEMMA_4).rules.layout(asked(GEMMA_4), GEMMA_4, tensor_parallel=1, pipeline_parallel=1)
    assert (layout.page, layout.window_page) == (32, 16)
    assert layout.full // 10 * layout.page == layout.windowed // 50 * layout.window_page


def test_newer_versions_keep_room_for_two_steps_beside_a_window() -> None:
    gemma = model("google/gemma-3-27b-it")
    older, newer = (asked(gemma, max_model_len=65536, version=version) for version in ((0, 25), (0, 26)))
    assert memory(newer).request > memory(older).request
    assert memory(asked(gemma, max_model_len=65536)).request == memory(newer).request


def test_vllm_makes_a_page_as_large_as_a_state() -> None:
    """Qwen3-Next on 4 GPUs: a state of 274,432 bytes, 1 KiB a token and layer, so pages of 272 tokens."""
    served = from_file("Qwen3-Next-80B-A3B")
    layout = asked(served, chips=4).rules.layout(asked(served), served, tensor_parallel=4, pipeline_parallel=1)
    assert layout.page == 272
    assert layout.full == 12 * 1024
    assert layout.state == 36 * 2 * 272 * 1024


@given(st.sampled_from(["vllm", "vllm-tpu", "tensorrt-llm", "triton-python"]), st.sampled_from([1, 2, 4]))
def test_a_state_does_not_grow_with_a_request(engine: Engine, chips: int) -> None:
    served = from_file("Nemotron-3-Nano-30B-A3B")
    assert isinstance(served.recurrent, Recurrent)
    layout = ENGINES[engine].layout(
        asked(served, engine, chips=chips), served, tensor_parallel=chips, pipeline_parallel=1
    )
    assert layout.state * chips >= served.recurrent.layers * served.recurrent.layer_bytes(2)
    assert layout.request_bytes(1) - layout.full * layout.page == layout.state
    assert not layout.linear


def test_an_encoder_caches_nothing_and_serves_its_batch() -> None:
    use = memory(asked(from_file("bge-m3"), max_model_len=8192))
    assert (use.request, use.requests, use.fits) == (0, 64, True)
    assert fit(asked(from_file("bge-m3"), max_model_len=8192), "servers.it").ok
    assert memory(asked(from_file("bge-m3"), memory_gib=0.5)).requests == 0


def test_sglang_reserves_what_its_rule_says() -> None:
    """An H100: 512 MiB, 1.5 a token of 8192, 128 for a GPU, 2 for each of 256 requests, 8 for each of 58 graphs."""
    replica = asked(LLAMA, "sglang", max_num_seqs=None, max_num_batched_tokens=None)
    assert (replica.batched_tokens, replica.sequences) == (8192, 4096)
    assert reserved_bytes(replica) == (512 + 8192 * 1.5 + 128 + 512 + 58 * 8) * MIB
    # sglang#29092 found 0.828 for Qwen3 32B.
    assert default_share(replica) == pytest.approx(0.828, abs=0.0011)
    assert codes(replace(replica, memory_utilization=default_share(replica))) == []
    [finding] = fit(replace(replica, memory_utilization=0.95), "servers.it").findings
    assert (finding.code, finding.severity) == ("fit.static-memory", "warning")


def test_sglang_leaves_more_to_a_model_that_reads_images() -> None:
    text, sees = asked(LLAMA, "sglang"), replace(LLAMA, vision=Vision(parameters=304_000_000))
    assert default_share(replace(text, model=sees)) == pytest.approx(0.95 * default_share(text), abs=0.001)
    larger = replace(LLAMA, vision=Vision(parameters=6_000_000_000))
    assert default_share(replace(text, model=larger)) == pytest.approx(0.8 * 0.95 * default_share(text), abs=0.001)


@pytest.mark.parametrize(
    ("memory_gib", "chunk"), [(15.9, 2048), (22.18, 4096), (44.53, 4096), (79.18, 8192), (139.8, 8192), (178.0, 16384)]
)
def test_sglang_picks_its_chunk_by_the_gpu(memory_gib: float, chunk: int) -> None:
    assert asked(LLAMA, "sglang", memory_gib=memory_gib, max_num_batched_tokens=None).batched_tokens == chunk


def test_sglangs_share_is_of_weights_and_cache() -> None:
    use = memory(asked(LLAMA, "sglang", memory_utilization=0.8))
    assert use.activations == 0
    assert use.kv_cache == pytest.approx(0.8 * 79.18 * GIB - LLAMA.weight_bytes, rel=0.01)


def test_sglang_gives_windows_and_states_their_shares() -> None:
    gemma = model("google/gemma-3-27b-it")
    assert memory(asked(gemma, "sglang")).request == pytest.approx(4096 * (10 + 0.8 * 52) * 2 * 16 * 128 * 2)
    hybrid = from_file("Qwen3-Next-80B-A3B")
    assert memory(asked(hybrid, "sglang")).request == pytest.approx(1.9 * 12 * 2 * 2 * 256 * 2 * 4096, rel=1e-4)
