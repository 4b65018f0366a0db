"""GKE versions are read, written and ordered as GKE does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.gke_version import ClusterVersion

PARTS = st.tuples(*[st.integers(0, 10**7)] * 4)


def written(parts: tuple[int, ...]) -> ClusterVersion:
    return ClusterVersion.parse("{}.{}.{}-gke.{}".format(*parts))


@given(PARTS, PARTS)
def test_versions_are_ordered_by_their_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (written(one) < written(other)) == (one < other)
    assert (written(one) == written(other)) == (one == other)


@given(PARTS)
def test_a_version_is_written_as_it_was_read(parts: tuple[int, ...]) -> None:
    text = str(written(parts))
    assert ClusterVersion.parse(text) == written(parts)
    assert text == "{}.{}.{}-gke.{}".format(*parts)


@given(PARTS)
def test_a_prefix_stands_for_its_newest_version(parts: tuple[int, ...]) -> None:
    major, minor, patch, _ = parts
    assert written(parts) < ClusterVersion.parse(f"{major}.{minor}.{patch}") < ClusterVersion.parse(f"{major}.{minor}")


@pytest.mark.parametrize("text", ["", "1", "1.31.2-gke", "1.31.2-gke.x", "v1.31", "1.31.2.1", "latest"])
def test_what_is_no_version_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a GKE version"):
        ClusterVersion.parse(text)
