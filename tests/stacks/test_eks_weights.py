"""What a vLLM server becomes on EKS that reads its weights from S3, and what its pods may read there."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline import Recording
from slipway.catalog.engines.vllm.host import STREAM_BUFFER_GIB, STREAM_DISK_GIB
from slipway.catalog.units import GIB
from slipway.eks.bucket_access import read_statements
from tests.stacks.edits import Deploy, Edit, Refuse, Stack
from tests.stacks.lookup import listed, one, statements

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NAME = "eks-choices-weights"
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
IN_KUBERNETES = {"source": "kubernetes", "secret": "hf-token"}
URI = "s3://our-models/meta/llama-3.1-8b-instruct"


@pytest.fixture(scope="module")
def choices(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-choices"]


def pod(recording: Recording, server: str) -> dict[str, Any]:
    return one(recording, DEPLOYMENT, server).inputs["spec"]["template"]["spec"]


def container(recording: Recording, server: str) -> dict[str, Any]:
    [found] = pod(recording, server)["containers"]
    return found


def gib(quantity: str) -> int:
    return int(quantity.removesuffix("Gi"))


def serve(**changes: object) -> Edit:
    """Serve with vLLM instead of NIM."""

    def edit(stack: Stack) -> None:
        server = {key: stack["servers"]["llama"][key] for key in ("model", "pool", "tensorParallel")}
        stack["servers"]["llama"] = {
            **server,
            "engine": "vllm",
            "maxModelLen": 8192,
            "maxNumSeqs": 64,
            "maxNumBatchedTokens": 4096,
            "autoscaling": {
                "metric": {"signal": "waiting-requests", "target": 5},
                "minReplicas": 1,
                "maxReplicas": 2,
            },
            **changes,
        }

    return edit


def test_the_engine_streams_the_prefix_and_serves_the_chosen_name(choices: Recording) -> None:
    command = container(choices, "streamed")["command"]
    assert command[:3] == ["vllm", "serve", URI]
    first = command.index("--served-model-name")
    assert command[first : first + 3] == ["--served-model-name", "llama", LLAMA]
    assert "--load-format=runai_streamer" in command
    assert f'--model-loader-extra-config={{"memory_limit":{STREAM_BUFFER_GIB * GIB}}}' in command
    assert not [word for word in container(choices, "vllm")["command"] if "runai" in word or "loader" in word]


def test_a_server_without_a_name_of_its_own_serves_the_models_name_once(deployed: Deploy) -> None:
    recording = deployed(serve(weights={"source": "s3", "uri": URI}), stack="eks-nim")
    assert f"--served-model-name={LLAMA}" in container(recording, "llama")["command"]


def test_a_pod_that_streams_needs_no_token_no_disk_for_weights_and_memory_for_the_buffer(choices: Recording) -> None:
    streamed, downloading = container(choices, "streamed"), container(choices, "vllm")
    assert "HF_TOKEN_PATH" in {each["name"] for each in downloading["env"]}
    assert "HF_TOKEN_PATH" not in {each["name"] for each in streamed["env"]}
    assert "hf-token" in str(pod(choices, "vllm"))
    assert "hf-token" not in str(pod(choices, "streamed"))
    requests, before = streamed["resources"]["requests"], downloading["resources"]["requests"]
    assert gib(requests["ephemeral-storage"]) == STREAM_DISK_GIB < gib(before["ephemeral-storage"])
    assert gib(requests["memory"]) - gib(before["memory"]) == STREAM_BUFFER_GIB


def test_no_token_is_asked_for_where_all_servers_stream(deployed: Deploy, refused: Refuse) -> None:
    assert set(refused(serve(), stack="eks-nim")) == {"slipway:huggingFaceToken"}
    deployed(serve(weights={"source": "s3", "uri": URI}), stack="eks-nim")


def test_pods_may_read_the_prefix_alone(choices: Recording) -> None:
    objects, bucket = statements(choices, NAME)
    assert (objects["Action"], objects["Resource"]) == ("s3:GetObject", [f"arn:aws:s3:::{URI.removeprefix('s3://')}/*"])
    assert (bucket["Action"], bucket["Resource"]) == ("s3:ListBucket", "arn:aws:s3:::our-models")
    assert bucket["Condition"] == {"StringLike": {"s3:prefix": ["meta/llama-3.1-8b-instruct/*"]}}
    identity = one(choices, IDENTITY, NAME).inputs
    assert (identity["namespace"], identity["serviceAccount"]) == ("models", "eks-choices-server")
    assert pod(choices, "streamed")["serviceAccountName"] == identity["serviceAccount"]


def test_a_pod_starts_once_it_can_read_past_nat(choices: Recording) -> None:
    [endpoint] = choices.of(ENDPOINT)
    assert endpoint.inputs["serviceName"] == "com.amazonaws.eu-west-1.s3"
    private = {table.id for table in choices.of("aws:ec2/routeTable:RouteTable") if "private" in table.name}
    assert set(endpoint.inputs["routeTableIds"]) == private
    policy = one(choices, "aws:iam/rolePolicy:RolePolicy", NAME)
    needed = {one(choices, IDENTITY, NAME).urn, policy.urn, endpoint.urn}
    assert needed <= set(one(choices, DEPLOYMENT, "streamed").dependencies)
    assert not needed & set(one(choices, DEPLOYMENT, "vllm").dependencies)


def test_nothing_may_read_a_bucket_until_a_server_names_one(recordings: Mapping[str, Recording]) -> None:
    for recording in (recordings["eks-nim"], recordings["eks-karpenter"]):
        assert not recording.of(ENDPOINT)
        assert "s3:GetObject" not in str([policy.inputs for policy in recording.of("aws:iam/rolePolicy:RolePolicy")])


def test_streamed_weights_are_not_kept_on_shared_storage(deployed: Deploy) -> None:
    shared = {"sharedStorage": {"expectedGib": 100, "keepOnDestroy": False}}
    recording = deployed(
        serve(weights={"source": "s3", "uri": URI}), lambda stack: stack.update(shared), stack="eks-nim"
    )
    assert [each["name"] for each in pod(recording, "llama")["volumes"]] == ["dshm", "models"]


PREFIX = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)


def allowed(policy: list[dict[str, Any]], bucket: str, key: str) -> bool:
    """Return whether the policy lets this object be read."""
    arn = f"arn:aws:s3:::{bucket}/{key}"
    return any(
        fnmatchcase(arn, pattern)
        for each in policy
        if each["Action"] == "s3:GetObject"
        for pattern in listed(each["Resource"])
    )


@given(st.sets(st.tuples(st.sampled_from(["one", "two"]), PREFIX), min_size=1), st.sampled_from(["one", "two"]), PREFIX)
def test_an_object_can_be_read_if_and_only_if_a_server_names_its_prefix(
    named: set[tuple[str, str]], bucket: str, key: str
) -> None:
    policy = read_statements(f"s3://{each}/{prefix}" for each, prefix in named)
    beneath = any(each == bucket and key.startswith(f"{prefix}/") for each, prefix in named)
    assert allowed(policy, bucket, key) == beneath
    lists = {each["Resource"]: each["Condition"]["StringLike"]["s3:prefix"] for each in policy[1:]}
    assert lists == {
        f"arn:aws:s3:::{each}": sorted(f"{prefix}/*" for other, prefix in named if other == each)
        for each in {each for each, _ in named}
    }


MISTAKES: dict[str, tuple[Edit, str, str, str]] = {
    "a bucket without a prefix": (
        serve(weights={"source": "s3", "uri": "s3://our-models"}),
        "servers.llama.weights.uri",
        "'s3://our-models'",
        "",
    ),
    "a prefix with a slash at its end": (
        serve(weights={"source": "s3", "uri": f"{URI}/"}),
        "servers.llama.weights.uri",
        "llama-3.1-8b-instruct/",
        "",
    ),
    "a prefix that would be a pattern in a policy": (
        serve(weights={"source": "s3", "uri": "s3://our-models/*"}),
        "servers.llama.weights.uri",
        "'s3://our-models/*'",
        "",
    ),
    "a source that is none": (
        serve(weights={"source": "azure"}),
        "servers.llama.weights.source",
        "'azure' is not a choice",
        "s3 or gcs",
    ),
    "a loader beside the streamer": (
        serve(weights={"source": "s3", "uri": URI}, extraArgs=["--load-format=dummy"]),
        "servers.llama.extraArgs",
        "--load-format comes after what the stack file says of it",
        "write weights instead",
    ),
    "a machine without room for the buffer": (
        lambda stack: (
            serve(weights={"source": "s3", "uri": URI})(stack),
            stack["cluster"]["pools"]["l40s"].update(instanceType="g6.xlarge"),
        ),
        "servers.llama",
        "a pod needs 28 GiB of main memory",
        "write instanceType: g6.2xlarge in cluster.pools.l40s",
    ),
}
"""A name for each: the edit, the path of the finding, and what its message and its remedy say."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_its_reason_and_the_way_out(mistake: str, refused: Refuse) -> None:
    edit, path, message, remedy = MISTAKES[mistake]
    found = refused(edit, lambda stack: stack.update(huggingFace=IN_KUBERNETES), stack="eks-nim")
    assert set(found) == {path}
    assert message in found[path].message
    assert remedy in found[path].remedy


def test_a_cluster_that_exists_cannot_give_its_pods_a_role(refused: Refuse) -> None:
    found = refused(serve(weights={"source": "s3", "uri": URI}), stack="existing")
    assert set(found) == {"servers.llama.weights.source"}
    [finding] = found.values()
    assert f"may read {URI}" in finding.message
    assert "provider: eks" in finding.remedy
