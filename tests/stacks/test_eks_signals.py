"""The chain of signals that is judged before a stack on EKS exists, against the one that its components create."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording
from offline.signals import registered
from slipway.checks.quantities import quantity
from slipway.checks.signals import Scaler
from stacks.clusters.eks import EksStack
from stacks.signals import monitoring

ROOT = Path(__file__).parents[2]
FILES = {
    "eks-h200": "stacks/Pulumi.eks-h200.yaml",
    "eks-nim": "stacks/Pulumi.eks-nim.yaml",
    "eks-choices": "tests/stack_files/Pulumi.eks-choices.yaml",
    "eks-exposed": "tests/stack_files/Pulumi.eks-exposed.yaml",
    "eks-keda": "tests/stack_files/Pulumi.eks-keda.yaml",
    "eks-nim-operator": "tests/stack_files/Pulumi.eks-nim-operator.yaml",
}


@pytest.mark.parametrize("stack", FILES)
def test_what_is_judged_beforehand_is_what_components_create(stack: str, recordings: Mapping[str, Recording]) -> None:
    recording = recordings[stack]
    settings = EksStack.model_validate(yaml.safe_load((ROOT / FILES[stack]).read_text())["config"]["slipway:stack"])
    judged = monitoring(settings)
    created = registered(recording, judged)
    assert judged.collector == created.collector
    assert judged.adapter == replace(created.adapter, path=judged.adapter.path)
    assert {api.group: api.owner for api in judged.apis} == {api.group: api.owner for api in created.apis}
    assert without_path(judged.exports) == without_path(created.exports)
    assert without_path(judged.scrapes) == without_path(created.scrapes)
    assert sorted(map(scaled, judged.scalers), key=str) == sorted(map(scaled, created.scalers), key=str)


def without_path(edges: Sequence[Any]) -> list[Any]:
    bare = [replace(edge, path="", **_plain(edge)) for edge in edges]
    return sorted(bare, key=lambda edge: str(getattr(edge, "selector", edge.labels)))


def _plain(edge: Any) -> dict[str, str]:
    """Return the version of an edge as objects state it."""
    return {"version": edge.version.removeprefix("v")} if hasattr(edge, "version") else {}


def scaled(scaler: Scaler) -> tuple[Any, ...]:
    [followed] = scaler.metrics
    return scaler.target, scaler.min_replicas, scaler.max_replicas, followed.name, float(quantity(followed.target))
