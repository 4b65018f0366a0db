"""The clients' command lines, from a copy of their folder and nothing else of this project."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slipway.triton_repository.clients import server
from slipway.triton_repository.clients.chat import QUESTIONS
from slipway.triton_repository.clients.server import Server
from tests.triton_repository.variants import ENTRY

WORDS = """
class AutoTokenizer:
    @classmethod
    def from_pretrained(cls, name):
        return lambda text, add_special_tokens: {"input_ids": text.split()}
"""
"""A tokenizer for which each word is a token."""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A directory with the clients and a tokenizer."""
    assert server.__file__
    shutil.copytree(Path(server.__file__).parent, tmp_path / "clients")
    (tmp_path / "transformers.py").write_text(WORDS, encoding="utf-8")
    return tmp_path


def run(directory: Path, client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", f"clients.{client}", *arguments]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True)


def test_the_questions_are_asked_and_the_answers_printed(llama: Server, copied: Path) -> None:
    answered = run(copied, "ask", "--url", llama.url, "--grpc", llama.grpc, "--model", ENTRY["python"])
    assert (answered.returncode, answered.stderr) == (0, "")
    printed = [f"{way}: {question}\n" for way in ("infer", "generate", "gRPC") for question in QUESTIONS]
    assert all(line in answered.stdout for line in printed)
    assert answered.stdout.count(f"    {f'<{QUESTIONS[1]}>'[::-1]}\n") == 3


def test_a_server_that_refuses_is_quoted(llama: Server, copied: Path) -> None:
    refused = run(copied, "ask", "--url", llama.url, "--model", "nosuch")
    assert refused.returncode == 1
    assert "404" in refused.stderr
    assert "'nosuch' is not found" in refused.stderr


def test_measurements_of_several_variants_fill_the_tables(llama: Server, copied: Path) -> None:
    results = copied / "results.jsonl"
    for name in ("python", "python-8-bit", "vllm"):
        arguments = ("--url", llama.url, "--model", ENTRY[name], "--runs", "1", "--results", str(results))
        measured = run(copied, "benchmark", *arguments)
        assert (measured.returncode, measured.stderr) == (0, "")
    lines = map(json.loads, results.read_text().splitlines())
    kinds = [(each["engine"], each["instances"], each["batch"]) for each in lines]
    chats = [("HF", count, batch) for count in (1, 2) for batch in (0, 1, 8)]
    assert kinds == [*chats, ("vLLM", 1, 1), ("vLLM", 1, 8)]
    heads = [line for line in measured.stdout.splitlines() if line.startswith("|  |")]
    assert heads == [
        "|  | 1 instance, HF | 2 instances, HF |",
        "|  | batch 1, HF | batch 1, vLLM | batch 8, HF | batch 8, vLLM |",
    ]
