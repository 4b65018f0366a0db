"""Every code that a finding can have, read from the calls that make findings."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from reference.tables import code, table

ROOT = Path(__file__).parent.parent
FOLDERS = ("checks", "stacks", "components", "offline")


def codes() -> dict[str, set[str]]:
    """Return the modules that give each code."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for given in _given(ast.parse(path.read_text(encoding="utf-8"))):
                found[given].add(str(path.relative_to(ROOT)))
    return found


def page() -> str:
    """Return the page."""
    rows = [(code(given), ", ".join(map(code, sorted(paths)))) for given, paths in sorted(codes().items())]
    text = "An error keeps a stack from creating anything, a warning does not. Each has place, value, reason, way out."
    return "\n".join(["# Findings", "", text, "", *table(("Code", "Judged in"), rows)])


def _given(tree: ast.AST) -> Iterator[str]:
    """Yield the codes of calls of Finding, and of helpers that are given one as their first argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(first := node.args[0], ast.Constant):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in ("Finding", "Words") and isinstance(first.value, str):
                yield first.value
