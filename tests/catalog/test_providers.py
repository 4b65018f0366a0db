"""Which inputs replace a resource: every resource of every stack is known, and every path is one of its type."""

import importlib
import typing
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording, sdk
from slipway.catalog.providers import REPLACING, replaces

CLOUDS = ("aws", "gcp")


def test_the_type_of_every_cloud_resource_of_every_stack_is_known(recordings: Mapping[str, Recording]) -> None:
    types = {each.type for recording in recordings.values() for each in recording.resources if each.custom}
    made = {type_ for type_ in types if type_.split(":")[0] in CLOUDS}
    assert made
    assert made <= REPLACING.keys()


@pytest.mark.parametrize("type_", sorted(REPLACING))
def test_every_path_is_an_input_of_its_type(type_: str) -> None:
    package, module, name = type_.split(":")
    holder = importlib.import_module(
        f"pulumi_{package}.{'helm.v3' if package == 'kubernetes' else module.split('/')[0]}"
    )
    kind = sdk.resource_class(type_) if hasattr(holder, name) else None
    assert kind is not None
    for path in REPLACING[type_]:
        assert _leads_somewhere(path.removesuffix(".*").split("."), sdk.args_class(kind)), path


def _leads_somewhere(steps: list[str], kind: type[Any]) -> bool:
    known = sdk.inputs(kind).types
    if steps[0] not in known:
        return False
    return not steps[1:] or any(_leads_somewhere(steps[1:], each) for each in _classes(known[steps[0]]))


def _classes(annotation: Any) -> list[type[Any]]:
    if sdk.is_input_type(annotation):
        return [annotation]
    return [each for inner in typing.get_args(annotation) for each in _classes(inner)]


def test_a_change_of_the_machine_replaces_no_pool_of_gke_and_one_of_the_purchase_does() -> None:
    pool = "gcp:container/nodePool:NodePool"
    assert not replaces(pool, "nodeConfig.machineType")
    assert replaces(pool, "nodeConfig.spot")
    assert replaces(pool, "nodeConfig.metadata.owner")
    assert not replaces(pool, "nodeConfig.metadataOnly")


def test_a_type_that_is_not_known_is_no_answer() -> None:
    with pytest.raises(KeyError):
        replaces("aws:ec2/instance:Instance", "ami")
