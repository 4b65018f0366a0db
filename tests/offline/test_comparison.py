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
    assert main(["preview", str(stack_file), "--base", str(base), "--format", form]) in (0, 1)
    return capsys.readouterr().out


def changes(base: Path, capsys: pytest.CaptureFixture[str], text: str) -> list[str]:
    """Return the lines of the comparison."""
    lines = compared(base, capsys, text).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(("compared with", "nothing differs")))
    return lines[start : lines.index("findings")]


def test_a_stack_that_did_not_change_does_not_differ(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert changes(base, capsys, GOOD) == ["nothing differs from the base"]


def test_more_nodes_show_as_inputs_cost_and_capacity(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = changes(
        base, capsys, GOOD.replace("maxNodes: 2", "maxNodes: 4").replace("maxReplicas: 2", "maxReplicas: 4")
    )
    assert lines[0] == "compared with the base: 2 in place"
    start = lines.index("  in place gcp.container.NodePool v6e")
    assert lines[start + 1] == "    autoscaling.totalMaxNodeCount: 2 -> 4"
    assert "  costUsd.perHour.ceiling: 43.75 -> 86.95" in lines
    assert "  scaling.llama.maxReplicas: 2 -> 4" in lines


def test_a_server_with_another_name_comes_and_goes(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = changes(base, capsys, GOOD.replace("      llama:", "      other:"))
    assert "  created VllmServer other" in lines
    assert "  deleted VllmServer llama" in lines
    assert "  scaling.llama.maxReplicas: 2 -> -" in lines
    assert "  scaling.other.maxReplicas: - -> 2" in lines


def test_a_change_of_a_model_says_how_long_there_is_no_capacity(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = changes(base, capsys, GOOD.replace("maxModelLen: 4096", "maxModelLen: 2048"))
    start = lines.index("  rolling apps/v1 Deployment llama")
    assert "--max-model-len=4096 -> --max-model-len=2048" in lines[start + 1]
    assert lines[start + 2].startswith("    ! without capacity for up to ")


def test_another_data_plane_replaces_the_cluster_and_all_that_is_in_it(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = GOOD.replace("      deletionProtection:", "      dataplaneV2: false\n      deletionProtection:")
    lines = changes(base, capsys, changed)
    start = lines.index("  REPLACED gcp.container.Cluster gke-tpu")
    assert lines[start + 1].startswith("    datapathProvider: ")
    assert "all that is in the cluster is lost" in lines[start + 2]
    assert any(
        line.startswith("  REPLACED with gcp.container.Cluster gke-tpu: gcp.container.NodePool") for line in lines
    )
    assert any("core/v1 Namespace gke-tpu: every object in it is lost" in line for line in lines)


def test_a_zone_that_a_pool_leaves_takes_its_nodes_along(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The provider updates the pool where it is, and GKE removes the nodes of the zone."""
    regional = (PROGRAM.parent / "stacks" / "Pulumi.gke-tpu-prod.yaml").read_text()
    file, base = tmp_path / "Pulumi.mine.yaml", tmp_path / "base.json"
    file.write_text(regional)
    assert main(["preview", str(file), "--format", "json"]) == 0
    base.write_text(capsys.readouterr().out)
    assert changes(base, capsys, regional.replace("zones: [us-east5-b]", "zones: [us-east5-a]")) == [
        "compared with the base: 1 rolling",
        "  rolling gcp.container.NodePool v6e",
        "    nodeLocations: us-east5-b -> us-east5-a",
        "    ! its nodes in us-east5-b go, and every pod on them starts again where there is a node",
    ]


def test_every_format_says_what_is_replaced(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = GOOD.replace("us-east5-a", "us-east5-b")
    assert "**Replaced** (" in compared(base, capsys, changed, "markdown")
    document = json.loads(compared(base, capsys, changed, "json"))["comparison"]
    cluster = next(each for each in document["changes"] if each["name"] == "gcp.container.Cluster gke-tpu")
    assert (cluster["effect"], cluster["because"]) == ("replaced", "")
    assert {"path": "location", "old": "us-east5-a", "new": "us-east5-b"} in cluster["inputs"]


def test_the_base_of_another_stack_is_refused(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "gke-tpu", "--base", str(base)]) == 1
    assert "the base is a preview of 'mine', and this is 'gke-tpu'" in capsys.readouterr().err


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
