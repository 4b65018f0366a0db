"""Measure a model with and without speculation, and print tokens a second: `python3 benchmark.py plan.json`.

Each run of the plan starts a server of its own, waits until it is healthy, and sends requests one after the other, as
NVIDIA measured in December 2024: tokens a second are all tokens of all answers by the time until their last one. The
share of drafted tokens that the model accepted follows from what the server counts: `trtllm-serve` counts both, Triton
the requests to either engine, of which one to the model makes a token more than it accepts.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypedDict, cast

PROMPTS = (
    "A number of three digits has each of the digits 1, 3 and 5. How likely is it that 5 divides it? Show each step.",
    "Write a Python function that merges two sorted lists into one sorted list, and explain its running time.",
    "Explain to a new engineer how a TCP connection is opened and closed, and what can go wrong on the way.",
    "Summarise in five sentences how the Roman Republic became an empire.",
    "Draft a polite letter to a neighbour whose dog barks at night, and suggest two solutions.",
    "List the planets of the solar system in the order of their mass, with one remarkable fact about each.",
    "Translate into French, then explain the grammar: 'Had I known about the strike, I would have come by bicycle.'",
    "Compare three ways to store energy from solar panels at home, with their costs and how long they last.",
)
WARM_UPS = 2
STOP_SECONDS = 120
COUNTERS = {
    "openai": ("trtllm_spec_decode_accepted_tokens_total", "trtllm_spec_decode_drafted_tokens_total"),
    "triton": tuple(f'nv_inference_request_success{{model="tensorrt_llm{each}",' for each in ("", "_draft")),
}
"""How the lines begin that count, on the server's page."""


class Run(TypedDict):
    """One server to measure.

    `api` is `openai` or `triton`; `draft_tokens` are those that Triton is asked to have drafted, and 0 for none.
    `metrics` is the page for Prometheus.
    """

    label: str
    command: list[str]
    environment: dict[str, str]
    url: str
    health: str
    metrics: str
    api: str
    model: str
    draft_tokens: int


class Plan(TypedDict):
    """What to measure; `tokenizer` counts the tokens of answers where the server does not."""

    requests: int
    answer_tokens: int
    startup_seconds: int
    tokenizer: str
    runs: list[Run]


@dataclass(frozen=True)
class Result:
    """What came of a run; `acceptance` is None where nothing was drafted or nothing is said of it."""

    label: str
    tokens_per_second: float
    acceptance: float | None


def main(path: Path) -> None:
    """Measure every run, the last of which has no drafts, and print the table."""
    plan: Plan = json.loads(path.read_text(encoding="utf-8"))
    results = [measured(plan, run) for run in plan["runs"]]
    sys.stdout.write(f"\n{table(results)}\n")


def measured(plan: Plan, run: Run) -> Result:
    """Start the server of a run, measure it and stop it."""
    sys.stderr.write(f"starting: {run['label']}\n")
    server = subprocess.Popen(run["command"], env={**os.environ, **run["environment"]}, start_new_session=True)
    try:
        wait_until_healthy(server, run["url"] + run["health"], plan["startup_seconds"])
        for number in range(WARM_UPS):
            ask(plan, run, number)
        before = counters(run)
        start = time.monotonic()
        tokens = sum(ask(plan, run, number) for number in range(plan["requests"]))
        seconds = time.monotonic() - start
        counted = tuple(later - earlier for earlier, later in zip(before, counters(run), strict=True))
    finally:
        stop(server)
    sys.stderr.write(f"{run['label']}: {tokens} tokens in {seconds:.2f} s\n")
    return Result(run["label"], tokens / seconds, acceptance(run, tokens, *counted))


def acceptance(run: Run, tokens: int, first: float, second: float) -> float | None:
    """Return the share of drafted tokens that were accepted, from what the server has counted meanwhile."""
    accepted, drafted = first, second
    if run["api"] == "triton":
        accepted, drafted = tokens - first, second * run["draft_tokens"]
    return accepted / drafted if drafted else None


def wait_until_healthy(server: "subprocess.Popen[bytes]", url: str, seconds: int) -> None:
    """Return when the server answers.

    Raises:
        RuntimeError: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (code := server.poll()) is not None:
            raise RuntimeError(f"the server ended with {code} before it answered")
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not answer at {url} within {seconds} s")


def ask(plan: Plan, run: Run, number: int) -> int:
    """Send one request and return how many tokens its answer has."""
    prompt = f"{PROMPTS[number % len(PROMPTS)]} (Question {number + 1}.)"
    tokens = plan["answer_tokens"]
    if run["api"] == "openai":
        request = {"model": run["model"], "prompt": prompt, "max_tokens": tokens, "temperature": 0}
        return int(post(run["url"] + "/v1/completions", request)["usage"]["completion_tokens"])
    drafts = {"num_draft_tokens": run["draft_tokens"]} if run["draft_tokens"] else {}
    request = {"text_input": prompt, "max_tokens": tokens, "stream": False, **drafts}
    text = post(run["url"] + "/v2/models/tensorrt_llm_bls/generate", request)["text_output"]
    # With drafts the answer begins with the prompt.
    return count_tokens(plan["tokenizer"], text.partition(prompt)[2] or text)


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send JSON and return the JSON that comes back."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as response:
        return cast("dict[str, Any]", json.load(response))


def count_tokens(tokenizer: str, text: str) -> int:
    """Return the tokens of a text."""
    return len(loaded(tokenizer).encode(text, add_special_tokens=False))


@cache
def loaded(tokenizer: str) -> Any:
    """Return a tokenizer, by the library that the server's image has; warm-ups load it, so that it costs no time."""
    return import_module("transformers").AutoTokenizer.from_pretrained(tokenizer)


def counters(run: Run) -> tuple[float, float]:
    """Return what the two counters of the server's page say, of all their labels together."""
    with urllib.request.urlopen(run["metrics"], timeout=60) as response:
        lines = response.read().decode().splitlines()
    first, second = (
        sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(counter))
        for counter in COUNTERS[run["api"]]
    )
    return first, second


def stop(server: "subprocess.Popen[bytes]") -> None:
    """End a server with all of its processes, so that the next one finds the GPU empty."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def table(results: list[Result]) -> str:
    """Return the results side by side, as Markdown; the last is what the others are compared with."""
    base = results[-1].tokens_per_second
    rows = (
        ("", [result.label for result in results]),
        ("---", ["---:"] * len(results)),
        ("Tokens/s", [f"{result.tokens_per_second:.2f}" for result in results]),
        ("Speed-up", [f"{result.tokens_per_second / base:.2f}x" for result in results]),
        ("Drafts accepted", ["-" if r.acceptance is None else f"{r.acceptance:.0%}" for r in results]),
    )
    return "\n".join(f"| {first} | {' | '.join(cells)} |" for first, cells in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
