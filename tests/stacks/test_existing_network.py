"""Stacks in networks and under keys that somebody else has made."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording
from tests.stacks.edits import Deploy, Edit, Refuse, Stack
from tests.stacks.lookup import NODE_CLASS, one, statements

GKE, EKS = "gke-shared-vpc", "eks-own-vpc"
NETWORKS = ("aws:ec2/", "aws:vpc/", "gcp:compute/")


def there(stack: Stack) -> dict[str, Any]:
    return stack["network"]["existing"]


@pytest.fixture
def gke(recordings: Mapping[str, Recording]) -> Recording:
    return recordings[GKE]


@pytest.fixture
def eks(recordings: Mapping[str, Recording]) -> Recording:
    return recordings[EKS]


def test_a_cluster_uses_a_subnet_of_a_shared_vpc_and_makes_no_network(gke: Recording) -> None:
    [cluster] = gke.of("gcp:container/cluster:Cluster")
    assert cluster.inputs["network"] == "projects/our-network/global/networks/shared"
    assert cluster.inputs["subnetwork"] == "projects/our-network/regions/us-east5/subnetworks/models"
    assert cluster.inputs["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "models-pods",
        "servicesSecondaryRangeName": "models-services",
    }
    assert not [each.type for each in gke.resources if each.type.startswith(NETWORKS)]


def test_keys_of_google_cloud_that_exist_are_used_and_granted_to_nobody(gke: Recording) -> None:
    [cluster], [bucket] = gke.of("gcp:container/cluster:Cluster"), gke.of("gcp:storage/bucket:Bucket")
    ring = "projects/our-keys/locations/us-east5/keyRings/ours/cryptoKeys"
    assert cluster.inputs["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": f"{ring}/kubernetes"}
    assert bucket.inputs["encryption"] == {"defaultKmsKeyName": f"{ring}/models"}
    assert not [each.type for each in gke.resources if each.type.startswith("gcp:kms/")]


def test_a_firewall_rule_for_webhooks_is_the_projects_that_has_the_vpc(deployed: Deploy) -> None:
    def shared(stack: Stack) -> None:
        stack["network"] = {
            "existing": {
                "network": "projects/our-network/global/networks/shared",
                "subnetwork": "projects/our-network/regions/us-east5/subnetworks/models",
                "nodes": "10.40.0.0/22",
                "pods": {"name": "pods"},
                "services": {"name": "services"},
            }
        }

    [rule] = deployed(shared, stack="multi-host").of("gcp:compute/firewall:Firewall")
    assert rule.inputs["project"] == "our-network"


def test_a_cluster_uses_subnets_of_a_vpc_and_changes_nothing_of_it(eks: Recording) -> None:
    [cluster] = eks.of("aws:eks/cluster:Cluster")
    assert cluster.inputs["vpcConfig"]["subnetIds"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
    targets = eks.of("aws:efs/mountTarget:MountTarget")
    assert [each.inputs["subnetId"] for each in targets] == [f"subnet-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3)]
    made = {each.type for each in eks.resources if each.type.startswith(NETWORKS)}
    # Of what the stack itself puts into the VPC.
    assert made == {
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    }


def test_karpenter_is_told_the_subnets_that_no_tag_shows_it(deployed: Deploy) -> None:
    def by_karpenter(stack: Stack) -> None:
        stack["cluster"]["nodeAutoscaler"] = {"type": "karpenter"}

    recording = deployed(by_karpenter, stack=EKS)
    spec = one(recording, NODE_CLASS, "l40s").inputs["spec"]
    assert spec["subnetSelectorTerms"] == [{"id": "subnet-0aaaaaaaaaaaaaaa1"}, {"id": "subnet-0aaaaaaaaaaaaaaa3"}]
    [tag] = recording.of("aws:ec2/tag:Tag")
    assert tag.inputs["resourceId"].startswith("sg-")


def test_load_balancers_are_told_the_subnets_that_no_tag_shows_them(eks: Recording) -> None:
    [ingress] = eks.of("kubernetes:networking.k8s.io/v1:Ingress")
    public = "subnet-0bbbbbbbbbbbbbbb1,subnet-0bbbbbbbbbbbbbbb2"
    assert ingress.inputs["metadata"]["annotations"]["alb.ingress.kubernetes.io/subnets"] == public
    near = one(eks, "kubernetes:core/v1:Service", "near").inputs["metadata"]["annotations"]
    private = ",".join(f"subnet-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))
    assert near["service.beta.kubernetes.io/aws-load-balancer-subnets"] == private
    policy = one(eks, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "near").inputs["spec"]
    admitted = [peer["ipBlock"]["cidr"] for rule in policy["ingress"] for peer in rule["from"] if "ipBlock" in peer]
    assert admitted == ["10.0.0.0/16", "100.64.0.0/16"]


def test_keys_of_aws_that_exist_are_used(eks: Recording) -> None:
    [cluster], [files] = eks.of("aws:eks/cluster:Cluster"), eks.of("aws:efs/fileSystem:FileSystem")
    key = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    assert cluster.inputs["encryptionConfig"]["provider"]["keyArn"] == key
    assert files.inputs["kmsKeyId"].endswith("key/mrk-0123456789abcdef0123456789abcdef")
    assert statements(eks, "eks-own-vpc-cluster")[0]["Resource"] == key
    assert not eks.of("aws:kms/key:Key")


def test_weights_in_s3_are_read_by_the_endpoint_that_the_vpc_has(deployed: Deploy) -> None:
    def in_s3(stack: Stack) -> None:
        stack["servers"]["near"]["weights"] = {"source": "s3", "uri": "s3://our-models/llama"}

    recording = deployed(in_s3, stack=EKS)
    assert recording.of("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert not recording.of("aws:ec2/vpcEndpoint:VpcEndpoint")


def test_nobody_pays_for_a_network_that_is_there(gke: Recording, eks: Recording) -> None:
    assert "nat" not in json.dumps([gke.outputs, eks.outputs]).lower().replace("natural", "")


MISTAKES: dict[str, tuple[str, Edit, str, str, str]] = {
    "a subnet of another region": (
        GKE,
        lambda stack: there(stack).update(subnetwork="projects/our-network/regions/us-east1/subnetworks/models"),
        "network.existing.subnetwork",
        "the subnet is in us-east1, and the cluster in us-east5",
        "name a subnet of us-east5",
    ),
    "a subnet of another VPC": (
        GKE,
        lambda stack: there(stack).update(network="projects/other-network/global/networks/shared"),
        "network.existing.network",
        "is of the project our-network, and its VPC of other-network",
        "gcloud compute networks subnets describe",
    ),
    "one range for pods and Services": (
        GKE,
        lambda stack: there(stack).update(services={"name": "models-pods"}),
        "network.existing.services.name",
        "'models-pods' is the range of the pods, too",
        "another secondary range",
    ),
    "a range of pods for fewer nodes than there may be": (
        GKE,
        lambda stack: there(stack)["pods"].update(range="10.48.0.0/22"),
        "network.existing.pods.range",
        "10.48.0.0/22 has a /24 for 4 nodes, and there may be 5",
        "fewer nodes",
    ),
    "a subnet for fewer nodes than there may be": (
        GKE,
        lambda stack: there(stack).update(nodes="10.40.0.0/29"),
        "network.existing.nodes",
        "10.40.0.0/29 has addresses for 4 nodes, of up to 5",
        "fewer nodes",
    ),
    "ranges with addresses in common": (
        GKE,
        lambda stack: there(stack)["services"].update(range="10.48.8.0/24"),
        "network.existing.services.range",
        "10.48.8.0/24 and 10.48.0.0/20 of network.existing.pods.range have addresses in common",
        "a range of its own",
    ),
    "a VPC that is no id": (
        GKE,
        lambda stack: there(stack).update(network="shared"),
        "network.existing.network",
        "'shared'",
        "projects/our-network/global/networks/shared",
    ),
    "a network that is new and exists": (
        GKE,
        lambda stack: stack["network"].update(pods="10.16.0.0/14"),
        "network.pods",
        "'pods' is not a key here",
        "existing",
    ),
    "a key of another region": (
        GKE,
        lambda stack: stack["encryption"].update(
            secrets="projects/our-keys/locations/global/keyRings/ours/cryptoKeys/models"
        ),
        "encryption.secrets",
        "is in global, and what it is to encrypt in us-east5",
        "name a key of us-east5",
    ),
    "a key for a bucket that exists": (
        GKE,
        lambda stack: stack.update(weights={"bucket": "our-models"}),
        "encryption.weights",
        "weights.bucket names one that exists",
        "leave it out",
    ),
    "an ARN of another region": (
        EKS,
        lambda stack: stack["encryption"].update(secrets="arn:aws:kms:us-west-2:123456789012:key/0123-4567"),
        "encryption.secrets",
        "is in us-west-2, and what it is to encrypt in us-east-1",
        "name a key of us-east-1",
    ),
    "an alias of a key": (
        EKS,
        lambda stack: stack["encryption"].update(secrets="arn:aws:kms:us-east-1:123456789012:alias/ours"),
        "encryption.secrets",
        "alias/ours",
        "arn:aws:kms:us-east-1:123456789012:key/",
    ),
    "a key for storage that there is not": (
        EKS,
        lambda stack: stack.pop("sharedStorage"),
        "encryption.sharedStorage",
        "the stack has none",
        "add sharedStorage",
    ),
    "a subnet for two zones": (
        EKS,
        lambda stack: there(stack)["publicSubnets"].update({"us-east-1a": "subnet-0aaaaaaaaaaaaaaa1"}),
        "network.existing.publicSubnets.us-east-1a",
        "subnet-0aaaaaaaaaaaaaaa1 stands twice",
        "the subnet of this zone",
    ),
    "subnets of two regions": (
        EKS,
        lambda stack: there(stack)["subnets"].update({"us-west-2a": {"id": "subnet-0aaaaaaaaaaaaaaa9"}}),
        "network.existing.subnets",
        "'us-west-2a' is not in us-east-1",
        "zones of one region",
    ),
    "a subnet outside its VPC": (
        EKS,
        lambda stack: there(stack)["subnets"]["us-east-1a"].update(range="10.1.0.0/20"),
        "network.existing.subnets.us-east-1a.range",
        "10.1.0.0/20 is no part of the VPC, which has 10.0.0.0/16, 100.64.0.0/16",
        "add the VPC's other range",
    ),
    "subnets for fewer nodes than there may be": (
        EKS,
        lambda stack: [
            each.update(range=f"100.64.{number}.0/27") for number, each in enumerate(there(stack)["subnets"].values())
        ],
        "network.existing.subnets",
        "the subnets have addresses for 4 nodes, 20 each with those of their pods, and there may be 6",
        "larger or more subnets",
    ),
    "a public load balancer without public subnets": (
        EKS,
        lambda stack: there(stack).pop("publicSubnets"),
        "network.existing.publicSubnets",
        "0 are named, and the public load balancer of web is in two or more",
        "public subnets in two zones",
    ),
    "nodes in a zone without a subnet": (
        EKS,
        lambda stack: stack["cluster"]["pools"]["l40s"].update(zones=["us-east-1d"]),
        "cluster.pools.l40s.zones",
        "'us-east-1d' is not a zone of the network",
        "add it to network.existing.subnets",
    ),
    "an id of no subnet": (
        EKS,
        lambda stack: there(stack)["subnets"]["us-east-1a"].update(id="models-a"),
        "network.existing.subnets.us-east-1a.id",
        "'models-a'",
        "subnet-0123456789abcdef0",
    ),
}


@pytest.mark.parametrize(("stack", "edit", "path", "reason", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_what_does_not_go_together_is_refused(
    stack: str, edit: Edit, path: str, reason: str, remedy: str, refused: Refuse
) -> None:
    finding = refused(edit, stack=stack)[path]
    assert reason in finding.message
    assert remedy in finding.remedy
