"""What went wrong on other people's EKS clusters and GPU pools, and cannot here.

Each test is named after its failure mode.
"""

import json
from collections.abc import Iterator, Mapping
from typing import cast

import pytest

from offline import Recording, Resource
from offline.stack_config import stack_name
from slipway.catalog.versions import EKS_AMI
from slipway.workload import POOL_LABEL
from tests.stack_paths import STACK_FILES

STACKS = [name for path in STACK_FILES if (name := stack_name(path)).startswith("eks-")]
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
RELEASE = "kubernetes:helm.sh/v3:Release"
NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"


@pytest.fixture(params=STACKS)
def eks(request: pytest.FixtureRequest, recordings: Mapping[str, Recording]) -> Recording:
    return recordings[request.param]


@pytest.fixture(scope="module")
def karpenter(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-karpenter"]


def outlives(recording: Recording, resource: Resource) -> set[str]:
    """Return everything that is created before a resource and destroyed after it."""
    found: set[str] = set()
    rest = list(resource.dependencies)
    while rest:
        urn = rest.pop()
        if urn not in found and urn in recording.by_urn:
            found.add(urn)
            rest += recording.by_urn[urn].dependencies
    return found


def named(recording: Recording, release: str) -> Resource:
    [found] = [each for each in recording.of(RELEASE) if each.inputs["name"] == release]
    return found


def selected(inputs: object, under: str = "") -> Iterator[str]:
    """Yield the pools that node selectors somewhere in an object name."""
    if isinstance(inputs, Mapping):
        for key, value in cast("Mapping[str, object]", inputs).items():
            if key == POOL_LABEL and under == "nodeSelector":
                yield str(value)
            yield from selected(value, key)
    elif isinstance(inputs, list):
        for value in cast("list[object]", inputs):
            yield from selected(value)


def gpu_nodes(recording: Recording) -> Iterator[Resource]:
    yield from recording.of(NODE_CLASS)
    yield from (group for group in recording.of(NODE_GROUP) if not group.name.endswith("-system"))


def test_f02_the_size_of_a_group_is_ignored_on_the_group_itself(eks: Recording) -> None:
    for group in eks.of(NODE_GROUP):
        assert group.custom
        assert "scalingConfig.desiredSize" in group.ignore_changes


def test_f03_a_group_starts_within_its_bounds_and_keeps_the_autoscalers_size(eks: Recording) -> None:
    for group in eks.of(NODE_GROUP):
        sizes = group.inputs["scalingConfig"]
        assert sizes["minSize"] <= sizes["desiredSize"] <= sizes["maxSize"]
        assert sizes["maxSize"] >= 1


def test_f07_no_name_that_aws_wants_unique_is_fixed_unless_something_refers_to_it(eks: Recording) -> None:
    """A fixed name collides with itself when the resource is replaced."""
    referred = {
        "aws:eks/cluster:Cluster": "kubectl, tags",
        "aws:cloudwatch/logGroup:LogGroup": "the control plane",
        "aws:iam/instanceProfile:InstanceProfile": "EC2NodeClass",
        "aws:ec2/placementGroup:PlacementGroup": "EC2NodeClass",
    }
    fixed = {each.type for each in eks.resources if each.type.startswith("aws:") and "name" in each.inputs}
    assert fixed <= referred.keys()


def test_f10_the_definitions_of_karpenter_are_updated_with_it(karpenter: Recording) -> None:
    definitions, controller = named(karpenter, "karpenter-crd"), named(karpenter, "karpenter")
    assert controller.inputs["skipCrds"] is True
    assert definitions.inputs["version"] == controller.inputs["version"]
    assert definitions.urn in controller.dependencies


def test_f11_a_release_that_fails_is_undone(eks: Recording) -> None:
    for release in eks.of(RELEASE):
        assert release.inputs["atomic"] is True
        assert release.inputs["cleanupOnFail"] is True
        assert release.inputs["timeout"] >= 900, release.urn


def test_f12_nothing_of_the_cluster_hides_in_a_package(eks: Recording) -> None:
    """A remote component or a rendered chart is one opaque resource, of which no check sees the parts."""
    assert {each.type.partition(":")[0] for each in eks.resources} <= {"aws", "kubernetes", "pulumi", "slipway"}
    assert not [each.urn for each in eks.resources if each.type.startswith("kubernetes:helm.sh/v4")]


def test_f14_a_new_endpoint_replaces_nothing_in_the_cluster(eks: Recording) -> None:
    [provider] = eks.of("pulumi:providers:kubernetes")
    [cluster] = eks.of("aws:eks/cluster:Cluster")
    assert provider.inputs["clusterIdentifier"] == cluster.state["arn"]
    assert "exec" in json.loads(provider.inputs["kubeconfig"])["users"][0]["user"]
    assert all(provider.urn in (each.provider or "") for each in eks.resources if each.is_kubernetes_object)


def test_f15_nodes_go_before_their_network_so_that_no_interface_is_left(eks: Recording) -> None:
    network = {each.urn for each in eks.of("aws:eks/addon:Addon") if each.inputs["addonName"] == "vpc-cni"}
    network |= {each.urn for each in eks.of("aws:ec2/routeTableAssociation:RouteTableAssociation")}
    groups = {each.name: each.urn for each in eks.of("aws:ec2/securityGroup:SecurityGroup")}
    for nodes in gpu_nodes(eks):
        kept = outlives(eks, nodes)
        assert network <= kept, nodes.urn
        assert groups.get(nodes.name) in {None, *kept}
    targets = {each.urn for each in eks.of("aws:efs/mountTarget:MountTarget")}
    for deployment in eks.of("kubernetes:apps/v1:Deployment"):
        if "persistentVolumeClaim" in str(deployment.inputs):
            assert targets <= outlives(eks, deployment)


def test_f15_servers_go_before_the_nodes_they_run_on(eks: Recording) -> None:
    nodes = {each.urn for kind in (NODE_GROUP, NODE_POOL) for each in eks.of(kind)}
    pools = {urn.rpartition("::")[2]: urn for urn in nodes}
    """A suspended CronJob has no pods."""
    running = [each for each in eks.resources if not each.type.endswith(":CronJob")]
    placed = {each.urn: pool for each in running for pool in selected(each.inputs)}
    assert placed
    for urn, pool in placed.items():
        assert pools[pool] in outlives(eks, eks.by_urn[urn]), urn


def test_f17_a_pool_waits_until_karpenter_has_found_what_its_nodes_need(karpenter: Recording) -> None:
    for node_class in karpenter.of(NODE_CLASS):
        assert node_class.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
    classes = {each.name: each.urn for each in karpenter.of(NODE_CLASS)}
    assert len(classes) == 4
    for pool in karpenter.of(NODE_POOL):
        assert classes[pool.name] in pool.dependencies


def test_f18_karpenter_outlives_its_pools_and_whatever_terminates_their_nodes(karpenter: Recording) -> None:
    needed = {named(karpenter, name).urn for name in ("karpenter", "karpenter-crd")}
    for kind in ("podIdentityAssociation:PodIdentityAssociation", "accessEntry:AccessEntry"):
        needed |= {each.urn for each in karpenter.of(f"aws:eks/{kind}")}
    policies = karpenter.of("aws:iam/rolePolicy:RolePolicy")
    needed |= {each.urn for each in policies if each.name == "eks-karpenter-karpenter"}
    needed |= {each.urn for each in karpenter.of("aws:iam/instanceProfile:InstanceProfile")}
    for pool in karpenter.of(NODE_POOL):
        assert needed <= outlives(karpenter, pool)
    for each in (*karpenter.of(NODE_POOL), *karpenter.of(NODE_CLASS)):
        assert each.custom_timeouts["delete"] == "30m"


def test_f24_gpu_nodes_have_the_image_with_the_driver(eks: Recording) -> None:
    for group in eks.of(NODE_GROUP):
        kind = "STANDARD" if group.name.endswith("-system") else "NVIDIA"
        assert group.inputs["amiType"] == f"AL2023_x86_64_{kind}"
    values = named(eks, "gpu-operator").inputs["values"]
    assert (values["driver"]["enabled"], values["toolkit"]["enabled"]) == (False, False)
    assert values["devicePlugin"]["enabled"] is True


def test_f25_driver_and_kubelet_change_with_a_pin_and_not_by_themselves(eks: Recording) -> None:
    [cluster] = eks.of("aws:eks/cluster:Cluster")
    release = EKS_AMI.removeprefix("v")
    for group in eks.of(NODE_GROUP):
        patch, _, date = group.inputs["releaseVersion"].partition("-")
        assert date == release
        assert patch.startswith(f"{cluster.inputs['version']}.")
    for node_class in eks.of(NODE_CLASS):
        assert node_class.inputs["spec"]["amiSelectorTerms"] == [{"alias": f"al2023@v{release}"}]


def test_f29_a_cluster_is_protected_where_its_stack_says_so(recordings: Mapping[str, Recording]) -> None:
    for name, kept in {"eks-choices": True, "eks-nim": False}.items():
        [cluster] = recordings[name].of("aws:eks/cluster:Cluster")
        assert cluster.inputs["deletionProtection"] is kept
        assert bool(cluster.protect) is kept


def test_f30_nothing_waits_for_itself_or_for_what_it_lies_in(eks: Recording) -> None:
    for resource in eks.resources:
        above: set[str] = set()
        parent = resource.parent
        while parent:
            above.add(parent)
            parent = eks.by_urn[parent].parent
        assert not {resource.urn, *above} & set(resource.dependencies), resource.urn
        assert "Calling __str__" not in str(resource.inputs), resource.urn
