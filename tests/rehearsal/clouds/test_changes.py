"""Differences between inputs are told by path, and those that replace a resource are known."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from rehearsal.clouds.changes import changes, replacing

POOL = "gcp:container/nodePool:NodePool"
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2)
INPUTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from("xyz"),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
        max_leaves=6,
    ),
)


def paths(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    return {change.path: change.kind for change in changes(old, new)}


def test_each_change_has_its_own_path() -> None:
    old = {"name": "a", "nodeConfig": {"labels": {"a.b/c": "1"}, "taints": [{"key": "x"}], "scopes": ["p", "q"]}}
    new = {"name": "a", "nodeConfig": {"labels": {"a.b/c": "2"}, "taints": [{"key": "y"}], "scopes": ["p"]}}
    assert paths(old, new) == {
        'nodeConfig.labels["a.b/c"]': "update",
        "nodeConfig.taints[0].key": "update",
        "nodeConfig.scopes": "update",
    }


def test_a_block_that_comes_is_a_change_itself_and_so_is_all_in_it() -> None:
    assert paths({}, {"reservationAffinity": {"key": "k"}}) == {
        "reservationAffinity": "add",
        "reservationAffinity.key": "add",
    }


def test_a_block_that_comes_into_a_list_is_a_change_of_the_list() -> None:
    assert paths({"taints": [{"key": "x"}]}, {"taints": [{"key": "x"}, {"key": "y"}]}) == {
        "taints": "update",
        "taints[1]": "add",
        "taints[1].key": "add",
    }


def test_what_the_sdk_keeps_for_itself_is_no_change() -> None:
    assert changes({"__defaults": ["name"]}, {"__defaults": []}) == []


def test_a_change_below_a_replacing_path_replaces_and_its_neighbour_does_not() -> None:
    old = {"nodeConfig": {"spot": False, "machineType": "a", "metadata": {"k": "1"}}}
    new = {"nodeConfig": {"spot": True, "machineType": "b", "metadata": {"k": "2"}}}
    assert [change.path for change in replacing(POOL, changes(old, new))] == [
        "nodeConfig.metadata.k",
        "nodeConfig.spot",
    ]


@given(INPUTS)
def test_inputs_do_not_differ_from_themselves(inputs: dict[str, Any]) -> None:
    assert changes(inputs, inputs) == []


@given(INPUTS, INPUTS)
@example({"x": [None, {}]}, {"x": {"x": None}})
def test_inputs_differ_if_a_change_is_told_and_the_way_back_changes_the_same_paths(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    there, back = paths(old, new), paths(new, old)
    assert bool(there) == (old != new)
    turned = {"add": "delete", "delete": "add", "update": "update"}
    assert there == {path: turned[kind] for path, kind in back.items()}
