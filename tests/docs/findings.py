"""Every finding that the source can make: its code, and what it says, with `…` for what depends on the stack."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("components", "stacks", "offline", "preflight", "simulate")
CODE = r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*"
MAKERS: Mapping[str, Sequence[str]] = {
    "Finding": ("code", "path", "message", "remedy"),
    "Words": ("code", "message", "remedy"),
    "Rule": ("code", "key", "breaks", "message", "remedy"),
}
PAGE = ROOT / "docs" / "findings.md"


class Stated(NamedTuple):
    """A finding as the source states it."""

    code: str
    message: str
    remedy: str


def stated() -> dict[str, Stated]:
    """Return the first of each code that is said in words, in the order of the codes."""
    found: dict[str, Stated] = {}
    for _, call, scope in _calls():
        named = _named(call)
        texts = [_text(named.get(part), scope, call.lineno) for part in ("message", "remedy")]
        for code in _codes(_resolved(named.get("code"), scope, call.lineno)):
            if code not in found or not re.search(r"[a-z]{3}", found[code].message):
                found[code] = Stated(code, *texts)
    return dict(sorted(found.items()))


def page() -> str:
    """Return the page that lists them."""
    rows = [f"| `{each.code}` | {_cell(each.message)} | {_cell(each.remedy)} |" for each in stated().values()]
    return "\n".join([*HEAD, *rows, ""])


HEAD = (
    "# Findings",
    "",
    "Each finding has a code that stays the same over releases; messages may change. `make preview FORMAT=json` "
    "prints it beside path, message,\nremedy and severity. Below is what a finding of each code says, as the source "
    "states it: `…` stands for what depends on the stack file, and where a\ncode has several messages one is shown. "
    "The page is generated: `UPDATE_FINDINGS=1 python -m pytest tests/docs/test_findings.py` writes it anew.",
    "",
    "| Code | What it says, for example | And what to do |",
    "|---|---|---|",
)


def makers() -> Iterator[tuple[str, list[str]]]:
    """Yield each place that makes a finding with a code of its own, and what codes that can be."""
    for path, call, scope in _calls():
        code = _resolved(_named(call).get("code"), scope, call.lineno)
        if isinstance(code, ast.Constant | ast.JoinedStr | ast.IfExp):
            yield f"{path.relative_to(ROOT)}:{call.lineno}", _codes(code)


def _calls() -> Iterator[tuple[Path, ast.Call, ast.AST]]:
    """Yield the calls that make findings, each with the function that it is in."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ast.parse(path.read_text("utf-8"))
            functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
            for call in ast.walk(module):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MAKERS:
                    around = [each for each in functions if each.lineno <= call.lineno <= (each.end_lineno or 0)]
                    yield path, call, max(around, key=lambda each: each.lineno, default=module)


def _named(call: ast.Call) -> dict[str, ast.expr]:
    assert isinstance(call.func, ast.Name)
    return dict(zip(MAKERS[call.func.id], call.args, strict=False)) | {
        keyword.arg: keyword.value for keyword in call.keywords if keyword.arg
    }


def _codes(node: ast.expr | None) -> list[str]:
    """Return the codes that an expression can be; none where it is handed on."""
    texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)] if node else []
    return [text for text in texts if isinstance(text, str) and re.fullmatch(CODE, text)]


def _text(node: ast.expr | None, scope: ast.AST, line: int) -> str:
    """Return the text of an expression, with `…` for what is not known of it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part, scope, line) for part in parts)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _text(left, scope, line) + _text(right, scope, line)
        case ast.IfExp(body=body):
            return _text(body, scope, line)
        case ast.Name():
            value = _resolved(node, scope, line)
            return "…" if value is None or isinstance(value, ast.Name) else _text(value, scope, value.lineno)
        case _:
            return "…"


def _resolved(node: ast.expr | None, scope: ast.AST, line: int) -> ast.expr | None:
    """Return what a name was last assigned before a line; anything else as it is."""
    if not isinstance(node, ast.Name):
        return node
    assigned = [
        each.value
        for each in ast.walk(scope)
        if isinstance(each, ast.Assign) and each.lineno < line and _is(each.targets[0], node.id)
    ]
    return max(assigned, key=lambda each: each.lineno, default=node)


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;") or "…"
