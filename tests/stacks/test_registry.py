"""One key moves every image and every chart of a registry."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from offline import Recording, bom
from slipway.catalog.charts import chart
from slipway.catalog.charts.images import HOSTS, REPOSITORIES
from stacks.registry import moved
from tests.stacks.edits import Deploy, Edit, Refuse, Stack
from tests.stacks.lookup import RELEASE, release

MIRROR = "registry.example.com/mirror"


def mirrored(where: str = MIRROR) -> Edit:
    def edit(stack: Stack) -> None:
        stack["registry"] = where

    return edit


def images(recording: Recording) -> set[str]:
    return {each["name"] for each in _components(recording) if each["type"] == "container"}


def _components(recording: Recording) -> Iterator[Mapping[str, Any]]:
    import json

    yield from json.loads(bom.document(recording))["components"]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("docker.io/vllm/vllm-openai:v0.27.0", f"{MIRROR}/vllm/vllm-openai:v0.27.0"),
        ("nvcr.io/nvidia/tritonserver:26.07-py3@sha256:ab", f"{MIRROR}/nvidia/tritonserver:26.07-py3@sha256:ab"),
        ("localhost:5000/ours:1", f"{MIRROR}/ours:1"),
        ("vllm/vllm-tpu:1", f"{MIRROR}/vllm/vllm-tpu:1"),
        (f"{MIRROR}/ours:1", f"{MIRROR}/ours:1"),
    ],
)
def test_the_host_of_an_image_goes_and_its_path_stays(name: str, there: str) -> None:
    assert moved(name, MIRROR) == there


@pytest.mark.parametrize("stack", ["gke-tpu", "gke-gpu", "eks-prod", "eks-triton-llama2", "existing"])
def test_every_image_of_a_stack_is_the_registrys(stack: str, deployed: Deploy) -> None:
    before, after = deployed(stack=stack), deployed(mirrored(), stack=stack)
    assert len(images(after)) == len(images(before)) > 0
    assert {each for each in images(after) if not each.startswith(f"{MIRROR}/")} == set()
    assert not after.of("gcp:artifactregistry/repository:Repository")
    [pods] = [
        each
        for each in after.of("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy")
        if each.name.endswith("-pods")
    ]
    assert f'["{MIRROR}/"].exists' in str(pods.inputs["spec"]["validations"])


def test_charts_of_registries_and_images_of_charts_are_moved(deployed: Deploy) -> None:
    recording = deployed(mirrored(), stack="eks-nim")
    values = {each.inputs["name"]: each.inputs["values"] for each in recording.of(RELEASE)}
    assert values["kube-prometheus-stack"]["global"]["imageRegistry"] == MIRROR
    assert values["gpu-operator"]["dcgmExporter"]["repository"] == f"{MIRROR}/nvidia/k8s"
    assert values["cluster-autoscaler"]["image"]["repository"] == f"{MIRROR}/autoscaling/cluster-autoscaler"
    plain = release(deployed(stack="eks-nim"), "cluster-autoscaler").inputs["values"]["image"]
    assert values["cluster-autoscaler"]["image"]["tag"] == plain["tag"]


def test_each_chart_reads_the_key_that_says_where_its_images_are() -> None:
    paths = {name: [path] for name, path in HOSTS.items()} | {name: [*keys] for name, keys in REPOSITORIES.items()}
    for name, written in paths.items():
        for path in written:
            key = chart(name).values
            for part in path.split("."):
                found = key.find(part)
                assert found, f"{name}: {path}"
                key = found


def test_a_name_without_a_host_is_no_registry(refused: Refuse) -> None:
    assert "registry" in refused(mirrored("mirror"))
    assert "registry" in refused(mirrored("https://registry.example.com"))
