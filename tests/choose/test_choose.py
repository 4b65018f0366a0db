"""From a request to a stack file that previews, or to the reason why there is none."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from choose import stack_file, table
from choose.__main__ import main
from choose.candidates import Candidate, candidates
from choose.request import Request
from offline import record
from slipway.catalog.models import MODELS
from slipway.checks import errors

LLAMA_8B, LLAMA_70B = "meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.3-70B-Instruct"
LLAMA_405B, V3 = "meta-llama/Llama-3.1-405B-Instruct", "deepseek-ai/DeepSeek-V3"


class Case(NamedTuple):
    """A request, and the machine that the cheapest answer has if that is the point of it; `-` for no answer."""

    request: Request
    machine: str = ""


CASES = {
    "8B on the cheapest": Case(Request(model=LLAMA_8B, context=8192, requests=4), "g2-standard-8"),
    "8B on spot": Case(Request(model=LLAMA_8B, context=8192, requests=4, spot=True)),
    "8B on EKS": Case(Request(model=LLAMA_8B, context=8192, requests=4, cloud="eks")),
    "8B for a crowd": Case(Request(model=LLAMA_8B, context=4096, requests=400)),
    "8B fast": Case(Request(model=LLAMA_8B, context=4096, requests=16, tokens_per_second=5000)),
    "8B in public": Case(Request(model=LLAMA_8B, context=8192, requests=8, source_ranges=("198.18.0.0/24",))),
    "8B in public on GKE": Case(
        Request(model=LLAMA_8B, context=8192, requests=8, cloud="gke", source_ranges=("198.18.0.0/24",)), "-"
    ),
    "70B on GKE": Case(Request(model=LLAMA_70B, context=16384, requests=20, cloud="gke"), "ct5p-hightpu-4t"),
    "70B on EKS": Case(Request(model=LLAMA_70B, context=16384, requests=20, cloud="eks")),
    "70B in FP8": Case(Request(model="nvidia/Llama-3.3-70B-Instruct-FP8", context=16384, requests=8)),
    "70B over its context": Case(Request(model="meta-llama/Llama-2-70b-hf", context=200_000, requests=1), "-"),
    "405B": Case(Request(model=LLAMA_405B, context=8192, requests=8, cloud="eks"), "p5en.48xlarge"),
    "405B for too many": Case(Request(model=LLAMA_405B, context=65536, requests=10_000, cloud="eks"), "-"),
    "405B on GKE": Case(Request(model=LLAMA_405B, context=8192, requests=8, cloud="gke")),
    "experts": Case(Request(model="Qwen/Qwen3-30B-A3B", context=32768, requests=20)),
    "experts of many": Case(Request(model=V3, context=16384, requests=8)),
    "gpt-oss": Case(Request(model="openai/gpt-oss-120b", context=16384, requests=8, cloud="eks")),
    "the smallest": Case(Request(model="meta-llama/Llama-3.2-1B-Instruct", context=4096, requests=8)),
    "a long context": Case(Request(model="Qwen/Qwen3-32B", context=32768, requests=16, cloud="gke")),
    "vision": Case(Request(model="google/gemma-3-27b-it", context=16384, requests=8)),
}


def answer(request: Request) -> Iterator[Candidate]:
    yield from candidates(request, MODELS[request.model], "mine").candidates


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_request_becomes_a_stack_that_previews_or_says_why_not(case: Case, tmp_path: Path) -> None:
    found = candidates(case.request, MODELS[case.request.model], "mine")
    if case.machine == "-":
        assert not found.candidates
    if not found.candidates:
        assert found.refusals
        assert [line for line in table.lines(case.request, found) if found.refusals[0].message in line]
        return
    cheapest = found.candidates[0]
    assert case.machine in ("", cheapest.draft.slice.machine.name)
    file = tmp_path / "Pulumi.mine.yaml"
    file.write_text(stack_file.text(cheapest))
    recording = record(file, assume_secrets=True)
    assert not errors(recording.findings)
    held = recording.outputs["fit"]["llm"]["fullLengthRequests"] * recording.outputs["scaling"]["llm"]["maxReplicas"]
    assert held >= case.request.requests * 0.99


def test_candidates_come_cheapest_first_and_those_without_a_price_last() -> None:
    prices = [each.usd_per_hour for each in answer(Request(model=LLAMA_405B, context=8192, requests=8))]
    known = [price for price in prices if price is not None]
    assert known == sorted(known)
    assert len(known) > 1
    assert prices == known + [None] * (len(prices) - len(known))


def test_a_cloud_and_spot_are_kept_to() -> None:
    for each in answer(Request(model=LLAMA_8B, context=4096, requests=4, cloud="eks", spot=True)):
        assert (each.draft.slice.machine.provider, each.draft.purchase) == ("eks", "spot")


def test_the_table_fits_80_columns() -> None:
    for case in CASES.values():
        shown = table.lines(case.request, candidates(case.request, MODELS[case.request.model], "mine"))
        rows = [line for line in shown if "nothing in the catalog" not in line and not line.startswith("  ")]
        assert all(len(line) <= 80 for line in rows), rows


def test_flags_write_a_file_that_nothing_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "Pulumi.mine.yaml"
    flags = ["new", "--model", LLAMA_8B, "--context", "4096", "--name", "mine", "--out", str(out)]
    assert main([*flags, "--machine", "g6e.xlarge"]) == 0
    shown = capsys.readouterr().out
    assert f"wrote {out}" in shown
    assert "mine: 1 server, " in shown
    assert "instanceType: g6e.xlarge" in out.read_text()
    assert main(flags) == 1
    assert "is there already" in capsys.readouterr().err


def test_a_model_that_is_unknown_has_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "--model", "meta-llama/Llama-3.1-8B-Instrukt", "--context", "4096"]) == 1
    error = capsys.readouterr().err
    assert LLAMA_8B in error
    assert "more" in error


def test_a_person_is_asked_for_what_flags_leave_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(prompt: str = "") -> str:
        return next(answers)

    answers = iter(["Qwen/Qwen3-8B", "", "20", "eks", "y", "n"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", typed)
    assert main(["table"]) == 0
    shown = capsys.readouterr().out
    assert "holds: requests of 8,192 tokens" in shown
    assert "us-east-1" in shown
    assert next(answers, None) is None


def test_what_is_left_out_where_nobody_can_be_asked_is_named() -> None:
    with pytest.raises(SystemExit, match="--model and --context missing"):
        main(["table"])


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--context", "0"], "--context: 0 is nothing to serve"),
        (["--context", "4096", "--requests", "-1"], "--requests: -1 is nothing to serve"),
        (["--context", "4096", "--tokens-per-second", "0"], "--tokens-per-second: 0 is nothing to serve"),
    ],
)
def test_a_load_that_is_none_is_refused(flags: list[str], says: str) -> None:
    with pytest.raises(SystemExit, match=says):
        main(["table", "--model", LLAMA_8B, *flags])


def test_ranges_may_stand_in_one_flag(tmp_path: Path) -> None:
    out = tmp_path / "Pulumi.mine.yaml"
    ranges = ["--public", "198.18.0.0/24, 198.19.0.0/24"]
    flags = ["new", "--model", LLAMA_8B, "--context", "4096", "--name", "mine", "--out", str(out)]
    assert main([*flags, "--machine", "g6e.xlarge", *ranges]) == 0
    ranges_of = record(out, assume_secrets=True).judged.servers["llm"].source_ranges
    assert list(ranges_of) == ["198.18.0.0/24", "198.19.0.0/24"]


def test_long_requests_are_slower_and_more_requests_are_not_made_up() -> None:
    """A step reads the KV cache of every request, and requests make no more tokens for being on two replicas."""
    short, long = (
        next(each.tokens_per_second[1] for each in answer(request) if each.draft.slice.machine.name == "p5.48xlarge")
        for request in (Request(model=LLAMA_8B, context=each, requests=8, cloud="eks") for each in (2048, 65536))
    )
    assert long < 0.7 * short
    for each in answer(Request(model=LLAMA_8B, context=32768, requests=40)):
        assert each.draft.sequences * each.draft.replicas < 40 + 8 * each.draft.replicas


def test_a_rate_is_reached_with_full_batches() -> None:
    [found] = [
        each
        for each in answer(Request(model=LLAMA_8B, context=4096, requests=1, cloud="eks", tokens_per_second=20_000))
        if each.draft.slice.machine.name == "p5en.48xlarge"
    ]
    assert found.tokens_per_second[0] >= 20_000
    assert found.draft.replicas <= 8
    assert found.draft.sequences > 8
