"""A comparison says what Helm leaves undone when the pin of a chart moves."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording, json_document
from offline.comparison import compare
from slipway.catalog.charts import LOAD_BALANCER_CONTROLLER
from slipway.catalog.charts.definitions import BESIDE
from tests.stacks.lookup import RELEASE, release


def before(recording: Recording, chart: str) -> Mapping[str, Any]:
    """Return the preview with an older version of a chart."""
    document = json.loads(json_document.preview(recording))
    [found] = [each for each in document["resources"] if each["urn"] == release(recording, chart).urn]
    found["inputs"]["version"] = "0.0.1"
    return document


@pytest.mark.parametrize(
    ("stack", "chart"), [("multi-host", "lws"), ("eks-exposed", LOAD_BALANCER_CONTROLLER), ("eks-nim", "gpu-operator")]
)
def test_definitions_that_helm_leaves_old_are_updated_by_a_command(
    stack: str, chart: str, recordings: Mapping[str, Recording]
) -> None:
    recording = recordings[stack]
    changes = compare(before(recording, chart), recording).changes
    [words] = [change.effect.words for change in changes if change.type == RELEASE]
    version = release(recording, chart).inputs["version"]
    address, files = BESIDE.get(chart, ("", ()))
    named = [f"-f {address.format(version=version, file=file)}" for file in files]
    assert all(each in words for each in ("kubectl apply --server-side --force-conflicts", *named)) is bool(named)
    assert bool(words) is (chart in BESIDE)
