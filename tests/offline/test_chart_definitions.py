"""A pin of a chart that moves brings its custom resources along, where Helm would leave them as they were."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording, json_document
from offline.comparison import compare
from slipway.catalog.charts import LOAD_BALANCER_CONTROLLER
from tests.stacks.lookup import release

FILE = "kubernetes:yaml/v2:ConfigFile"
OLD = "0.0.1"


def before(recording: Recording, chart: str) -> Mapping[str, Any]:
    """Return the preview with an older version of a chart."""
    version = release(recording, chart).inputs["version"]
    return json.loads(json_document.preview(recording).replace(version, OLD))


@pytest.mark.parametrize(
    ("stack", "chart", "files"), [("multi-host", "lws", 3), ("eks-exposed", LOAD_BALANCER_CONTROLLER, 2)]
)
def test_a_new_version_of_a_chart_is_one_of_its_definitions_too(
    stack: str, chart: str, files: int, recordings: Mapping[str, Recording]
) -> None:
    recording = recordings[stack]
    version = release(recording, chart).inputs["version"]
    changed = [each for each in compare(before(recording, chart), recording).changes if each.type == FILE]
    assert len(changed) == files == len(recording.of(FILE))
    for each in changed:
        [file] = each.inputs
        assert (file.old, file.new) == (str(file.new).replace(f"/v{version}/", f"/v{OLD}/"), file.new)
        assert file.old != file.new


@pytest.mark.parametrize(("stack", "chart"), [("multi-host", "lws"), ("eks-exposed", LOAD_BALANCER_CONTROLLER)])
def test_a_chart_is_installed_after_its_definitions_and_without_those_that_it_has(
    stack: str, chart: str, recordings: Mapping[str, Recording]
) -> None:
    recording = recordings[stack]
    installed = release(recording, chart)
    assert installed.inputs["skipCrds"] is True
    assert {each.urn for each in recording.of(FILE)} <= set(installed.dependencies)
