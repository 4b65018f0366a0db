"""Copies of stack files with something changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording, record
from slipway.checks import Finding, errors
from stacks import Refused
from tests.stack_paths import TESTS
from tests.stacks.edits import Change, Deploy, Edit, Refuse

STACKS = Path(__file__).parents[2] / "stacks"


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """Write a copy of a stack file, committed or test-only, after edits to its `slipway:stack`."""

    def write(*edits: Edit, stack: str = "gke-tpu", config: Mapping[str, Any] | None = None) -> Path:
        folder = STACKS if (STACKS / f"Pulumi.{stack}.yaml").exists() else TESTS / "stack_files"
        document = yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())
        document["config"] |= config or {}
        for edit in edits:
            edit(document["config"]["slipway:stack"])
        path = tmp_path / "Pulumi.changed.yaml"
        path.write_text(yaml.safe_dump(document))
        return path

    return write


@pytest.fixture
def refused(changed: Change) -> Refuse:
    """Return the errors about a changed stack file by path; each path has one."""

    def findings(
        *edits: Edit, stack: str = "gke-tpu", config: Mapping[str, Any] | None = None
    ) -> Mapping[str, Finding]:
        with pytest.raises(Refused) as caught:
            record(changed(*edits, stack=stack, config=config))
        found = errors(caught.value.findings)
        by_path = {finding.path: finding for finding in found}
        assert len(by_path) == len(found), caught.value
        return by_path

    return findings


@pytest.fixture
def deployed(changed: Change) -> Deploy:
    """Record a changed stack file."""

    def recording(*edits: Edit, stack: str = "gke-tpu", config: Mapping[str, Any] | None = None) -> Recording:
        return record(changed(*edits, stack=stack, config=config))

    return recording
