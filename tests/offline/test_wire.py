from typing import Any, cast

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from offline import wire

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"

NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
MAPS = st.dictionaries(st.text(max_size=8), VALUES, max_size=4)


def struct(value: dict[str, Any]) -> struct_pb2.Struct:
    result = struct_pb2.Struct()
    result.update(value)
    return result


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET_SIGNATURE, "value": value}


def leaves(value: Any) -> list[Any]:
    """Return what is neither a map nor a list within a value."""
    if isinstance(value, dict):
        return [leaf for child in cast("dict[str, Any]", value).values() for leaf in leaves(child)]
    if isinstance(value, list):
        return [leaf for child in cast("list[Any]", value) for leaf in leaves(child)]
    return [value]


@given(MAPS)
def test_plain_data_survives_the_wire(value: dict[str, Any]) -> None:
    assert wire.decode(struct(value)) == wire.Plain(value, ())


@given(MAPS)
def test_a_secret_keeps_its_shape_and_loses_its_values(value: dict[str, Any]) -> None:
    plain = wire.decode(struct({"outer": secret(value)}))
    assert leaves(plain.value) == [wire.SECRET] * len(leaves(value))
    assert len(set(plain.secrets)) == len(leaves(value))


def test_a_secret_within_a_secret_is_one_secret() -> None:
    assert wire.decode(struct({"a": secret({"b": secret("c")})})) == wire.Plain({"a": {"b": wire.SECRET}}, ("a.b",))


def test_what_nobody_can_know_yet_is_marked() -> None:
    plain = wire.decode(struct({"a": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}))
    assert plain == wire.Plain({"a": wire.UNKNOWN}, ())


def test_a_resource_reference_is_its_urn() -> None:
    reference = {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:pulumi:a::b::c::d", "id": "x"}
    assert wire.decode(struct({"a": reference})).value == {"a": "urn:pulumi:a::b::c::d"}


def test_paths_are_those_of_pulumi() -> None:
    assert wire.join(wire.join(wire.join("", "spec"), "ports"), 0) == "spec.ports[0]"
    assert wire.join("metadata.labels", "app.kubernetes.io/name") == 'metadata.labels["app.kubernetes.io/name"]'


def test_merging_keeps_what_is_there_and_leaves_secrets_alone() -> None:
    target = struct({"metadata": {"labels": {"a": "b"}}, "hidden": secret({"c": "d"})})
    wire.merge(target, {"metadata": {"name": "n"}, "hidden": {"c": "e"}, "id": 1})
    assert wire.decode(target).value == {
        "hidden": {"c": wire.SECRET},
        "id": 1,
        "metadata": {"labels": {"a": "b"}, "name": "n"},
    }
