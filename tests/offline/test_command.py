import json
import subprocess
from pathlib import Path

import pytest

from offline import PROGRAM, record
from offline.__main__ import main
from offline.text import lines

STACKS = PROGRAM.parent / "stacks"
GOOD = (STACKS / "Pulumi.gke-tpu.yaml").read_text()


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    """The path of a stack file with two mistakes."""
    file = tmp_path / "Pulumi.wrong.yaml"
    file.write_text(GOOD.replace("maxReplicas: 2", "maxReplicas: 200").replace("tensorParallel", "tensorParalel"))
    return str(file)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    streams = capsys.readouterr()
    return status, streams.out, streams.err


def test_the_default_is_a_text_preview_of_gke_tpu(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "preview")
    assert (status, err) == (0, "")
    assert out.splitlines() == list(lines(record(STACKS / "Pulumi.gke-tpu.yaml")))


def test_a_stack_file_may_lie_anywhere(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "Pulumi.mine.yaml").write_text(GOOD)
    status, out, _ = run(capsys, "preview", str(tmp_path / "Pulumi.mine.yaml"), "--format", "json")
    assert (status, json.loads(out)["stack"]) == (0, "mine")


def test_markdown_goes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "preview", "gke-tpu", "--format", "markdown")
    assert (status, err) == (0, "")
    assert out.startswith("### Preview of `gke-tpu`\n")


def test_every_mistake_of_a_stack_file_is_printed_with_a_way_out(
    capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    status, out, err = run(capsys, "preview", wrong)
    assert (status, out) == (1, "")
    found = err.splitlines()
    assert any(line.startswith("error: servers.llama.tensorParalel: ") for line in found)
    assert any(line.startswith("error: servers.llama.autoscaling.maxReplicas: ") for line in found)
    assert "  did you mean 'tensorParallel'?" in found


def test_a_refused_stack_is_one_json_document_with_findings_alone(
    capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    status, out, err = run(capsys, "preview", wrong, "--format", "json")
    document = json.loads(out)
    assert (status, err) == (1, "")
    assert (document["stack"], document["resources"]) == ("wrong", [])
    assert {finding["path"] for finding in document["findings"]} >= {"servers.llama.tensorParalel"}


def test_a_refused_stack_in_markdown_says_so(capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    status, out, _ = run(capsys, "preview", wrong, "--format", "markdown")
    assert status == 1
    assert "This stack would not deploy." in out
    assert "- **error** `servers.llama.tensorParalel`: " in out


def test_a_refused_stack_leaves_no_manifests(capsys: pytest.CaptureFixture[str], wrong: str, tmp_path: Path) -> None:
    status, out, err = run(capsys, "manifests", wrong, "--out", str(tmp_path / "out"))
    assert (status, out) == (1, "")
    assert "tensorParalel" in err
    assert not (tmp_path / "out").exists()


def test_manifests_are_written_and_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "manifests", "gke-tpu", "--out", str(tmp_path / "out"))
    assert status == 0
    assert out.startswith(f"{len(list((tmp_path / 'out').iterdir()))} objects in {tmp_path / 'out'}")


def test_secrets_that_no_manifest_holds_are_named_with_the_way_to_make_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stack = PROGRAM.parent / "tests/stack_files/Pulumi.multi-host.yaml"
    _, out, _ = run(capsys, "manifests", str(stack), "--out", str(tmp_path / "out"))
    assert "not written, since a value is secret" in out
    assert "  kubectl create secret generic multi-host" in out


def test_an_unknown_stack_lists_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "preview", "gke-tpuu")
    assert status == 1
    assert "there is no stack 'gke-tpuu'" in err
    assert "gke-tpu, " in err or err.rstrip().endswith("gke-tpu")


def test_malformed_yaml_has_line_and_column(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "Pulumi.bad.yaml").write_text("config:\n  slipway:stack: {kind: [}\n")
    status, _, err = run(capsys, "preview", str(tmp_path / "Pulumi.bad.yaml"))
    assert status == 1
    assert "Pulumi.bad.yaml:2:26: not valid YAML" in err


def test_a_mistyped_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["preview", "--fromat", "json"])
    assert caught.value.code == 2
    assert "usage: python -m offline" in capsys.readouterr().err


def test_a_pipe_gets_plain_text_and_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKELEVEL", raising=False)  # A make that another make runs writes its folder into its output.
    done = subprocess.run(["make"], cwd=PROGRAM.parent, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert done.stdout.startswith("gke-tpu: 1 server, ")
