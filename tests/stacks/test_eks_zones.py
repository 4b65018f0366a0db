"""What stays where it is when zones come and go, and what belongs to a Kubernetes version."""

import itertools
from collections.abc import Mapping
from ipaddress import ip_network
from typing import get_args

import pytest

from offline import Recording
from slipway.catalog.eks_releases import EksVersion
from slipway.eks.network import zone_ranges
from slipway.eks.settings import ZONE_LETTERS
from tests.stacks.edits import Deploy, Stack
from tests.stacks.lookup import NODE_GROUP, one, release

STAYING = ("aws:ec2/subnet:Subnet", "aws:eks/cluster:Cluster", NODE_GROUP)


@pytest.mark.parametrize("more", [["us-east-1d"], ["us-east-1c", "us-east-1d"]])
def test_a_further_zone_moves_neither_subnets_nor_control_plane_nor_nodes(
    more: list[str], recordings: Mapping[str, Recording], deployed: Deploy
) -> None:
    before = recordings["eks-nim"]
    after = deployed(lambda stack: stack["network"]["zones"].extend(more), stack="eks-nim")
    for each in before.of(*STAYING):
        assert one(after, each.type, each.name).inputs == each.inputs
    assert len(after.of(STAYING[0])) == len(before.of(STAYING[0])) + 2 * len(more)


def test_no_two_zones_of_a_region_share_addresses() -> None:
    ranges = zone_ranges("10.0.0.0/20", [f"us-east-1{letter}" for letter in ZONE_LETTERS])
    parts = [ip_network(part) for zone in ranges.values() for part in (zone.private, zone.public)]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(parts, 2))


def test_nodes_are_in_the_zones_that_their_pool_names(deployed: Deploy) -> None:
    def edit(stack: Stack) -> None:
        stack["network"]["zones"].append("us-east-1c")
        stack["cluster"]["systemPool"] = {"zones": ["us-east-1c"]}

    recording = deployed(edit, stack="eks-nim")
    assert len(one(recording, NODE_GROUP, "eks-nim-system").inputs["subnetIds"]) == 1
    assert len(one(recording, NODE_GROUP, "l40s").inputs["subnetIds"]) == 2


@pytest.mark.parametrize("version", get_args(EksVersion))
def test_nodes_add_ons_and_autoscaler_are_of_the_version_of_the_cluster(version: str, deployed: Deploy) -> None:
    recording = deployed(lambda stack: stack["cluster"].update(version=version), stack="eks-nim")
    assert {each.inputs["releaseVersion"].rpartition(".")[0] for each in recording.of(NODE_GROUP)} == {version}
    assert release(recording, "cluster-autoscaler").inputs["values"]["image"]["tag"].startswith(f"v{version}.")
    [proxy] = [each for each in recording.of("aws:eks/addon:Addon") if each.inputs["addonName"] == "kube-proxy"]
    assert proxy.inputs["addonVersion"].startswith(f"v{version}.")
