"""What differs between the inputs of two previews, and what that does to what is kept."""

from typing import Any

import pytest

from offline import Recording
from offline.differences import ABSENT, differences
from offline.summary import summary
from slipway.catalog.providers import replaces
from slipway.checks import Finding

CONTAINER = {"name": "vllm", "image": "vllm:1", "args": ["serve", "--port=8000"]}


def changes(old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    return [(each.path, each.old, each.new) for each in differences(old, new)]


def test_equal_inputs_do_not_differ() -> None:
    assert changes({"a": [CONTAINER]}, {"a": [dict(CONTAINER)]}) == []


def test_members_of_a_list_are_told_apart_by_their_names() -> None:
    side = {"name": "side", "image": "side:1"}
    old, new = {"containers": [CONTAINER, side]}, {"containers": [side, CONTAINER | {"image": "vllm:2"}]}
    assert changes(old, new) == [("containers.vllm.image", "vllm:1", "vllm:2")]


def test_of_a_command_line_only_what_goes_and_comes_is_shown() -> None:
    old, new = {"args": ["serve", "--port=8000"]}, {"args": ["serve", "--port=9000", "--verbose"]}
    assert changes(old, new) == [("args", ["--port=8000"], ["--port=9000", "--verbose"])]


def test_what_comes_or_goes_as_a_whole_is_one_difference() -> None:
    assert changes({}, {"spec": {"a": {"b": 1}}}) == [("spec", ABSENT, {"a": {"b": 1}})]
    assert changes({"spec": {"a": 1}}, {}) == [("spec", {"a": 1}, ABSENT)]


def test_texts_of_json_differ_by_their_members() -> None:
    assert changes({"json": '{"a": 1, "b": 2}'}, {"json": '{"a": 1, "b": 3}'}) == [("json.b", 2, 3)]


def test_tables_of_the_catalog_know_paths_without_members_of_lists() -> None:
    (found,) = differences({"containers": [CONTAINER]}, {"containers": [CONTAINER | {"image": "vllm:2"}]})
    assert found.schema_path == "containers.image"


@pytest.mark.parametrize(
    ("type_", "path", "expected"),
    [
        ("kubernetes:apps/v1:Deployment", "spec.selector.matchLabels.app", True),
        ("kubernetes:apps/v1:Deployment", "spec.template.spec.containers.image", False),
        ("kubernetes:core/v1:PersistentVolumeClaim", "spec.resources.requests.storage", True),
        ("kubernetes:core/v1:Service", "metadata.namespace", True),
        ("kubernetes:core/v1:Service", "metadata.namespaced", False),
    ],
)
def test_what_replaces_an_object_is_known_by_its_kind(type_: str, path: str, expected: bool) -> None:
    assert replaces(type_, path) is expected


def test_errors_are_counted_before_warnings() -> None:
    findings = (
        Finding("a.a", "small", "is odd", "look", "warning"),
        Finding("b.b", "large", "is wrong", "change it"),
    )
    recording = Recording(stack="dev", resources=(), outputs={}, findings=findings)
    assert summary(recording)[-1] == "findings 1 error, 1 warning: large, small"
