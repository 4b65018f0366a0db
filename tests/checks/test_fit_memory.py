from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slipway.catalog.models import MODELS, model
from slipway.catalog.units import GIB
from slipway.checks.fit import Draft, Engine, KvDtype, Replica, fit
from slipway.checks.fit.engines.cuda_context import context_findings
from slipway.checks.fit.kv_layout import KvLayout
from slipway.checks.fit.memory import memory
from slipway.checks.fit.remedies import remedies
from slipway.checks.fit.sharding import divisors

LLAMA_8B = model("meta-llama/Llama-3.1-8B-Instruct")
LLAMA_70B = model("meta-llama/Llama-3.3-70B-Instruct")
GPT_OSS_120B = model("openai/gpt-oss-120b")
DEEPSEEK = model("deepseek-ai/DeepSeek-V3")

ENGINES: tuple[Engine, ...] = get_args(Engine)


def trillium(name: str = LLAMA_8B.name, *, chips: int = 1, length: int = 4096, **more: object) -> Replica:
    replica = Replica(
        engine="vllm-tpu",
        model=model(name),
        memory_gib=31.25,
        chips=chips,
        memory_utilization=0.92,
        max_model_len=length,
        max_num_seqs=128,
        tensor_parallel=chips,
    )
    return replace(replica, **more)  # pyright: ignore[reportArgumentType]


def hopper(name: str = LLAMA_8B.name, *, chips: int = 1, length: int = 4096, **more: object) -> Replica:
    replica = trillium(name, chips=chips, length=length, engine="vllm", memory_gib=79.18)
    return replace(replica, **more)  # pyright: ignore[reportArgumentType]


def layout(replica: Replica) -> KvLayout:
    return replica.rules.layout(
        replica,
        replica.model,
        tensor_parallel=replica.tensor_parallel,
        pipeline_parallel=replica.pipeline_parallel,
    )


@pytest.mark.parametrize(
    ("length", "sequences", "page"), [(1024, 256, 64), (2048, 256, 128), (4096, 256, 256), (16384, 256, 32)]
)
def test_a_tpu_page_grows_with_the_context_and_with_the_block_table(length: int, sequences: int, page: int) -> None:
    assert layout(trillium(length=length, max_num_seqs=sequences)).page == page


def test_a_tpu_pads_heads_of_64_to_128() -> None:
    llama_1b = "meta-llama/Llama-3.2-1B-Instruct"
    assert layout(trillium(llama_1b)).full == 2 * layout(hopper(llama_1b)).full == 2 * 32768


def test_a_tpu_stores_one_head_on_each_chip_where_chips_outnumber_heads() -> None:
    assert layout(trillium("Qwen/Qwen3-30B-A3B", chips=8)).full == 48 * 2 * 128 * 2


@pytest.mark.parametrize(("kv_dtype", "bytes_per_token"), [("16-bit", 80 * 2 * 128 * 2), ("fp8", 80 * 4 * 128)])
def test_one_head_a_chip_gains_nothing_from_fp8_on_a_tpu(kv_dtype: KvDtype, bytes_per_token: int) -> None:
    assert layout(trillium(LLAMA_70B.name, chips=8, kv_dtype=kv_dtype)).full == bytes_per_token


def test_a_gpu_halves_its_cache_in_fp8() -> None:
    assert 2 * layout(hopper(kv_dtype="fp8")).full == layout(hopper()).full == 131072


def test_latent_attention_is_cached_whole_on_every_chip() -> None:
    assert layout(hopper(DEEPSEEK.name, chips=8)).full == layout(hopper(DEEPSEEK.name)).full == 70272


def test_a_tpu_pads_the_latent_entry_too() -> None:
    assert layout(trillium(DEEPSEEK.name, chips=8)).full == 61 * 640 * 2


def test_a_gpu_stores_one_head_where_gpus_outnumber_heads() -> None:
    assert layout(hopper("Qwen/Qwen3-30B-A3B", chips=8)).full == 48 * 2 * 128 * 2


def test_a_request_beyond_its_window_takes_what_vllm_asked_for() -> None:
    replica = hopper(GPT_OSS_120B.name, length=131072, max_num_batched_tokens=1024, version=(0, 11))
    assert layout(replica).request_bytes(131072) / GIB == pytest.approx(4.54, abs=0.005)


def test_only_vllm_on_gpus_forgets_what_lies_before_a_window() -> None:
    naive = 131072 * 73728
    for engine in ("vllm-tpu", "tensorrt-llm", "triton-python"):
        replica = hopper(GPT_OSS_120B.name, length=131072, engine=engine)
        assert layout(replica).request_bytes(131072) >= naive
    assert layout(hopper(GPT_OSS_120B.name, length=131072)).request_bytes(131072) < naive


def test_a_cache_is_counted_in_whole_pages() -> None:
    assert layout(hopper()).request_bytes(17) == 32 * 131072


def test_pipeline_stages_share_the_layers() -> None:
    whole, quarter = memory(hopper(LLAMA_70B.name)), memory(hopper(LLAMA_70B.name, chips=2, pipeline_parallel=2))
    assert quarter.request == whole.request // 4
    tables = whole.weights - LLAMA_70B.weight_bytes
    assert quarter.weights - tables == pytest.approx((whole.weights - tables) / 4, rel=1e-4)


def test_the_fullest_pipeline_stage_counts_where_layers_do_not_divide() -> None:
    llama_405b = model("meta-llama/Llama-3.1-405B")
    whole, quarter = memory(hopper(llama_405b.name)), memory(hopper(llama_405b.name, pipeline_parallel=4))
    assert quarter.request * 126 == whole.request * 32
    assert quarter.weights > whole.weights / 4


def test_a_draft_takes_weights_and_a_cache_of_its_own() -> None:
    draft = model("meta-llama/Llama-3.2-1B-Instruct")
    alone, drafted = memory(hopper()), memory(hopper(draft=Draft(model=draft)))
    assert drafted.draft_weights == draft.weight_bytes + 131072 * 64 * 2
    assert alone.kv_cache - drafted.kv_cache == drafted.draft_weights
    assert drafted.request == alone.request + 4096 * 32768
    assert drafted.tokens < alone.tokens


def test_tensorrt_llm_takes_its_share_of_what_is_free_and_vllm_of_everything() -> None:
    for engine, share in (("tensorrt-llm", 0.5), ("vllm", 0.5)):
        use = memory(hopper(engine=engine, memory_utilization=share))
        fixed = use.weights + use.activations + use.runtime
        expected = (use.chip - fixed) * share if engine == "tensorrt-llm" else use.chip * share - fixed
        assert use.kv_cache == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(("chips", "mebibytes"), [(1, 3584), (2, 3584 + 342), (4, 3584 + 392), (8, 3584 + 392)])
def test_tensorrt_llm_holds_more_where_chips_talk_to_each_other(chips: int, mebibytes: int) -> None:
    assert memory(hopper(LLAMA_70B.name, chips=chips, engine="tensorrt-llm")).runtime == mebibytes * 2**20


def test_a_vision_tower_needs_its_own_activations() -> None:
    small_batch = {"max_num_seqs": 16, "max_num_batched_tokens": 512}
    assert memory(hopper("google/gemma-3-27b-it", **small_batch)).activations == 2.5 * GIB
    assert memory(hopper("google/gemma-2-9b-it", **small_batch)).activations < GIB


def test_each_triton_python_instance_holds_a_copy() -> None:
    one = memory(hopper("meta-llama/Llama-2-7b-chat-hf", engine="triton-python", max_num_seqs=2))
    three = memory(hopper("meta-llama/Llama-2-7b-chat-hf", engine="triton-python", max_num_seqs=2, instances=3))
    assert three.weights == 3 * one.weights
    assert three.runtime == 3 * one.runtime
    assert (one.needed_requests, three.needed_requests) == (2, 6)


def test_a_float32_checkpoint_is_served_at_16_bits_except_by_a_triton_python_model() -> None:
    gpt2 = model("openai-community/gpt2")
    assert memory(hopper(gpt2.name, length=1024, engine="tensorrt-llm")).weights == 2 * gpt2.parameters
    assert memory(hopper(gpt2.name, length=1024, engine="triton-python")).weights == 4 * gpt2.parameters


def test_a_gpu_of_70_gib_is_given_larger_batches_by_default() -> None:
    large, small = hopper(max_num_seqs=None), hopper(max_num_seqs=None, memory_gib=44.7)
    assert (large.sequences, large.batched_tokens) == (1024, 8192)
    assert (small.sequences, small.batched_tokens) == (256, 2048)


def test_a_refusal_names_the_numbers_and_what_fits() -> None:
    [finding] = fit(hopper("Qwen/Qwen3-32B", length=32000, max_num_seqs=1024), "servers.qwen").findings
    assert str(finding) == (
        "error: servers.qwen: Qwen/Qwen3-32B does not fit: of 79.18 GiB a chip 72.85 GiB may be used; "
        "weights 61.03 GiB, activations 5.64 GiB, runtime 0.80 GiB; 5.37 GiB left, "
        "KV cache of one request of 32000 tokens 7.81 GiB (never measured with vLLM on GPUs on such chips); "
        "any of these fits: maxNumSeqs: 512; "
        "maxModelLen: 21760; kvCacheDtype: fp8; a checkpoint of the model with FP8 weights; "
        "tensorParallel: 2 on 2 chips; chips of at least 81.9 GiB"
    )


@pytest.mark.parametrize(
    ("replica", "requests", "spare_gib"),
    [
        # Few requests of full length, and much memory to spare.
        (hopper(length=131072, memory_gib=44.7), 1.55, 8.76),
        # Many requests, and hardly any memory to spare.
        (hopper("Qwen/Qwen3-32B", length=256, memory_gib=70), 18.6, 1.1),
    ],
    ids=["few requests", "little memory"],
)
def test_a_narrow_fit_is_a_warning(replica: Replica, requests: float, spare_gib: float) -> None:
    answer = fit(replica, "servers.it")
    assert answer.memory.requests == pytest.approx(requests, abs=0.1)
    assert (answer.memory.kv_cache - answer.memory.request) / GIB == pytest.approx(spare_gib, abs=0.1)
    assert [finding.severity for finding in answer.findings] == ["warning"]


def test_a_comfortable_fit_is_no_finding() -> None:
    assert not fit(hopper(), "servers.llama").findings


def test_heads_that_chips_do_not_divide_are_refused_with_the_numbers_that_do() -> None:
    [finding] = fit(hopper("Qwen/Qwen2.5-7B-Instruct", chips=8), "servers.qwen").findings
    assert finding.path == "servers.qwen.tensorParallel"
    assert finding.remedy == "use one of 1, 2, 4"


def test_a_feed_forward_width_that_chips_do_not_divide_is_refused() -> None:
    odd = replace(LLAMA_8B, intermediate=LLAMA_8B.intermediate + 2)
    [finding] = fit(replace(hopper(chips=8), model=odd), "servers.llama").findings
    assert (finding.path, finding.remedy) == ("servers.llama.tensorParallel", "use one of 1, 2")


@pytest.mark.parametrize(("chips", "severity"), [(2, "error"), (8, "warning")])
def test_shards_are_compared_with_the_chips_of_the_replica(chips: int, severity: str) -> None:
    [finding] = fit(hopper(chips=chips, tensor_parallel=4), "servers.llama").findings
    assert (finding.path, finding.severity) == ("servers.llama.tensorParallel", severity)


def test_a_context_beyond_the_models_positions_is_refused() -> None:
    findings = fit(hopper("meta-llama/Meta-Llama-3-8B-Instruct", length=16384), "servers.llama").findings
    assert [(finding.path, finding.remedy) for finding in findings] == [
        ("servers.llama.maxModelLen", "use at most 8192")
    ]


def test_a_draft_of_another_vocabulary_is_refused() -> None:
    findings = fit(hopper(draft=Draft(model=model("Qwen/Qwen3-8B"))), "servers.llama").findings
    assert [finding.path for finding in findings] == ["servers.llama.draft.model"]


def test_more_stages_than_layers_are_refused() -> None:
    findings = fit(hopper(chips=64, tensor_parallel=1, pipeline_parallel=64), "servers.llama").findings
    assert "servers.llama.pipelineParallel" in [finding.path for finding in findings]


@pytest.mark.parametrize(
    ("name", "chips", "share", "severities"),
    [
        (LLAMA_8B.name, 1, 0.98, []),
        (LLAMA_8B.name, 1, 0.99, ["error"]),
        ("google/gemma-3-27b-it", 8, 0.92, []),
        ("google/gemma-3-27b-it", 8, 0.98, []),
    ],
)
def test_a_tpu_keeps_room_for_its_programs(name: str, chips: int, share: float, severities: list[str]) -> None:
    findings = fit(trillium(name, chips=chips, memory_utilization=share), "servers.it").findings
    assert [finding.severity for finding in findings] == severities
    assert all(finding.path == "servers.it.memoryUtilization" for finding in findings)


@pytest.mark.parametrize("wrong", [{"max_model_len": 0}, {"memory_utilization": 1.1}, {"chips": 0}])
def test_a_quantity_that_cannot_be_is_an_error(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        fit(replace(hopper(), **wrong), "servers.llama")  # pyright: ignore[reportArgumentType]


@st.composite
def replicas(draw: st.DrawFn) -> Replica:
    served = draw(st.sampled_from(sorted(MODELS.values(), key=lambda row: row.name)))
    engine = draw(st.sampled_from(ENGINES))
    shards = 1 if engine == "triton-python" else draw(st.sampled_from(divisors(served)))
    return Replica(
        engine=engine,
        model=served,
        memory_gib=draw(st.sampled_from([15.75, 22.35, 31.25, 39.38, 79.18, 139.8])),
        chips=shards,
        memory_utilization=draw(st.sampled_from([0.8, 0.92, 0.98])),
        max_model_len=draw(st.integers(2, served.max_positions)),
        max_num_seqs=draw(st.none() | st.integers(1, 512)),
        max_num_batched_tokens=draw(st.none() | st.integers(4096, 16384)),
        tensor_parallel=shards,
        kv_dtype=draw(st.sampled_from([None, "fp8"])),
    )


@given(replicas())
def test_the_parts_add_up_to_what_may_be_used(replica: Replica) -> None:
    use = memory(replica)
    parts = use.weights + use.draft_weights + use.activations + use.runtime + use.kv_cache
    assert use.kv_cache < 0 or parts == pytest.approx(use.usable, abs=1)
    assert use.usable <= use.chip or use.kv_cache <= 0
    assert use.fits == (use.requests >= use.needed_requests)


@given(replicas(), st.floats(1, 4))
def test_a_larger_chip_never_holds_fewer_requests(replica: Replica, factor: float) -> None:
    fixed = replace(replica, max_num_seqs=replica.sequences, max_num_batched_tokens=replica.batched_tokens)
    larger = replace(fixed, memory_gib=fixed.memory_gib * factor)
    assert memory(larger).requests >= memory(fixed).requests


@given(replicas())
def test_every_change_that_is_offered_fits(replica: Replica) -> None:
    assume(not memory(replica).fits)
    changes = remedies(replica)
    assert changes
    for change in changes:
        assert memory(change.replica).fits, change.words


@given(replicas())
def test_the_answer_is_ok_exactly_if_the_memory_fits_and_programs_have_room(replica: Replica) -> None:
    answer = fit(replica, "servers.it")
    match replica.engine:
        case "vllm-tpu":
            starts = replica.memory_gib * (1 - replica.memory_utilization) >= 0.6
        case "vllm":
            starts = not context_findings("", replica, answer.memory)
        case _:
            starts = True
    loads = replica.weight_dtype or replica.model.quantised_by not in replica.rules.unread
    assert answer.ok == bool(answer.memory.fits and starts and loads)
