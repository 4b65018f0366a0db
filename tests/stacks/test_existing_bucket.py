"""A GKE stack on a bucket that somebody else has made."""

from typing import Any

import pytest

from offline import Recording
from slipway.checks import Finding
from tests.stacks.edits import Deploy, Edit, Refuse, Stack
from tests.stacks.lookup import one

BUCKET = "gcp:storage/bucket:Bucket"
MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def weights(**keys: Any) -> Edit:
    def edit(stack: Stack) -> None:
        stack["weights"] = {"bucket": "our-models", **keys}

    return edit


def without(server: str) -> Edit:
    return lambda stack: stack["servers"].pop(server)


def vllm(recording: Recording, server: str) -> tuple[dict[str, Any], dict[str, Any]]:
    pod = one(recording, DEPLOYMENT, server).inputs["spec"]["template"]["spec"]
    [container] = pod["containers"]
    return pod, container


def test_a_bucket_that_exists_is_used_as_one_of_the_stacks_own(deployed: Deploy) -> None:
    recording = deployed(weights())
    [member] = recording.of(MEMBER)
    pod, container = vllm(recording, "llama")
    [volume] = [each["csi"] for each in pod["volumes"] if each["name"] == "weights"]
    assert not recording.of(BUCKET)
    assert (member.inputs["bucket"], member.inputs["role"]) == ("our-models", "roles/storage.objectUser")
    assert volume["volumeAttributes"]["bucketName"] == "our-models"
    assert not volume.get("readOnly")
    assert "--download-dir=/data" in container["command"]


@pytest.fixture
def reading(deployed: Deploy) -> Recording:
    return deployed(weights(readOnly=True), without("llama-7b"), stack="gke-gpu")


def test_pods_read_a_bucket_that_they_may_not_change_and_download_nothing(reading: Recording) -> None:
    pod, container = vllm(reading, "llama-8b")
    [member] = reading.of(MEMBER)
    [volume] = [each["csi"] for each in pod["volumes"] if each["name"] == "weights"]
    [mount] = [each for each in container["volumeMounts"] if each["name"] == "weights"]
    environment = {each["name"]: each.get("value") for each in container["env"]}
    assert member.inputs["role"] == "roles/storage.objectViewer"
    assert volume["readOnly"]
    assert mount["readOnly"]
    assert container["command"][:3] == ["vllm", "serve", "/data/meta-llama/Llama-3.1-8B-Instruct"]
    assert "--served-model-name=meta-llama/Llama-3.1-8B-Instruct" in container["command"]
    assert not [each for each in container["command"] if each.startswith("--download-dir")]
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert not [name for name, value in environment.items() if value and value.startswith("/data/")]
    assert "hugging-face-token" not in {each["name"] for each in pod["volumes"]}


def test_who_writes_files_of_a_model_needs_a_bucket_that_takes_them(refused: Refuse) -> None:
    finding = refused(weights(readOnly=True), stack="gke-gpu")["servers.llama-7b"]
    assert finding.code == "storage.read-only"


def test_chips_that_compile_at_each_start_are_warned_of(deployed: Deploy) -> None:
    found = {each.code: each for each in deployed(weights(readOnly=True)).findings}
    assert isinstance(found["storage.read-only-compiles"], Finding)
    assert "storage.writers" not in found


@pytest.mark.parametrize(
    "given", [{"bucket": "Our_Models"}, {"keepOnDestroy": True}, {"bucket": "gs://our-models"}], ids=str
)
def test_a_bucket_is_one_or_the_other_and_has_a_name(given: dict[str, Any], refused: Refuse) -> None:
    assert [path for path in refused(weights(**given)) if path.startswith("weights")]
