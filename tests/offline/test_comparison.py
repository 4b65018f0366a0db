import json
from pathlib import Path

import pytest

from offline import PROGRAM
from offline.__main__ import main

GOOD = (PROGRAM.parent / "stacks" / "Pulumi.gke-tpu.yaml").read_text()


@pytest.fixture
def base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The JSON preview of `gke-tpu` under the name that changed copies have."""
    (tmp_path / "Pulumi.mine.yaml").write_text(GOOD)
    assert main(["preview", str(tmp_path / "Pulumi.mine.yaml"), "--format", "json"]) == 0
    path = tmp_path / "base.json"
    path.write_text(capsys.readouterr().out)
    return path


def compared(base: Path, capsys: pytest.CaptureFixture[str], text: str, form: str = "text") -> str:
    stack_file = base.parent / "Pulumi.mine.yaml"
    stack_file.write_text(text)
    assert main(["preview", str(stack_file), "--base", str(base), "--format", form]) == 0
    return capsys.readouterr().out


def test_a_stack_that_did_not_change_does_not_differ(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compared(base, capsys, GOOD).splitlines()[-1] == "nothing differs from the base"


def test_more_nodes_show_as_more_cost_and_more_capacity(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = GOOD.replace("maxNodes: 2", "maxNodes: 4").replace("maxReplicas: 2", "maxReplicas: 4")
    lines = compared(base, capsys, changed).splitlines()
    assert "  costUsd.perHour.ceiling: 43.75 -> 86.95" in lines
    assert "  scaling.llama.maxReplicas: 2 -> 4" in lines
    assert "  ~ gcp:container/nodePool:NodePool v6e" in lines
    assert not [line for line in lines if line.startswith(("  + ", "  - "))]


def test_a_server_with_another_name_comes_and_goes(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = compared(base, capsys, GOOD.replace("      llama:", "      other:")).splitlines()
    assert "  + slipway:serving:VllmServer other" in lines
    assert "  - slipway:serving:VllmServer llama" in lines
    assert "  scaling.llama.maxReplicas: 2 -> -" in lines
    assert "  scaling.other.maxReplicas: - -> 2" in lines


def test_a_pull_request_gets_the_figures_as_a_table(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = GOOD.replace("maxNodes: 2", "maxNodes: 4")
    assert "| `costUsd.perHour.ceiling` | 43.75 | 86.95 |" in compared(base, capsys, changed, "markdown")


def test_a_base_that_is_no_preview_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "base.json"
    path.write_text(json.dumps([]))
    with pytest.raises(SystemExit) as stopped:
        main(["preview", "--base", str(path)])
    assert stopped.value.code == 2
    assert "make one with --format json" in capsys.readouterr().err
