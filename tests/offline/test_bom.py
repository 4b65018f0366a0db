"""The bill of materials names everything that a stack brings, in a form that the standard's own schema accepts."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from offline import Recording, bom
from tests.invariants.objects import RELEASE, containers, pods
from tests.offline.projects import Project

DIGEST = "a" * 64
PINNED = f"""
k8s.core.v1.Pod("pod", spec={{"containers": [
    {{"name": "one", "image": "registry.example:5000/team/one@sha256:{DIGEST}"}},
    {{"name": "two", "image": "docker.io/library/two:1.2"}},
]}}, opts=inside)
"""


def components(recording: Recording) -> list[Mapping[str, Any]]:
    return json.loads(bom.document(recording))["components"]


@pytest.mark.parametrize("stack", ["gke-tpu", "eks-nim-operator"])
def test_a_bill_is_valid_cyclonedx(stack: str, recordings: Mapping[str, Recording]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(bom.document(recordings[stack])) is None


def test_each_image_and_chart_of_a_stack_is_in_its_bill(recording: Recording) -> None:
    found = {(each["type"], each["name"], each.get("version")) for each in components(recording)}
    for _, pod in pods(recording):
        for container in containers(pod):
            name, _, tag = container["image"].rpartition(":")
            assert ("container", name, tag) in found
    for release in recording.of(RELEASE):
        assert ("application", release.inputs["chart"], release.inputs["version"]) in found


def test_models_and_packages_are_in_the_bill_and_packages_have_licences(recordings: Mapping[str, Recording]) -> None:
    found = components(recordings["gke-tpu"])
    models = [each["name"] for each in found if each["type"] == "machine-learning-model"]
    assert models == ["meta-llama/Llama-3.1-70B"]
    packages = {each["name"]: each for each in found if each["type"] == "library"}
    assert {"pulumi", "pulumi_kubernetes", "pydantic", "grpcio"} <= packages.keys()
    assert packages["pydantic"]["licenses"] == [{"license": {"id": "MIT"}}]
    assert packages["pulumi"]["purl"] == f"pkg:pypi/pulumi@{packages['pulumi']['version']}"
    assert "pytest" not in packages


def test_an_image_has_its_digest_or_its_tag(project: Project) -> None:
    found = {each["name"]: each for each in components(project.record(PINNED)) if each["type"] == "container"}
    assert found["registry.example:5000/team/one"]["hashes"] == [{"alg": "SHA-256", "content": DIGEST}]
    assert found["docker.io/library/two"]["version"] == "1.2"
