"""What holds for every resource of every stack, whoever writes the next one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from components.workload import ENDPOINT_PROPAGATION_SECONDS
from offline import SECRET, Recording, Resource

AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
ENDPOINTS = ("endpoints", "podMetricsEndpoints")
WORKLOADS = ("Deployment", "StatefulSet", "LeaderWorkerSet")
LOOKS_SECRET = re.compile(r"hf_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|AAABAFake")


def test_only_components_and_providers_stand_directly_under_the_stack(recording: Recording) -> None:
    loose = [
        resource.urn
        for resource in recording.children[None]
        if resource.custom and not resource.type.startswith("pulumi:providers:")
    ]
    assert not loose, "\n".join(loose)


def test_every_resource_names_its_provider(recording: Recording) -> None:
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


def test_no_secret_is_in_plain_sight(recording: Recording) -> None:
    found = [
        f"{resource.urn}: {path}"
        for resource in recording.resources
        for path, value in leaves(resource.inputs)
        if isinstance(value, str) and LOOKS_SECRET.search(value)
    ]
    assert not found, "\n".join(found)


def test_secrets_of_kubernetes_hold_nothing_but_secrets(recording: Recording) -> None:
    plain = [
        f"{resource.urn}: {path}"
        for resource in recording.of("kubernetes:core/v1:Secret")
        for path, value in leaves(resource.inputs.get("stringData", {}) | resource.inputs.get("data", {}))
        if value != SECRET
    ]
    assert not plain, "\n".join(plain)


def test_no_environment_variable_holds_a_secret(recording: Recording) -> None:
    shown = [
        f"{owner.urn}: {variable['name']}"
        for owner, pod in pods(recording)
        for container in containers(pod)
        for variable in container.get("env", [])
        if variable.get("value") == SECRET
    ]
    assert not shown, "\n".join(shown)


def test_images_are_pinned(recording: Recording) -> None:
    loose = [
        f"{owner.urn}: {container['image']}"
        for owner, pod in pods(recording)
        for container in containers(pod)
        if not re.search(r":[^:/]*\d[^:/]*$|@sha256:[0-9a-f]{64}$", container["image"])
    ]
    assert not loose, "\n".join(loose)


def test_releases_are_named_pinned_atomic_and_bounded_in_time(recording: Recording) -> None:
    for release in recording.of("kubernetes:helm.sh/v3:Release"):
        inputs = release.inputs
        assert inputs.get("name"), release.urn
        assert inputs.get("version"), release.urn
        assert inputs.get("atomic") is True, release.urn
        assert inputs.get("timeout", 0) > 300, release.urn


def test_an_autoscaled_workload_states_no_replicas_and_ignores_what_the_autoscaler_does(recording: Recording) -> None:
    for scaler in recording.of(AUTOSCALER):
        target = scaled(recording, scaler)
        assert "replicas" not in target.inputs["spec"], target.urn
        assert "spec.replicas" in target.ignore_changes, target.urn


def test_no_workload_has_two_autoscalers(recording: Recording) -> None:
    targets = [scaled(recording, scaler).urn for scaler in recording.of(AUTOSCALER)]
    assert len(targets) == len(set(targets))


def test_node_counts_belong_to_the_cluster_autoscaler(recording: Recording) -> None:
    for pool in recording.of("gcp:container/nodePool:NodePool"):
        assert {"initialNodeCount", "nodeCount"} <= set(pool.ignore_changes), pool.urn
        assert "nodeCount" not in pool.inputs, pool.urn
    for group in recording.of("aws:eks/nodeGroup:NodeGroup"):
        assert "scalingConfig.desiredSize" in group.ignore_changes, group.urn
        sizes = group.inputs["scalingConfig"]
        assert sizes["minSize"] <= sizes["desiredSize"] <= sizes["maxSize"], group.urn


def test_selectors_meet_the_pods_of_one_workload_in_their_own_namespace(recording: Recording) -> None:
    for resource, selector in selectors(recording):
        met = [
            owner.urn
            for owner, pod in pods(recording)
            if namespace_of(owner) == namespace_of(resource) and selector.items() <= labels_of(pod).items()
        ]
        assert len(set(met)) == 1, f"{resource.urn} selects {selector}: {met}"


def test_the_ports_of_services_and_monitors_are_ports_of_their_pods(recording: Recording) -> None:
    for resource, selector in selectors(recording):
        spec = resource.inputs["spec"]
        wanted = [port.get("targetPort") for port in spec.get("ports", [])]
        wanted += [endpoint["port"] for key in ENDPOINTS for endpoint in spec.get(key, [])]
        for _, pod in pods(recording):
            if not selector.items() <= labels_of(pod).items():
                continue
            offered = {port["name"] for container in containers(pod) for port in container.get("ports", [])}
            assert set(wanted) <= offered, f"{resource.urn} wants {wanted}, the pods offer {offered}"


def test_the_labels_that_select_pods_never_change(recording: Recording) -> None:
    for workload in workloads(recording):
        selector = workload.inputs["spec"].get("selector", {}).get("matchLabels", {})
        assert selector.keys() <= {"app.kubernetes.io/name", "run", "k8s-app"}, workload.urn


def test_disruption_budgets_let_nodes_drain(recording: Recording) -> None:
    for budget in recording.of("kubernetes:policy/v1:PodDisruptionBudget"):
        assert budget.inputs["spec"]["maxUnavailable"] == 1, budget.urn
        assert budget.inputs["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow", budget.urn


def test_mounts_name_volumes_of_their_pod(recording: Recording) -> None:
    for owner, pod in pods(recording):
        volumes = {volume["name"] for volume in pod["spec"].get("volumes", [])}
        mounted = {mount["name"] for one in containers(pod) for mount in one.get("volumeMounts", [])}
        assert mounted <= volumes, owner.urn


def test_a_custom_resource_waits_for_whatever_defines_it(recording: Recording) -> None:
    """GKE itself defines the others: managed Prometheus and the Secret Manager add-on come with the cluster."""
    definers = {
        "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet": "lws",
        "kubernetes:monitoring.coreos.com/v1:PodMonitor": "kube-prometheus-stack",
    }
    releases = {release.inputs["name"]: release.urn for release in recording.of("kubernetes:helm.sh/v3:Release")}
    for kind, definer in definers.items():
        for resource in recording.of(kind):
            assert releases[definer] in reached(recording, resource), resource.urn


def test_metrics_apis_go_before_the_adapter_that_answers_for_them(recording: Recording) -> None:
    """A destroy takes resources in the reverse order of their dependencies."""
    for api in recording.of("kubernetes:apiregistration.k8s.io/v1:APIService"):
        behind = {
            urn
            for urn in reached(recording, api)
            if recording.by_urn[urn].type in ("kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Namespace")
        }
        assert len(behind) == 2, api.urn


def test_each_metrics_api_has_one_owner(recording: Recording) -> None:
    names = [api.inputs["metadata"]["name"] for api in recording.of("kubernetes:apiregistration.k8s.io/v1:APIService")]
    assert len(names) == len(set(names))


def test_an_autoscaler_waits_for_the_api_that_it_reads(recording: Recording) -> None:
    apis = {api.urn for api in recording.of("kubernetes:apiregistration.k8s.io/v1:APIService")}
    releases = recording.of("kubernetes:helm.sh/v3:Release")
    apis |= {release.urn for release in releases if release.inputs["name"] == "prometheus-adapter"}
    assert apis
    for scaler in recording.of(AUTOSCALER):
        assert apis <= reached(recording, scaler), scaler.urn


def test_nothing_but_a_server_that_was_asked_to_is_reached_from_outside(recording: Recording) -> None:
    for service in recording.of("kubernetes:core/v1:Service"):
        spec = service.inputs["spec"]
        if spec.get("type", "ClusterIP") == "ClusterIP":
            continue
        annotations = service.inputs["metadata"].get("annotations", {})
        internal = annotations.get("networking.gke.io/load-balancer-type") == "Internal"
        assert internal or spec.get("loadBalancerSourceRanges"), service.urn


def test_a_workload_outlives_its_drain_and_its_start(recording: Recording) -> None:
    """Grace period > time before SIGTERM + drain; startup probe < progress deadline < Pulumi's own timeout."""
    for workload in recording.of("kubernetes:apps/v1:Deployment"):
        pod = workload.inputs["spec"]["template"]
        for container in containers(pod):
            if "startupProbe" not in container:
                continue
            probe = container["startupProbe"]
            starts = probe["periodSeconds"] * probe["failureThreshold"]
            deadline = workload.inputs["spec"]["progressDeadlineSeconds"]
            gives_up = int(workload.custom_timeouts["create"].removesuffix("m")) * 60
            assert starts < deadline < gives_up, workload.urn
            waits = container["lifecycle"]["preStop"]["sleep"]["seconds"]
            command = container.get("command", [])
            drain = [int(a.partition("=")[2]) for a in command if a.startswith("--shutdown-timeout=")]
            assert drain or waits > ENDPOINT_PROPAGATION_SECONDS, workload.urn
            assert pod["spec"]["terminationGracePeriodSeconds"] > waits + sum(drain), workload.urn


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of an input with its path."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("Sequence[Any]", value)):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def workloads(recording: Recording) -> list[Resource]:
    return [one for one in recording.resources if one.is_kubernetes_object and one.inputs["kind"] in WORKLOADS]


def pods(recording: Recording) -> Iterator[tuple[Resource, dict[str, Any]]]:
    """Yield each pod template of each workload."""
    for workload in workloads(recording):
        spec = workload.inputs["spec"]
        group = spec.get("leaderWorkerTemplate")
        templates = [group["leaderTemplate"], group["workerTemplate"]] if group else [spec["template"]]
        yield from ((workload, template) for template in templates)


def containers(pod: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def labels_of(pod: Mapping[str, Any]) -> dict[str, str]:
    return pod["metadata"]["labels"]


def namespace_of(resource: Resource) -> str:
    return resource.inputs["metadata"].get("namespace", "default")


def selectors(recording: Recording) -> Iterator[tuple[Resource, dict[str, str]]]:
    """Yield everything that selects pods, with what it selects."""
    for resource in recording.resources:
        if not resource.is_kubernetes_object:
            continue
        spec = resource.inputs.get("spec", {})
        match resource.inputs["kind"]:
            case "Service":
                yield resource, spec["selector"]
            case "PodMonitoring" | "PodMonitor" | "PodDisruptionBudget":
                yield resource, spec["selector"]["matchLabels"]
            case _:
                pass


def scaled(recording: Recording, scaler: Resource) -> Resource:
    """Return the one workload that an autoscaler scales."""
    reference = scaler.inputs["spec"]["scaleTargetRef"]
    [target] = [
        workload
        for workload in workloads(recording)
        if (workload.inputs["kind"], workload.inputs["metadata"]["name"], namespace_of(workload))
        == (reference["kind"], reference["name"], namespace_of(scaler))
    ]
    return target


def reached(recording: Recording, resource: Resource) -> set[str]:
    """Return the URNs of everything that a resource waits for."""
    found: set[str] = set()
    rest = list(resource.dependencies)
    while rest:
        urn = rest.pop()
        if urn in found or urn not in recording.by_urn:
            continue
        found.add(urn)
        rest += recording.by_urn[urn].dependencies
    return found
