"""What holds for every resource of every stack. Docstrings name the failure modes (F) that a test guards against."""

from offline import Recording
from tests.invariants.objects import leaves, reached


def test_only_components_and_providers_stand_directly_under_the_stack(recording: Recording) -> None:
    loose = [
        resource.urn
        for resource in recording.children[None]
        if resource.custom and not resource.type.startswith("pulumi:providers:")
    ]
    assert not loose, "\n".join(loose)


def test_every_resource_names_its_provider(recording: Recording) -> None:
    """F14."""
    without = [
        resource.urn
        for resource in recording.resources
        if resource.custom and not resource.type.startswith("pulumi:providers:") and resource.provider is None
    ]
    assert not without, "\n".join(without)


def test_children_are_named_after_their_component(recording: Recording) -> None:
    wrong = [
        f"{resource.urn} under {parent.name}"
        for resource in recording.resources
        if (parent := recording.by_urn.get(resource.parent or "")) and not resource.name.startswith(parent.name)
    ]
    assert not wrong, "\n".join(wrong)


def test_releases_are_named_pinned_atomic_and_bounded_in_time(recording: Recording) -> None:
    """F10, F11."""
    for release in recording.of("kubernetes:helm.sh/v3:Release"):
        inputs = release.inputs
        assert inputs.get("name"), release.urn
        assert inputs.get("version"), release.urn
        assert inputs.get("atomic") is True, release.urn
        assert inputs.get("cleanupOnFail") is True, release.urn
        assert inputs.get("timeout", 0) > 300, release.urn


def test_node_counts_belong_to_the_cluster_autoscaler(recording: Recording) -> None:
    """F3, F4."""
    for pool in recording.of("gcp:container/nodePool:NodePool"):
        assert {"initialNodeCount", "nodeCount"} <= set(pool.ignore_changes), pool.urn
        assert "nodeCount" not in pool.inputs, pool.urn
    for group in recording.of("aws:eks/nodeGroup:NodeGroup"):
        assert "scalingConfig.desiredSize" in group.ignore_changes, group.urn
        sizes = group.inputs["scalingConfig"]
        assert sizes["minSize"] <= sizes["desiredSize"] <= sizes["maxSize"], group.urn


def test_a_custom_resource_waits_for_whatever_defines_it(recording: Recording) -> None:
    """GKE itself defines the others: managed Prometheus, the Secret Manager add-on. Some are there already. F9, F18."""
    definers = {
        "kubernetes:apps.nvidia.com/v1alpha1:NIMCache": "nim-operator",
        "kubernetes:apps.nvidia.com/v1alpha1:NIMService": "nim-operator",
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": "karpenter-crd",
        "kubernetes:karpenter.sh/v1:NodePool": "karpenter-crd",
        "kubernetes:keda.sh/v1alpha1:ScaledObject": "keda",
        "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet": "lws",
        "kubernetes:monitoring.coreos.com/v1:PodMonitor": "kube-prometheus-stack",
        "kubernetes:monitoring.coreos.com/v1:PrometheusRule": "kube-prometheus-stack",
        "kubernetes:nvidia.com/v1:ClusterPolicyPatch": "gpu-operator",
    }
    releases = {release.inputs["name"]: release.urn for release in recording.of("kubernetes:helm.sh/v3:Release")}
    there = recording.judged.there
    installed = {each.chart for each in there.releases} if there else set[str]()
    for kind, definer in definers.items():
        for resource in recording.of(kind) if definer not in installed else ():
            assert releases[definer] in reached(recording, resource), resource.urn


def test_options_are_set_where_they_work(recording: Recording) -> None:
    """On a component they change nothing but for the deletion of itself. F2."""
    for resource in recording.resources:
        if not resource.custom:
            assert not resource.ignore_changes, resource.urn
            assert resource.protect is None or resource.type == "slipway:stacks:DeletionGuard", resource.urn
            assert not resource.custom_timeouts, resource.urn


def test_node_pools_are_resources_of_their_own(recording: Recording) -> None:
    """F5."""
    for cluster in recording.of("gcp:container/cluster:Cluster"):
        assert "nodePools" not in cluster.inputs, cluster.urn
        if not cluster.inputs.get("enableAutopilot"):
            assert cluster.inputs["removeDefaultNodePool"] is True, cluster.urn
            assert cluster.inputs["initialNodeCount"] == 1, cluster.urn


def test_charts_are_releases_whose_hooks_run(recording: Recording) -> None:
    """Files of objects are custom resources beside a chart, and come before it. F12."""
    others = [each.urn for each in recording.resources if ":helm.sh/v4:" in each.type or ":yaml" in each.type]
    for release in recording.of("kubernetes:helm.sh/v3:Release"):
        others = [urn for urn in others if not (release.inputs.get("skipCrds") and urn in release.dependencies)]
    assert not others, "\n".join(others)


def test_a_provider_of_a_cluster_deletes_nothing_that_it_cannot_reach(recording: Recording) -> None:
    """F13."""
    for provider in recording.of("pulumi:providers:kubernetes"):
        assert "deleteUnreachable" not in provider.inputs, provider.urn


def test_the_provider_of_a_cluster_is_not_replaced_when_its_endpoint_changes(recording: Recording) -> None:
    """Everything in the cluster would be replaced with it. F14."""
    for provider in recording.of("pulumi:providers:kubernetes"):
        made_here = any(recording.by_urn[urn].type.endswith("/cluster:Cluster") for urn in reached(recording, provider))
        assert not made_here or provider.inputs["clusterIdentifier"], provider.urn


def test_whatever_is_in_a_cluster_goes_before_its_nodes_and_its_network(recording: Recording) -> None:
    """Load balancers and volumes that outlive the nodes keep the network from being deleted. F15."""
    clusters = [each for each in recording.resources if each.type.endswith("/cluster:Cluster")]
    networks = [each for each in recording.resources if each.type.endswith(("/vpc:Vpc", "/network:Network"))]
    for resource in recording.resources:
        if clusters and resource.is_kubernetes_object:
            provider = recording.by_urn[resource.provider_urn or ""]
            before = reached(recording, resource) | reached(recording, provider)
            assert {each.urn for each in (*clusters, *networks)} <= before, resource.urn


def test_a_cluster_that_refuses_its_deletion_is_protected_here_too(recording: Recording) -> None:
    """F29."""
    for cluster in recording.resources:
        if cluster.type.endswith("/cluster:Cluster"):
            assert bool(cluster.protect) == cluster.inputs["deletionProtection"], cluster.urn
    for bucket in recording.of("gcp:storage/bucket:Bucket"):
        assert "forceDestroy" in bucket.inputs, bucket.urn


def test_no_text_was_made_of_a_value_that_is_not_there_yet(recording: Recording) -> None:
    """An output in an f-string becomes a text about outputs. F30."""
    wrong = [
        f"{resource.urn}: {path}"
        for resource in recording.resources
        for path, value in leaves(resource.inputs)
        if isinstance(value, str)
        and ("Calling __str__ on an Output" in value or "pulumi.output.Output object" in value)
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_waits_for_itself_or_for_what_holds_it(recording: Recording) -> None:
    """F30."""
    for resource in recording.resources:
        assert resource.urn not in resource.dependencies, resource.urn
        assert resource.parent not in resource.dependencies, resource.urn
