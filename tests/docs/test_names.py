"""What README, docs, docstrings and messages name is there: modules that are run, targets of make, files."""

import ast
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
THERE = {*FILES, *(str(folder) for file in FILES for folder in Path(file).parents)}
FOLDERS = "|".join(sorted({file.partition("/")[0] for file in FILES if "/" in file and not file.startswith(".")}))

MODULE = re.compile(r"\bpython -m ([a-z_][\w.]*\w)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]+)(?= [A-Z]+=|`|$)", re.MULTILINE)
PATH = re.compile(rf"(?<![\w./:$<>{{}}@-])((?:{FOLDERS})/[\w./-]*\w)(?![\w<*]|\.<)")
MADE = {"docs/reference", "policy/.venv", "policy/.venv/bin/pip", "stacks/Pulumi.chat.yaml"}
"""Paths of files that a command makes."""


def pages() -> Iterator[tuple[str, str]]:
    """Yield place and text of everything that a person reads as prose, but for what has been."""
    for name in FILES:
        if name.endswith(".md") and name != "CHANGELOG.md":
            yield name, (ROOT / name).read_text(encoding="utf-8")


def texts() -> Iterator[tuple[str, str]]:
    """Yield place and text of pages, the Makefile, and strings of the programs, docstrings among them."""
    yield from pages()
    yield "Makefile", (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(PYTHON)", "python")
    for name in FILES:
        if name.endswith(".py") and not name.startswith("tests/"):
            for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield f"{name}:{node.lineno}", node.value


def test_every_module_that_a_text_runs_is_there() -> None:
    named = {module: place for place, text in texts() for module in MODULE.findall(text)}
    assert {"offline", "slipway.catalog.charts.refresh"} <= named.keys()
    assert [f"{place}: {module}" for module, place in named.items() if not is_module(module)] == []


def is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_every_target_that_a_text_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target: place for place, text in texts() for target in TARGET.findall(text)}
    assert {"preview", "rehearse-down"} <= named.keys()
    assert [f"{place}: make {target}" for target, place in named.items() if target not in targets] == []


def test_every_file_that_a_page_names_is_there() -> None:
    """A link between pages starts at its page, and names what the reference generates."""
    wrong: list[str] = []
    for place, text in pages():
        linked = set(re.findall(r"\]\(([\w./-]+)", text))
        wrong += [f"{place}: {path}" for path in PATH.findall(text) if path not in {*THERE, *MADE, *linked}]
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "text", "named"),
    [
        (MODULE, "run `python -m catalog.charts.refresh x`", ["catalog.charts.refresh"]),
        (TARGET, "`make previews` or\nmake new MODEL=x", ["previews", "new"]),
        (
            PATH,
            "`docs/gone.md`, vllm-project/vllm:docs/design/metrics.md, stacks/Pulumi.<stack>.yaml",
            ["docs/gone.md"],
        ),
    ],
)
def test_names_are_found_where_they_stand(pattern: re.Pattern[str], text: str, named: list[str]) -> None:
    assert pattern.findall(text) == named
