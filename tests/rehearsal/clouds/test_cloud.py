"""A cloud's double keeps what it made, gives no name twice, and refuses what the cloud would refuse."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pulumi_aws as aws
import pulumi_gcp as gcp
import pytest

from rehearsal.clock import Clock
from rehearsal.clouds.cloud import LAUNCH_TEMPLATE, Cloud
from rehearsal.clouds.existing import Existing
from rehearsal.clouds.refusals import BUCKET, EKS_CLUSTER, GKE_CLUSTER, RefusedError

NETWORK, SUBNETWORK = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
NOW = Clock(1e6)
LOADED = (
    *(aws.ec2.LaunchTemplate, aws.eks.Cluster, aws.eks.NodeGroup),
    *(gcp.compute.Network, gcp.compute.Subnetwork, gcp.container.Cluster, gcp.storage.Bucket),
)
"""Their classes say which outputs there are."""


def cluster(**inputs: Any) -> Mapping[str, Any]:
    return {"name": "main", "location": "us-east5-a", **inputs}


def test_what_was_made_is_read_back_with_its_outputs() -> None:
    cloud = Cloud(
        NOW, answers={GKE_CLUSTER: {"endpoint": "127.0.0.1:6443", "masterAuth": {"clusterCaCertificate": "ca"}}}
    )
    made = cloud.create(GKE_CLUSTER, "gke", cluster(masterAuth={"clientCertificateConfig": {}}))
    found = cloud.find(GKE_CLUSTER, made.id)
    assert found is not None
    assert found.outputs["endpoint"] == "127.0.0.1:6443"
    assert found.outputs["masterAuth"] == {"clientCertificateConfig": {}, "clusterCaCertificate": "ca"}
    cloud.lose(GKE_CLUSTER, made.id)
    assert cloud.find(GKE_CLUSTER, made.id) is None


def test_a_second_one_of_that_name_is_refused_and_unnamed_ones_are_not() -> None:
    cloud = Cloud(NOW)
    cloud.create(GKE_CLUSTER, "gke", cluster())
    with pytest.raises(RefusedError, match=r"clusters/main exists already"):
        cloud.create(GKE_CLUSTER, "other", cluster())
    ids = {cloud.create(NETWORK, "net", {}).id for _ in range(20)}
    assert len(ids) == 20


@pytest.mark.parametrize(
    ("used", "user", "inputs"),
    [(NETWORK, SUBNETWORK, "network"), (EKS_CLUSTER, NODE_GROUP, "clusterName")],
)
def test_what_is_in_use_goes_only_after_its_user(used: str, user: str, inputs: str) -> None:
    cloud = Cloud(NOW)
    first = cloud.create(used, "used", {"name": "used"})
    for reference in (first.id, first.outputs["name"]):
        second = cloud.create(user, "user", {inputs: reference})
        with pytest.raises(RefusedError, match="in use by"):
            cloud.delete(used, first.id)
        cloud.delete(user, second.id)
    cloud.delete(used, first.id)
    assert list(cloud) == []


@pytest.mark.parametrize(
    ("type_", "inputs", "reason"),
    [
        (GKE_CLUSTER, cluster(), "deletionProtection is true"),
        (EKS_CLUSTER, {"name": "main", "deletionProtection": True}, "deletion protection enabled"),
    ],
)
def test_a_protected_cluster_is_not_deleted(type_: str, inputs: Mapping[str, Any], reason: str) -> None:
    cloud = Cloud(NOW)
    made = cloud.create(type_, "main", inputs)
    with pytest.raises(RefusedError, match=reason):
        cloud.delete(type_, made.id)
    cloud.update(type_, made.id, {**inputs, "deletionProtection": False})
    cloud.delete(type_, made.id)


def test_a_bucket_with_objects_is_deleted_by_force_alone() -> None:
    cloud = Cloud(NOW)
    made = cloud.create(BUCKET, "weights", {"location": "US"})
    made.objects = 3
    with pytest.raises(RefusedError, match="has 3 objects"):
        cloud.delete(BUCKET, made.id)
    cloud.update(BUCKET, made.id, {"location": "US", "forceDestroy": True})
    cloud.delete(BUCKET, made.id)


def test_a_changed_launch_template_has_another_version() -> None:
    cloud = Cloud(NOW)
    made = cloud.create(LAUNCH_TEMPLATE, "gpu", {"instanceType": "g6e.xlarge"})
    assert made.outputs["latestVersion"] == 1
    assert cloud.update(LAUNCH_TEMPLATE, made.id, {"instanceType": "g6e.2xlarge"}).outputs["latestVersion"] == 2


def test_who_follows_hears_of_a_resource_when_it_is_there_and_before_it_goes() -> None:
    heard: list[str] = []

    def hear(what: str, existing: Existing) -> None:
        heard.append(f"{what} {existing.name} {existing in list(cloud)}")

    cloud = Cloud(NOW, made=partial(hear, "made"), gone=partial(hear, "gone"))
    made = cloud.create(NETWORK, "net", {})
    cloud.delete(NETWORK, made.id)
    cloud.delete(NETWORK, made.id)
    assert heard == ["made net True", "gone net True"]
