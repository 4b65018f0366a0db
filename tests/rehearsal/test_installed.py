"""A Pulumi CLI on PATH serves in place of the built one, if it is new enough and runs."""

from importlib.metadata import version
from pathlib import Path

import pytest

from rehearsal import build, installed, pins


def cli(folder: Path, text: str) -> Path:
    path = folder / "pulumi"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


@pytest.mark.parametrize("printed", [f"v{version('pulumi')}", "v99.0.0"])
def test_one_that_is_new_enough_serves(printed: str, on_path: Path) -> None:
    path = cli(on_path, f"echo {printed}")
    assert build.ensure([pins.PULUMI]) == {"pulumi": path}


@pytest.mark.parametrize("text", ["echo v3.100.0", "echo 'no version'", "exit 1"])
def test_one_that_is_older_or_broken_does_not(text: str, on_path: Path) -> None:
    cli(on_path, text)
    assert installed.pulumi() is None


def test_without_one_it_is_built(on_path: Path) -> None:
    assert installed.pulumi() is None
