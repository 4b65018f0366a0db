"""What a vLLM server becomes on GKE that streams its weights from a bucket, and what its pods may do there."""

from typing import Any

import pytest

from offline import Recording
from tests.stacks.edits import Deploy, Edit, Refuse, Stack
from tests.stacks.lookup import one

URI = "gs://our-models/meta/llama-3.1-8b-instruct"
MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def weights(source: str, uri: str, server: str = "llama-8b") -> Edit:
    def edit(stack: Stack) -> None:
        stack["servers"][server]["weights"] = {"source": source, "uri": uri}

    return edit


@pytest.fixture
def streaming(deployed: Deploy) -> Recording:
    return deployed(weights("gcs", URI), stack="gke-gpu")


def pod(recording: Recording) -> dict[str, Any]:
    return one(recording, DEPLOYMENT, "llama-8b").inputs["spec"]["template"]["spec"]


def test_the_engine_streams_from_the_bucket_and_keeps_no_weights(streaming: Recording) -> None:
    found = pod(streaming)
    [container] = found["containers"]
    assert container["command"][:3] == ["vllm", "serve", URI]
    assert "--load-format=runai_streamer" in container["command"]
    assert "--served-model-name=meta-llama/Llama-3.1-8B-Instruct" in container["command"]
    assert {volume["name"] for volume in found["volumes"]} == {"dshm", "models"}
    assert container["resources"]["requests"]["ephemeral-storage"] == "8Gi"
    names = {each["name"] for each in container["env"]}
    assert not names & {"HF_TOKEN_PATH", "RUNAI_STREAMER_NO_BOTO3_SESSION"}


def test_pods_may_read_the_bucket_before_they_start_and_change_nothing_in_it(streaming: Recording) -> None:
    [member] = [each for each in streaming.of(MEMBER) if each.inputs["bucket"] == "our-models"]
    assert member.inputs["role"] == "roles/storage.objectViewer"
    assert member.inputs["member"].endswith("/subject/ns/serving/sa/gke-gpu-server")
    assert member.urn in one(streaming, DEPLOYMENT, "llama-8b").dependencies


def test_a_bucket_is_read_where_a_role_can_be_given(refused: Refuse) -> None:
    wrong = {
        ("gke-gpu", "llama-8b"): ("s3", "s3://our-models/llama", "provider: eks"),
        ("gke-tpu", "llama"): ("gcs", URI, "'hugging-face'"),
    }
    for (stack, server), (source, uri, remedy) in wrong.items():
        found = refused(weights(source, uri, server), stack=stack)
        assert remedy in found[f"servers.{server}.weights.source"].remedy
