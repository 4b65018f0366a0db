"""An EKS stack whose servers read their models as they lie in a bucket of S3, whatever their engine."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from offline import Recording
from slipway.catalog.footprint import MOUNTPOINT_MEMORY_GIB
from tests.stacks.edits import Deploy, Refuse, Stack
from tests.stacks.lookup import one, statements

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
WEIGHTS = {"bucket": "our-models"}
LLAMA, DRAFT = "meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.2-1B-Instruct"


@pytest.fixture(scope="module")
def bucket(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-bucket"]


def pod(recording: Recording, server: str) -> dict[str, Any]:
    return one(recording, DEPLOYMENT, server).inputs["spec"]["template"]["spec"]


def container(recording: Recording, server: str) -> dict[str, Any]:
    [found] = pod(recording, server)["containers"]
    return found


def texts(recording: Recording, name: str) -> Mapping[str, str]:
    """Return the files of a ConfigMap."""
    return one(recording, CONFIG_MAP, name).inputs["data"]


def in_bucket(stack: Stack) -> None:
    stack["weights"] = WEIGHTS


@pytest.mark.parametrize("server", ["vllm", "trtllm", "triton"])
def test_every_engine_mounts_the_bucket_and_downloads_nothing(server: str, bucket: Recording) -> None:
    [volume] = [each for each in pod(bucket, server)["volumes"] if each["name"] == "bucket"]
    [mount] = [each for each in container(bucket, server)["volumeMounts"] if each["name"] == "bucket"]
    [claim] = bucket.of("kubernetes:core/v1:PersistentVolumeClaim")
    assert volume["persistentVolumeClaim"] == {"claimName": claim.state["metadata"]["name"], "readOnly": True}
    assert mount == {"name": "bucket", "mountPath": "/models", "readOnly": True}
    assert "hugging-face" not in json.dumps(pod(bucket, server))
    assert "ephemeral-storage" not in container(bucket, server)["resources"]["requests"]
    assert [each["name"] for each in pod(bucket, server).get("initContainers", [])] in ([], ["repository"])


def test_each_engine_is_told_the_folder_and_answers_by_the_models_name(bucket: Recording) -> None:
    assert container(bucket, "vllm")["command"][2] == "/models/Qwen/Qwen3-8B"
    served = container(bucket, "trtllm")["command"]
    assert served[:3] == ["trtllm-serve", f"/models/{LLAMA}", f"--served_model_name={LLAMA}"]
    options = json.loads(texts(bucket, "trtllm-options")["options.yaml"])
    assert options["speculative_config"]["speculative_model"] == f"/models/{DRAFT}"
    measured = json.loads(texts(bucket, "trtllm-benchmark")["benchmark.json"])
    assert measured["tokenizer"] == f"/models/{LLAMA}"
    assert {run["command"][1] for run in measured["runs"]} == {f"/models/{LLAMA}"}
    assert "/models/meta-llama/Llama-2-7b-chat-hf" in texts(bucket, "triton-models")["tensorrt__llm_.1_.model.yaml"]


def test_pods_read_the_bucket_as_who_they_are_and_the_driver_reads_nothing(bucket: Recording) -> None:
    [volume] = bucket.of("kubernetes:core/v1:PersistentVolume")
    attributes = volume.inputs["spec"]["csi"]["volumeAttributes"]
    assert (attributes["bucketName"], attributes["authenticationSource"]) == ("our-models", "pod")
    assert volume.inputs["spec"]["accessModes"] == ["ReadOnlyMany"]
    assert "region us-east-1" in volume.inputs["spec"]["mountOptions"]
    objects, listing = statements(bucket, "eks-bucket-weights")
    assert (objects["Action"], objects["Resource"]) == ("s3:GetObject", ["arn:aws:s3:::our-models/*"])
    assert listing == {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::our-models"}
    [driver] = [each for each in bucket.of("aws:eks/addon:Addon") if "s3-csi" in each.inputs["addonName"]]
    assert "podIdentityAssociations" not in driver.inputs
    identity = one(bucket, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "eks-bucket-weights")
    for server in ("vllm", "trtllm", "triton"):
        assert pod(bucket, server)["serviceAccountName"] == identity.inputs["serviceAccount"]
        assert identity.urn in one(bucket, DEPLOYMENT, server).dependencies


def test_nodes_have_room_for_the_mount_and_need_none_for_models(refused: Refuse) -> None:
    def narrow(stack: Stack) -> None:
        stack["cluster"]["pools"]["l40s"].update(instanceType="g6e.xlarge")
        del stack["servers"]["vllm"], stack["servers"]["triton"]

    found = refused(narrow, stack="eks-bucket")
    [finding] = found.values()
    asked = 32 + 8 + MOUNTPOINT_MEMORY_GIB
    assert f"a pod needs {asked} GiB of main memory" in finding.message


def test_a_repository_of_ones_own_finds_its_large_files_there(deployed: Deploy, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent / "repositories" / "echo", tmp_path, dirs_exist_ok=True)
    (tmp_path / "echo" / "1" / "weights.bin").write_bytes(bytes(300 * 1024))

    def own(stack: Stack) -> None:
        told = {"source": "directory", "path": str(tmp_path), "entry": "echo", "request": {"prompt": "hello"}}
        stack["servers"]["llama"]["serving"] = {
            "route": "model-repository",
            "repository": told | {"largeFiles": "/models"},
        }

    recording = deployed(in_bucket, own, stack="eks-triton-llama2")
    [assembles] = pod(recording, "llama")["initContainers"]
    assert '--links={"echo/1/weights.bin": "/models/echo/1/weights.bin"}' in assembles["command"]
    assert {"name": "bucket", "mountPath": "/models", "readOnly": True} in container(recording, "llama")["volumeMounts"]


WRITERS: dict[str, str] = {
    "eks-nim": "NIM downloads its model itself",
    "eks-triton": "an engine is built",
    "eks-triton-llama2": "a checkpoint is downloaded to where its code looks",
}


@pytest.mark.parametrize("stack", WRITERS)
def test_who_writes_files_of_a_model_is_told_to_leave_the_bucket_out(stack: str, refused: Refuse) -> None:
    finding = refused(in_bucket, stack=stack)["servers.llama"]
    assert finding.code == "storage.read-only"
    assert "on EKS weights" in finding.remedy


def test_there_is_one_storage(refused: Refuse) -> None:
    def both(stack: Stack) -> None:
        stack["sharedStorage"] = {"expectedGib": 100, "keepOnDestroy": False}

    assert refused(both, stack="eks-bucket")["sharedStorage"].code == "storage.two"


@pytest.mark.parametrize(
    "given", [{"bucket": "our.models"}, {"bucket": "s3://our-models"}, {"readOnly": False}], ids=str
)
def test_a_bucket_has_a_name_and_is_only_read(given: dict[str, Any], refused: Refuse) -> None:
    def edit(stack: Stack) -> None:
        stack["weights"].update(given)

    assert [path for path in refused(edit, stack="eks-bucket") if path.startswith("weights")]
