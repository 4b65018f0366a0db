"""Every name that a stack gives is one that its owner takes, however long and odd the settings are."""

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from pydantic.fields import FieldInfo

from offline import Recording, record
from slipway.checks.settings import DnsLabel, ObjectName, SecretKey
from slipway.eks.settings import PoolName
from slipway.reading.fields import KEY, places_at
from stacks.clusters import PROVIDERS
from stacks.judgement import OWN_NAMESPACES
from stacks.stack import NameOfServer, NameOfStack
from tests.invariants.naming import broken
from tests.stack_paths import COMMITTED, STACK_FILES

NAMES: tuple[Any, ...] = (DnsLabel, ObjectName, SecretKey, PoolName, NameOfServer, NameOfStack)
"""The types of keys and values that name something."""

NAMINGS = ("longest", "dashes", "dots", "shortest")


def test_every_name_is_one_that_its_owner_takes(recording: Recording) -> None:
    assert not broken(recording)


def test_every_namespace_of_an_add_on_is_refused_to_servers(recording: Recording) -> None:
    made = [each.inputs["metadata"]["name"] for each in recording.of("kubernetes:core/v1:Namespace")]
    releases = [each.inputs["namespace"] for each in recording.of("kubernetes:helm.sh/v3:Release")]
    servers = {
        each.inputs["metadata"]["namespace"]
        for each in recording.resources
        if each.type.endswith((":Deployment", ":LeaderWorkerSet", ":NIMService")) and "metadata" in each.inputs
    }
    assert len(made) == len(set(made))
    assert {*made, *releases} - {"kube-system"} <= {*OWN_NAMESPACES} | servers


def rules(place: FieldInfo) -> tuple[str, int]:
    """Return the form and the most characters of text; none where anything goes."""
    found = {
        name: getattr(each, name) for each in place.metadata for name in ("pattern", "max_length") if name in dir(each)
    }
    return str(found.get("pattern")), int(found.get("max_length") or 0)


Location = tuple[str | int, ...]

TAGS = ("source", "type", "provider", "engine")
"""Keys that choose among blocks."""

INSTALLED = ("cluster", "existing", "metrics")
"""What is in the cluster already has names that its charts' values refer to."""

FORMS = {rules(FieldInfo.from_annotation(each))[0] for each in NAMES}


class Namer:
    """Gives every name of a stack another one, as long and odd as it may be, each with letters of its own."""

    def __init__(self, raw: dict[str, Any], naming: str) -> None:
        self._provider = raw["cluster"]["provider"]
        self._model = PROVIDERS[self._provider]
        self._naming, self._numbers = naming, count()
        self.given: dict[tuple[str, ...], str] = {}

    def renamed(self, value: Any, path: Location = ()) -> Any:
        if path[:3] == INSTALLED:
            return value
        if isinstance(value, dict):
            members = cast("dict[str, Any]", value)
            within = (*path, *(members[tag] for tag in TAGS if isinstance(members.get(tag), str)))
            return {
                self._name(key, (*path, key, KEY)): self.renamed(each, (*within, key)) for key, each in members.items()
            }
        if isinstance(value, list):
            return [self.renamed(each, (*path, index)) for index, each in enumerate(cast("list[Any]", value))]
        if path[:1] == ("servers",) and path[-1] == "pool":
            return self._name(value, ("cluster", str(self._provider), "pools", value, KEY))
        return self._name(value, path) if isinstance(value, str) else value

    def _name(self, old: str, path: Location) -> str:
        places = places_at(self._model, path)
        bounds = [most for form, most in map(rules, places) if form in FORMS]
        if not bounds:
            return old
        dotted = all("." in rules(place)[0] for place in places)
        return self.given.setdefault(tuple(map(str, path)), self._made(min(bounds), old, dotted=dotted))

    def _made(self, most: int, old: str, *, dotted: bool) -> str:
        first = f"{chr(ord('a') + (number := next(self._numbers)) % 26)}{number // 26 or ''}"
        match self._naming:
            case "longest":
                return f"{first}{'x' * most}"[:most]
            case "dashes":
                return f"{first}{'-' * (most - len(first) - 1)}0"
            case "dots" if dotted:
                return f"{first}.{'a.' * most}"[: most - most % 2 - 1].rstrip(".")
            case "shortest":
                return first
            case _:
                return old


def named_things(path: Path) -> Iterator[tuple[str | int, ...]]:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]["slipway:stack"]
    namer = Namer(raw, "longest")
    namer.renamed(raw)
    yield from namer.given


def test_every_kind_of_name_is_given_by_some_stack() -> None:
    given = {
        (path[0], path[-1] if path[-1] != KEY else path[-3]) for file in STACK_FILES for path in named_things(file)
    }
    assert {
        ("name", "name"),
        ("namespace", "namespace"),
        ("servers", "servers"),
        ("cluster", "pools"),
        ("cluster", "publicAccess"),
        ("cluster", "authorizedNetworks"),
        ("cluster", "administrators"),
        ("huggingFace", "secret"),
        ("ngc", "pullSecret"),
        ("ngc", "keySecret"),
    } <= given


CASES = [(path, naming) for path in STACK_FILES for naming in NAMINGS if naming != "shortest" or path in COMMITTED[:3]]


@pytest.mark.parametrize(("path", "naming"), CASES, ids=lambda each: str(each).rpartition("Pulumi.")[2])
def test_names_stay_valid_at_the_longest_and_oddest_that_settings_take(path: Path, naming: str, tmp_path: Path) -> None:
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    raw = document["config"]["slipway:stack"]
    document["config"]["slipway:stack"] = Namer(raw, naming).renamed(raw)
    changed = tmp_path / path.name
    changed.write_text(yaml.safe_dump(document))
    assert not broken(record(changed))
