"""The programs that run in NVIDIA's containers, with stand-ins for what those containers bring."""

import json
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from slipway.serving.tensorrt_llm.files import SCRIPTS

Tool = Callable[[str, str], Path]

REQUESTS = 3
"""Of each run of the benchmark."""

FILL_TEMPLATE = """\
import sys
from pathlib import Path
from string import Template

_, _, path, pairs = sys.argv
text = Path(path).read_text()
values = {"max_queue_size": 0, "max_queue_delay_microseconds": 0}
for pair in pairs.split(","):
    key, values[key] = pair.split(":")
    assert key in text, f"key {key!r} does not exist in the file {path}"
Path(path).write_text(Template(text).safe_substitute(values))
"""
"""Does with its arguments what the container's program of this name does; it refuses blanks that a file lacks."""

TEMPLATES = {
    "ensemble": 'name: "ensemble"',
    "preprocessing": 'name: "preprocessing"\ntokenizer: "${tokenizer_dir}"',
    "postprocessing": 'name: "postprocessing"\ntokenizer: "${tokenizer_dir}"',
    "tensorrt_llm_bls": 'name: "tensorrt_llm_bls"\ncount: ${bls_instance_count}\n'
    'target: "${tensorrt_llm_model_name}"\ndraft: "${tensorrt_llm_draft_model_name}"',
    "tensorrt_llm": 'name: "tensorrt_llm"\nmax_batch_size: ${triton_max_batch_size}\nengine: "${engine_dir}"\n'
    'share: "${kv_cache_free_gpu_mem_fraction}"\nreuse: "${enable_kv_cache_reuse}"',
}


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    """Put a program on the PATH of the scripts; all of them find an H200."""
    directory = tmp_path / "bin"
    directory.mkdir()

    def make(name: str, script: str) -> Path:
        path = directory / name
        path.write_text(script)
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
        return path

    make("nvidia-smi", "#!/bin/sh\necho 9.0\necho 9.0\n")
    return make


def run(tmp_path: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, env={**os.environ, **environment, "PATH": path}, capture_output=True, text=True, check=False
    )


def steps(tmp_path: Path, plan: list[Mapping[str, Any]]) -> "subprocess.CompletedProcess[str]":
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    return run(tmp_path, sys.executable, str(SCRIPTS / "steps.py"), str(file))


def shell(output: Path, script: str) -> Mapping[str, Any]:
    return {"output": str(output), "command": ["/bin/sh", "-c", script, "{output}", "{arch}"]}


def test_a_step_makes_its_directory_once_and_names_the_architecture(tmp_path: Path, tool: Tool) -> None:
    plan = [shell(tmp_path / "{arch}" / "engine", 'echo "$1" >> "$0/built"')]
    assert steps(tmp_path, plan).returncode == 0
    assert steps(tmp_path, plan).returncode == 0
    assert (tmp_path / "sm90/engine/built").read_text() == "sm90\n"


def test_a_step_that_fails_leaves_nothing_that_looks_whole_and_goes_on_later(tmp_path: Path, tool: Tool) -> None:
    first, second = tmp_path / "checkpoint", tmp_path / "engine"
    plan = [shell(first, 'touch "$0/weights"'), shell(second, f'touch "$0/part" && test -e {tmp_path}/repaired')]
    failed = steps(tmp_path, plan)
    assert failed.returncode != 0
    assert first.is_dir()
    assert not second.exists()
    (tmp_path / "repaired").touch()
    assert steps(tmp_path, plan).returncode == 0
    assert (second / "part").exists()


def serve(tmp_path: Path, tool: Tool, **environment: str) -> Mapping[str, str]:
    """Return the files of the repository that Triton is started with, by model, and its arguments."""
    tool("tritonserver", f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\ncp -r "${{1#*=}}" {tmp_path}/repository\n')
    for name, text in TEMPLATES.items():
        (tmp_path / "templates" / name / "1").mkdir(parents=True)
        (tmp_path / "templates" / name / "config.pbtxt").write_text(text)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/fill_template.py").write_text(FILL_TEMPLATE)
    given = {
        "ENGINES": "/models/engines/1.2.1",
        "LAYOUT": "tp1-pp1",
        "TARGET": "llama-target",
        "TOKENIZER": "/models/checkpoints/llama",
        "TARGET_KV_SHARE": "0.6",
        "DRAFT_KV_SHARE": "0.3",
        "MAX_BATCH_SIZE": "32",
        "DRAIN_SECONDS": "120",
        "TEMPLATES": str(tmp_path / "templates"),
        "TOOLS": str(tmp_path / "tools"),
    }
    done = run(tmp_path, "/bin/sh", str(SCRIPTS / "serve.sh"), **given, **environment)
    assert done.returncode == 0, done.stderr
    files = {path.parent.name: path.read_text() for path in (tmp_path / "repository").glob("*/config.pbtxt")}
    return {**files, "arguments": (tmp_path / "arguments").read_text()}


def test_triton_serves_both_engines_each_with_its_share_of_the_memory(tmp_path: Path, tool: Tool) -> None:
    served = serve(tmp_path, tool, DRAFT="draft")
    engines = "/models/engines/1.2.1/sm90/tp1-pp1"
    assert served["tensorrt_llm"].splitlines() == [
        'name: "tensorrt_llm"',
        "max_batch_size: 32",
        f'engine: "{engines}/llama-target"',
        'share: "0.6"',
        'reuse: "True"',
    ]
    assert 'name: "tensorrt_llm_draft"' in served["tensorrt_llm_draft"]
    assert f'engine: "{engines}/draft"' in served["tensorrt_llm_draft"]
    assert 'share: "0.3"' in served["tensorrt_llm_draft"]
    assert served["tensorrt_llm_bls"].splitlines()[1:] == [
        "count: 32",
        'target: "tensorrt_llm"',
        'draft: "tensorrt_llm_draft"',
    ]
    assert 'tokenizer: "/models/checkpoints/llama"' in served["preprocessing"]
    assert "ensemble" not in served
    assert "--exit-timeout-secs=120" in served["arguments"]


def test_without_a_draft_triton_serves_the_model_alone(tmp_path: Path, tool: Tool) -> None:
    served = serve(tmp_path, tool, DRAFT="")
    assert "tensorrt_llm_draft" not in served
    assert 'draft: ""' in served["tensorrt_llm_bls"]
    assert not any("${" in text for text in served.values())


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def server(port: int, label: str, seconds: float, accepted: int, **more: object) -> dict[str, object]:
    """Return a run with a double whose model accepts so many of ten drafted tokens."""
    double = Path(__file__).with_name("trtllm_double.py")
    return {
        "label": label,
        "command": [sys.executable, str(double), str(port), str(seconds), str(accepted)],
        "environment": {},
        "url": f"http://127.0.0.1:{port}",
        "health": "/health",
        "metrics": f"http://127.0.0.1:{port}/prometheus/metrics",
        "api": "openai",
        "model": "llama",
        "draft_tokens": 0,
        **more,
    }


def measure(tmp_path: Path, runs: list[dict[str, object]], **environment: str) -> list[list[str]]:
    """Return the cells of the table that the benchmark prints."""
    plan = {"requests": REQUESTS, "answer_tokens": 50, "startup_seconds": 20, "tokenizer": "llama", "runs": runs}
    (tmp_path / "benchmark.json").write_text(json.dumps(plan))
    script = SCRIPTS / "benchmark.py"
    done = run(tmp_path, sys.executable, str(script), str(tmp_path / "benchmark.json"), **environment)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_benchmark_prints_tokens_a_second_with_and_without_drafts(tmp_path: Path, tool: Tool) -> None:
    port, began = free_port(), time.monotonic()
    header, _, tokens, speed_up, accepted = measure(
        tmp_path, [server(port, "1B", 0.05, 7), server(port, "no draft", 0.2, 0)]
    )
    fewest = REQUESTS * 50 / (time.monotonic() - began)
    assert header == ["", "1B", "no draft"]
    assert fewest < float(tokens[1]) < 50 / 0.05
    assert fewest < float(tokens[2]) < 50 / 0.2
    assert speed_up[2] == "1.00x"
    assert float(speed_up[1].removesuffix("x")) == pytest.approx(float(tokens[1]) / float(tokens[2]), abs=0.01)
    assert accepted == ["Drafts accepted", "70%", "-"]


def test_tritons_requests_to_both_engines_say_how_many_drafts_were_accepted(tmp_path: Path, tool: Tool) -> None:
    """Tokens are counted with the tokeniser, here by words: Triton's answers do not say how many they are.

    The double answers with 20 words, and with drafts with its prompt before them: 4 requests to the model for 20 tokens
    make 16 that were drafted, of 4 times 10.
    """
    library = tmp_path / "library"
    library.mkdir()
    (library / "transformers.py").write_text(
        "class AutoTokenizer:\n"
        "    @staticmethod\n"
        "    def from_pretrained(path):\n"
        "        return AutoTokenizer()\n"
        "    def encode(self, text, add_special_tokens):\n"
        "        return text.split()\n"
    )
    port = free_port()
    triton = {"api": "triton", "health": "/v2/health/ready", "metrics": f"http://127.0.0.1:{port}/metrics"}
    runs = [
        server(port, "1B", 0.02, 4, draft_tokens=10, **triton),
        server(port, "no draft", 0.05, 0, **triton),
    ]
    began = time.monotonic()
    _, _, tokens, _, accepted = measure(tmp_path, runs, PYTHONPATH=str(library))
    fewest = REQUESTS * 20 / (time.monotonic() - began)
    assert fewest < float(tokens[1]) < 20 / 0.02
    assert fewest < float(tokens[2]) < 20 / 0.05
    assert accepted == ["Drafts accepted", "40%", "-"]


def test_a_server_that_ends_is_not_waited_for(tmp_path: Path, tool: Tool) -> None:
    broken = server(free_port(), "1B", 0, 0, command=["/bin/sh", "-c", "exit 3"])
    (tmp_path / "benchmark.json").write_text(
        json.dumps({"requests": 1, "answer_tokens": 1, "startup_seconds": 600, "tokenizer": "", "runs": [broken]})
    )
    done = run(tmp_path, sys.executable, str(SCRIPTS / "benchmark.py"), str(tmp_path / "benchmark.json"))
    assert done.returncode != 0
    assert "the server ended with 3 before it answered" in done.stderr
