"""README and docs hold: commands run or are for what is not here, YAML reads, and no key is missing."""

import importlib
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from offline import Recording
from offline.summary import summary
from reference import catalog_pages, keys
from slipway.catalog.machines import MACHINES
from slipway.catalog.models import MODELS
from stacks.__main__ import schema

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)

NEEDS = {
    "aws": "an account of AWS",
    "curl": "a server",
    "done": "a cluster",
    "for": "a cluster",
    "gcloud": "an account of Google Cloud",
    "gh": "an account of GitHub",
    "git": "a commit of one's own",
    "helm": "a registry of charts and a cluster",
    "grpcurl": "a server",
    "hf": "an account of Hugging Face",
    "kubectl": "a cluster",
    "pulumi": "an account, a backend and the CLI",
    "uv": "a tokenizer from Hugging Face, and a server",
    "uvx": "a registry of packages, and hooks in somebody's checkout",
}
"""Programs of commands that no test runs, with what they would need."""

ELSEWHERE = {
    "bench": "tests/offline/test_bench.py",
    "check": "continuous integration",
    "diff": "tests/rehearsal/updates",
    "docs": "continuous integration",
    "preflight": "tests/preflight",
    "prices": "tests/catalog/test_price_lists.py",
    "rehearse": "tests/rehearsal/story",
    "schema": "tests/test_stacks.py",
    "simulate": "tests/simulate",
    "test": "continuous integration",
}
"""Targets of the Makefile that are too long or too wide for here, with who runs them."""


def blocks(*languages: str) -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
            if found["language"] in languages and "reference" not in page.parts:
                yield page, re.sub(rf"^{found['indent']}", "", found["body"], flags=re.MULTILINE)


def commands() -> Iterator[tuple[str, str]]:
    """Yield page and command of every block that has no language: output says `text`."""
    for page, body in blocks("", "sh"):
        for line in body.replace("\\\n", " ").splitlines():
            if line.strip() and not line.startswith("#"):
                yield str(page.relative_to(ROOT)), line.strip()


def runnable() -> list[str]:
    found = {line for _, line in commands() if (words := line.split())[0] == "make" and words[1] not in ELSEWHERE}
    return sorted(found)


def test_every_command_is_run_or_is_known_to_need_what_is_not_here() -> None:
    wrong = [
        f"{page}: {line}"
        for page, line in commands()
        if (program := line.split()[0]) not in {"make", ".venv/bin/python", *NEEDS}
        or (program == "make" and len(line.split()) < 2)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("line", runnable())
def test_a_command_of_the_docs_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MAKELEVEL", raising=False)  # A make that another make runs writes its folder into its output.
    monkeypatch.chdir(ROOT)
    words = shlex.split(line.partition(" > ")[0], comments=True)
    if any(word.startswith("BASE=") for word in words):
        base = tmp_path / "base.json"
        plain = [word for word in words if not word.startswith(("BASE=", "FORMAT="))]
        assert run([*plain, "FORMAT=json"]) == 0
        base.write_text(capsys.readouterr().out)
        words = [f"BASE={base}" if word.startswith("BASE=") else word for word in words]
    more = ["--out", str(tmp_path / "Pulumi.new.yaml")] if words[1] == "new" else []
    assert run(words, *more) == 0, capsys.readouterr().err


def run(make: list[str], *more: str) -> int:
    """Run here what make would have Python run, with further arguments: each process imports SDKs for seconds."""
    said = subprocess.run([*make, "PYTHON=printf '%s\\n'"], capture_output=True, text=True, check=True).stdout
    option, module, *arguments = said.splitlines()
    assert option == "-m"
    return importlib.import_module(f"{module}.__main__").main([*arguments, *more])


def test_readme_shows_the_answer_that_there_is(recordings: Mapping[str, Recording]) -> None:
    answer = summary(recordings["gke-tpu-prod"])[1:-1]
    assert "\n".join(answer) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_yaml_of_the_docs_reads() -> None:
    for page, body in blocks("yaml"):
        try:
            yaml.safe_load(body)
        except yaml.YAMLError as error:
            pytest.fail(f"{page}: {error}\n{body}")


def test_the_reference_has_every_key_of_the_schema() -> None:
    page = keys.page()
    for name, block in schema()["$defs"].items():
        section = page.partition(f"{{ #{name.lower()} }}")[2].partition("\n## ")[0]
        for key in block.get("properties", {}):
            assert f"\n| `{key}` | " in section, f"{name}.{key}"


def test_the_lists_have_every_model_and_machine() -> None:
    assert all(f"| `{name}` |" in catalog_pages.models() for name in MODELS)
    assert all(f"| `{name}` |" in catalog_pages.machines() for name in MACHINES)


def test_every_page_is_in_the_navigation() -> None:
    named = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text()))
    there = {str(page.relative_to(ROOT / "docs")) for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert there - named == set()
    assert {page for page in named if not page.startswith("reference/")} <= there
