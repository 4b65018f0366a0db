"""What a finding says to write can be pasted: the key then takes it."""

import copy
from collections.abc import Iterator
from typing import Any, cast

import pytest
import yaml

import stacks
from offline.stack_config import stack_name
from slipway.checks import Finding
from tests.stack_paths import STACK_FILES

SURROUNDINGS = stacks.Surroundings(project="my-project")
WRONG: tuple[Any, ...] = ({"nonsense": []}, ["nonsense"], -1.5)

Path = tuple[str | int, ...]


def places(block: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    for key, child in block.items():
        yield (*path, key)
        if isinstance(child, dict):
            yield from places(cast("dict[str, Any]", child), (*path, key))


def put(raw: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(raw)
    block: Any = made
    for part in path[:-1]:
        block = block[part]
    block[path[-1]] = value
    return made


def findings(raw: dict[str, Any]) -> list[Finding]:
    with pytest.raises(stacks.Refused) as caught:
        stacks.load(raw, SURROUNDINGS)
    return list(caught.value.findings)


def pasted(finding: Finding) -> Any:
    """Return what stands behind `write key:` in a remedy, up to the words that follow."""
    line = finding.remedy.removeprefix("write ").partition("; or ")[0].partition("; it says")[0]
    [value] = yaml.safe_load(line).values()
    return value


@pytest.mark.parametrize("file", STACK_FILES, ids=stack_name)
def test_an_example_in_a_remedy_is_taken_by_the_key(file: Any) -> None:
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]["slipway:stack"]
    tried = 0
    for path in places(raw):
        if path[0] in ("values", "kind") or path[-1] == "provider" or "extraOptions" in path or "request" in path:
            continue
        where = ".".join(map(str, path))
        for wrong in WRONG:
            said = [each for each in findings(put(raw, path, wrong)) if each.path == where]
            if not said or not said[0].remedy.startswith("write ") or ": " not in said[0].remedy:
                continue
            try:
                left = stacks.load(put(raw, path, pasted(said[0])), SURROUNDINGS).findings
            except stacks.Refused as refusal:
                left = refusal.findings
            about = [each for each in left if each.path == where and each.code.startswith("settings.")]
            assert not about, (said[0], about)
            tried += 1
            break
    assert tried > 20
