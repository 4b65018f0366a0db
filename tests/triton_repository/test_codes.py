"""The codes of findings: one for each kind, so that a person can suppress a kind and nothing else."""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "components" / "slipway" / "triton_repository"


def test_each_kind_of_finding_has_a_code_of_its_own() -> None:
    codes = [
        call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        for path in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Finding"
    ]
    assert len(codes) > 100
    assert [code for code in codes if codes.count(code) > 1] == []
    assert all(re.fullmatch(r"triton(\.[a-z]+(-[a-z]+)*){1}", str(code)) for code in codes)
