"""What each method of speculative decoding needs, and whether two engines fit one GPU."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.architecture import Model
from slipway.catalog.engines.tensorrt_llm.speculation import EAGLE_HEADS, Method
from slipway.catalog.models import model
from slipway.checks.engine_pair import EnginePair, pair_fit
from slipway.checks.fit import Replica, fit
from slipway.checks.speculation import Speculation, speculation_findings

LLAMA = model("meta-llama/Llama-3.3-70B-Instruct")
LLAMA_FP8 = model("nvidia/Llama-3.3-70B-Instruct-FP8")
DRAFT = model("meta-llama/Llama-3.2-1B-Instruct")
HEAD = EAGLE_HEADS["yuhuili/EAGLE3-LLaMA3.3-Instruct-70B"]
DEEPSEEK = model("deepseek-ai/DeepSeek-R1")
H200_GIB = 141.0


def speculation(method: Method, **more: object) -> Speculation:
    usual = Speculation(
        method=method,
        target=LLAMA_FP8,
        draft=DRAFT if method == "draft-target" else None,
        head=HEAD if method == "eagle3" else None,
        max_draft_len=4,
        max_model_len=32768,
        max_num_seqs=8,
        max_num_batched_tokens=8192,
    )
    return replace(usual, **more)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "good",
    [
        speculation("none", max_draft_len=0),
        speculation("draft-target"),
        speculation("eagle3"),
        speculation("ngram"),
        speculation("mtp", target=DEEPSEEK),
    ],
    ids=lambda good: good.method,
)
def test_a_method_with_what_it_needs_is_right(good: Speculation) -> None:
    assert speculation_findings("s", good) == []


@pytest.mark.parametrize(
    ("bad", "path", "message", "remedy"),
    [
        (
            speculation("draft-target", draft=model("Qwen/Qwen2.5-7B-Instruct")),
            "s.model",
            "152064 tokens and nvidia/Llama-3.3-70B-Instruct-FP8 has 128256",
            "of the same family",
        ),
        (
            speculation("draft-target", target=DRAFT, draft=model("meta-llama/Llama-3.2-3B-Instruct")),
            "s.model",
            "3.21 billion parameters and meta-llama/Llama-3.2-1B-Instruct has 1.24 billion",
            "use a smaller model",
        ),
        (
            speculation("draft-target", draft=model("meta-llama/Meta-Llama-3-8B-Instruct")),
            "s.model",
            "8192 positions, and requests have up to 32768 tokens",
            "lower maxModelLen to 8192",
        ),
        (
            speculation("draft-target", draft=model("meta-llama/Llama-3.2-3B-Instruct"), tensor_parallel=16),
            "s.model",
            "cannot be spread evenly over 16 GPUs",
            "set tensorParallel to one of 1, 2, 4, 8",
        ),
        (
            speculation("eagle3", target=model("meta-llama/Llama-3.1-8B-Instruct")),
            "s.model",
            "was trained with meta-llama/Llama-3.3-70B-Instruct, whose hidden states it reads",
            "use yuhuili/EAGLE3-LLaMA3.1-Instruct-8B",
        ),
        (
            speculation("eagle3", target=model("Qwen/Qwen3-32B")),
            "s.model",
            "not with Qwen/Qwen3-32B",
            "use the type draft-target or ngram",
        ),
        (speculation("mtp"), "s.type", "has no layers that predict several tokens", "draft-target, eagle3 or ngram"),
        (
            speculation("ngram", max_num_seqs=1024, max_draft_len=10),
            "s.maxDraftLen",
            "are 11264 tokens a step, and a step has 8192",
            "write 7 or less, or lower maxNumSeqs",
        ),
    ],
    ids=lambda value: value.method if isinstance(value, Speculation) else None,
)
def test_a_method_without_what_it_needs_is_named(bad: Speculation, path: str, message: str, remedy: str) -> None:
    [finding] = speculation_findings("s", bad)
    assert finding.path == path
    assert message in finding.message
    assert remedy in finding.remedy


def engine(served: Model, share: float, tokens: int = 32768) -> Replica:
    return Replica(
        engine="tensorrt-llm",
        model=served,
        memory_gib=H200_GIB,
        chips=1,
        memory_utilization=share,
        max_model_len=tokens,
        max_num_seqs=32,
        weight_dtype="fp8",
        kv_dtype="fp8",
    )


def pair(target: float, draft: float, tokens: int = 32768) -> EnginePair:
    return EnginePair(target=engine(LLAMA, target, tokens), draft=engine(DRAFT, draft, tokens))


def test_the_articles_shares_leave_no_room_for_a_request_of_the_length_it_builds_for() -> None:
    """It gives each engine 0.35 and builds both for 131072 tokens."""
    [finding] = pair_fit(pair(0.35, 0.35, 131072), "servers.llama").findings
    assert finding.path == "servers.llama.route.kvCacheShares.draft"
    assert "one request of 131072 tokens takes 20.00 GiB" in finding.message
    assert pair_fit(pair(0.35, 0.35), "servers.llama").ok


def test_shares_of_more_than_everything_are_refused() -> None:
    findings = {finding.path: finding for finding in pair_fit(pair(0.7, 0.4), "s").findings}
    assert "are 1.1 of the free memory" in findings["s.route.kvCacheShares"].message


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_two_engines_never_take_more_than_the_gpu_has(target: float, draft: float) -> None:
    both = pair(target, draft)
    if not pair_fit(both, "s").ok:
        return
    for first, second in ((both.draft, both.target_last), (both.target, both.draft_last)):
        assert fit(first, "").memory.usable + second.fixed + second.kv_cache <= both.target.memory
        assert second.kv_cache >= second.request


@given(st.floats(0.05, 0.5), st.floats(0.05, 0.4), st.floats(0.01, 0.1))
def test_a_larger_share_of_the_draft_leaves_the_target_less(target: float, draft: float, more: float) -> None:
    assert pair(target, draft + more).target_last.kv_cache <= pair(target, draft).target_last.kv_cache
