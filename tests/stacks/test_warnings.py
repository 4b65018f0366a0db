"""Which warnings the engine shows, and when: prices with the preview, not again with the update that follows it."""

from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

import stacks
from offline import PROGRAM
from stacks import Surroundings


def loaded(monkeypatch: pytest.MonkeyPatch, *, dry_run: bool) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: dry_run)
    path: Path = PROGRAM.parent / "stacks" / "Pulumi.gke-tpu-prod.yaml"
    raw: dict[str, Any] = yaml.safe_load(path.read_text())["config"]["slipway:stack"]
    stacks.load(raw, Surroundings(project="my-project"))
    return said


def test_prices_are_warned_of_with_the_preview_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    preview, update = loaded(monkeypatch, dry_run=True), loaded(monkeypatch, dry_run=False)
    assert [text for text in preview if text not in update] == [text for text in preview if text.startswith("prices")]
    assert len(update) == len(preview) - 1
