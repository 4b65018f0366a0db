"""Every name that a stack gives is one that its owner takes, however long and odd the settings are."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording, record
from stacks.judgement import OWN_NAMESPACES
from tests.invariants.naming import broken
from tests.stack_paths import COMMITTED, STACK_FILES

NAME, SERVER, NAMESPACE, OBJECT = 24, 40, 63, 253
POOL: Mapping[str, int] = {"gke": 28, "eks": 40, "existing": 40}
"""Most characters of each key that names something."""

Naming = Callable[[int, str], str]

NAMINGS: Mapping[str, Naming] = {
    "longest": lambda most, first: (first + "x" * most)[:most],
    "dashes": lambda most, first: first + "-" * (most - 2) + "0",
    "shortest": lambda most, first: first,
}


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


def named(raw: dict[str, Any], name: Naming) -> dict[str, Any]:
    """Return a stack with every name as long and odd as it may be, each with a letter of its own in front."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    cluster = raw["cluster"]
    raw["name"] = name(NAME, next(letters))
    raw["namespace"] = name(NAMESPACE, next(letters))
    pools = {pool: name(POOL[cluster["provider"]], next(letters)) for pool in cluster["pools"]}
    cluster["pools"] = {pools[pool]: args for pool, args in cluster["pools"].items()}
    raw["servers"] = {name(SERVER, next(letters)): args for args in raw["servers"].values()}
    for args in raw["servers"].values():
        args["pool"] = pools[args["pool"]]
    for key in ("publicAccess", "administrators"):
        if key in cluster:
            cluster[key] = {name(NAMESPACE, next(letters)): value for value in cluster[key].values()}
    for block, keys in {"huggingFace": ("secret",), "ngc": ("pullSecret", "keySecret")}.items():
        for key in keys:
            if raw.get(block, {}).get("source") == "kubernetes":
                raw[block][key] = name(OBJECT, next(letters))
    return raw


CASES = [(path, naming) for path in STACK_FILES for naming in NAMINGS if naming != "shortest" or path in COMMITTED[:3]]


@pytest.mark.parametrize(("path", "naming"), CASES, ids=lambda each: str(each).rpartition("Pulumi.")[2])
def test_names_stay_valid_at_the_longest_and_oddest_that_settings_take(path: Path, naming: str, tmp_path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    named(document["config"]["slipway:stack"], NAMINGS[naming])
    changed = tmp_path / path.name
    changed.write_text(yaml.safe_dump(document))
    assert not broken(record(changed))
