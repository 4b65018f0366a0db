"""No stack file breaks the reader: files made from all stack files, each with something wrong in it."""

import copy
import random
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
import yaml

import stacks
from slipway.checks import errors
from tests.stack_paths import STACK_FILES

FILES, SEED = 2100, 20261130

VALUES: tuple[Any, ...] = (
    None,
    True,
    "",
    "x",
    "999.999.999.999/99",
    "ü" * 70,
    "\x00",
    "a" * 5000,
    1e-320,
    10**20,
    0,
    -1,
    1.5,
    10**12,
    -(10**12),
    [],
    [[]],
    ["a", 1],
    {},
    {"a": {"b": []}},
    {"type": "nonsense"},
    {"1": None},
)

OF_PYDANTIC = re.compile(r"[\[\]()]|constrained|-(str|int|float|bool)\b")
"""What pydantic puts into places for the member of a union that it tried."""

SURROUNDINGS = stacks.Surroundings(project="my-project")

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    items = enumerate(cast("list[Any]", value)) if isinstance(value, list) else ()
    for key, child in cast("dict[str, Any]", value).items() if isinstance(value, dict) else items:
        yield (*path, key)
        yield from places(child, (*path, key))


def mutated(raw: dict[str, Any], choose: random.Random) -> dict[str, Any]:
    """Return a stack with one to three things wrong: a value of another type, a key gone, misspelt or moved."""
    made = copy.deepcopy(raw)
    for _ in range(choose.randint(1, 3)):
        found = list(places(made))
        if not found:
            break
        *above, last = choose.choice(found)
        block: Any = made
        for part in above:
            block = block[part]
        match choose.randrange(4):
            case 0:
                del block[last]
            case 1 if isinstance(block, dict):
                misspelt = cast("dict[Any, Any]", block)
                misspelt[f"{last}s"] = misspelt.pop(last)
            case 2 if isinstance(block, dict) and isinstance(block[last], dict):
                made[str(last)] = cast("dict[Any, Any]", block).pop(last)
            case _:
                block[last] = copy.deepcopy(choose.choice(VALUES))
    return made


def stack_of(path: Any) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["config"]["slipway:stack"]


@pytest.mark.parametrize("part", range(7))
def test_whatever_is_wrong_is_said_with_its_place_and_a_remedy(part: int) -> None:
    choose, originals = random.Random(SEED + part), [stack_of(path) for path in STACK_FILES]
    refused = 0
    for _ in range(FILES // 7):
        raw = mutated(choose.choice(originals), choose)
        try:
            findings = stacks.load(raw, SURROUNDINGS).findings
        except stacks.Refused as error:
            findings = error.findings
            refused += 1
            assert errors(findings)
        assert all(finding.code and finding.path and finding.message and finding.remedy for finding in findings), raw
        assert not [finding for finding in findings if "input should be" in finding.message.lower()], raw
        said = [finding for finding in findings if finding.code.startswith("settings.")]
        assert not [finding for finding in said if OF_PYDANTIC.search(finding.path)], said
        assert len({(finding.path, finding.message) for finding in said}) == len(said), said
    assert refused > FILES // 14
