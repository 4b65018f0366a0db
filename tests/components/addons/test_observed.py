"""The pods of a Deployment, by the names that Kubernetes gives them."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.addons.observed import per_pod, pods_of
from slipway.serving.recording_rules import QUEUE_COMPUTE_RATIO

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Of k8s.io/apimachinery/pkg/util/rand."""
LONGEST_PREFIX = 58
"""Characters before the random end of a generated name; k8s.io/apiserver/pkg/storage/names."""

NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,48}[a-z0-9])?", fullmatch=True)
HASHES = st.text(ALPHABET, min_size=1, max_size=10)
ENDS = st.text(ALPHABET, min_size=5, max_size=5)


def pod(deployment: str, template: str, end: str) -> str:
    return f"{deployment}-{template}-"[:LONGEST_PREFIX] + end


def selects(deployment: str, name: str) -> bool:
    matched = re.search(r'pod=~"([^"]+)"', pods_of(deployment, "serving"))
    assert matched
    return re.fullmatch(matched[1], name) is not None


@given(NAMES, HASHES, ENDS)
def test_every_pod_of_a_deployment_is_selected(deployment: str, template: str, end: str) -> None:
    assert selects(deployment, pod(deployment, template, end))


@given(NAMES, NAMES, HASHES, ENDS)
def test_no_pod_of_a_deployment_whose_name_begins_alike_is_selected(
    deployment: str, more: str, template: str, end: str
) -> None:
    other = f"{deployment}-{more}"[:50].rstrip("-")
    if other != deployment:
        assert not selects(deployment, pod(other, template, end))


@pytest.mark.parametrize(
    "name", ["llama", "llama-0", "llama-load-x2zlk", "llama-8b-6d4b75cb6d-x2zlk", "mist-6d4b-x2zlk"]
)
def test_pods_of_others_are_not_selected(name: str) -> None:
    assert not selects("llama", name)


def test_a_series_that_is_no_signal_has_no_value_for_an_autoscaler() -> None:
    with pytest.raises(ValueError, match="triton:queue_compute:ratio stands for no signal"):
        per_pod(replace(QUEUE_COMPUTE_RATIO, signal=None), "x")
