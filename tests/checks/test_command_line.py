"""How the words of a command line are read: as the engine's own parser reads them."""

import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from slipway.catalog.engines.flags import Flags
from slipway.catalog.engines.sglang import flags as sglang
from slipway.catalog.engines.triton import flags as triton
from slipway.catalog.engines.vllm import flags as vllm
from slipway.checks.command_line import Given, given

VLLM, SGLANG, TRITON = vllm.arguments(), sglang.arguments(), triton.arguments("26.07")

VALUED = sorted(name for name, flag in VLLM.known.items() if flag.takes not in ("switch", "toggle", "list"))
LONG = sorted(name for name in VALUED if name.startswith("--") and "." not in name)


def read(flags: Flags, *words: str) -> list[tuple[str, tuple[str | None, ...]]]:
    """Return what words stand for: the name of the documentation, with the part of a JSON value, and the values."""
    return [(name(one), one.values) for one in given(words, flags)]


def name(one: Given) -> str:
    if one.flag is None:
        return f"? {one.spelled}"
    return f"{one.flag.name}.{one.part}" if one.part else one.flag.name


@each(st.sampled_from(LONG), st.text("abc019", min_size=1))
def test_a_value_stands_behind_an_equals_sign_or_is_the_next_word(flag: str, value: str) -> None:
    expected = [(VLLM.known[flag].name, (value,))]
    assert read(VLLM, f"{flag}={value}") == read(VLLM, flag, value) == expected
    assert read(VLLM, "--" + flag[2:].replace("-", "_"), value) == expected


@each(st.sampled_from(LONG), st.integers(4, 40))
def test_a_beginning_is_completed_only_where_one_name_begins_so(flag: str, length: int) -> None:
    begin = flag[:length]
    begun = [known for known, of in VLLM.known.items() if known.startswith(begin) and of.effect != "gone"]
    [one] = given([f"{begin}=1"], VLLM)
    if begin in VLLM.known or len(begun) == 1:
        assert one.flag is VLLM.known[begin if begin in VLLM.known else begun[0]]
    else:
        assert one.flag is None
        assert set(one.matches) == set(begun)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-tp", "4"], [("--tensor-parallel-size", ("4",))]),
        (["-tp=4"], [("--tensor-parallel-size", ("4",))]),
        (["-qfp8"], [("--quantization", ("fp8",))]),
        (["-O3", "-O=2", "-O", "1"], [("--optimization-level", (level,)) for level in ("3", "2", "1")]),
        (["--enable-lora", "--seed", "-1"], [("--enable-lora", ("true",)), ("--seed", ("-1",))]),
        (["--no-enable-dbo"], [("--enable-dbo", ("false",))]),
        (["--no_enable_dbo"], [("--enable-dbo", ("false",))]),
        (["-ep"], [("--enable-expert-parallel", ("true",))]),
        (["--lora-modules", "a=b", "c=d", "--seed=1"], [("--lora-modules", ("a=b", "c=d")), ("--seed", ("1",))]),
        (["--hf-overrides.rope.factor", "2"], [("--hf-overrides.rope.factor", ("2",))]),
        (["-cc.cudagraph_capture_sizes+=1"], [("--compilation-config.cudagraph_capture_sizes", ("1",))]),
        (["--chat-template={% if a -%} b {% endif %}"], [("--chat-template", ("{% if a -%} b {% endif %}",))]),
        (["--max-num-seqs"], [("--max-num-seqs", (None,))]),
        (["--seed 3"], [("? --seed 3", ())]),
        (["llama", "--"], [("? llama", ()), ("? --", ())]),
        (["--no-such-flag", "1", "--seed=1"], [("? --no-such-flag", ()), ("--seed", ("1",))]),
    ],
)
def test_vllm_spells_its_flags_in_many_ways(words: list[str], expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert read(VLLM, *words) == expected


def test_sglang_knows_aliases_and_no_underscores() -> None:
    assert read(SGLANG, "--tp", "2", "--model", "m") == [("--tp-size", ("2",)), ("--model-path", ("m",))]
    assert read(SGLANG, "--tp_size=2") == [("? --tp_size", ())]


def test_triton_takes_the_next_word_whatever_it_is() -> None:
    assert read(TRITON, "--log-file", "--allow-metrics=false") == [("--log-file", ("--allow-metrics=false",))]
    assert read(TRITON, "--http-p", "9000") == [("--http-port", ("9000",))]
    assert read(TRITON, "-h") == [("? -h", ())]
