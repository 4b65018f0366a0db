"""What holds for the pods of every stack. Docstrings name the failure modes (F) that a test guards against."""

import re

from offline import Recording
from slipway.workload import ENDPOINT_PROPAGATION_SECONDS, GRACE_MARGIN_SECONDS
from tests.invariants.objects import AUTOSCALER, containers, labels_of, namespace_of, pods, scaled, selectors, workloads

ENDPOINTS = ("endpoints", "podMetricsEndpoints")
FINISHES = "sglang.launch_server"
"""The program that finishes its requests on SIGTERM without being told a time."""


def test_images_are_pinned(recording: Recording) -> None:
    loose = [
        f"{owner.urn}: {container['image']}"
        for owner, pod in pods(recording)
        for container in containers(pod)
        if not re.search(r":[^:/]*\d[^:/]*$|@sha256:[0-9a-f]{64}$", container["image"])
    ]
    assert not loose, "\n".join(loose)


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
    """F8."""
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


def test_nothing_but_a_server_that_was_asked_to_is_reached_from_outside(recording: Recording) -> None:
    for service in recording.of("kubernetes:core/v1:Service"):
        spec = service.inputs["spec"]
        if spec.get("type", "ClusterIP") == "ClusterIP":
            continue
        annotations = service.inputs["metadata"].get("annotations", {})
        internal = annotations.get("networking.gke.io/load-balancer-type") == "Internal"
        internal |= annotations.get("service.beta.kubernetes.io/aws-load-balancer-scheme") == "internal"
        assert internal, service.urn
    for ingress in recording.of("kubernetes:networking.k8s.io/v1:Ingress"):
        annotations = ingress.inputs["metadata"]["annotations"]
        internal = annotations["alb.ingress.kubernetes.io/scheme"] == "internal"
        assert internal or annotations["alb.ingress.kubernetes.io/inbound-cidrs"], ingress.urn
        assert internal or annotations["alb.ingress.kubernetes.io/certificate-arn"], ingress.urn


def test_a_workload_outlives_its_drain_and_its_start(recording: Recording) -> None:
    """Grace period > time before SIGTERM + drain; startup probe < progress deadline < Pulumi's own timeout. F16."""
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
            drains = ("--shutdown-timeout=", "--exit-timeout-secs=")
            drain = [int(a.partition("=")[2]) for a in command if a.startswith(drains)]
            left = pod["spec"]["terminationGracePeriodSeconds"] - waits
            finishes = FINISHES in command and left > GRACE_MARGIN_SECONDS
            assert drain or finishes or waits > ENDPOINT_PROPAGATION_SECONDS, workload.urn
            assert left > sum(drain), workload.urn


def test_a_server_says_over_http_that_it_starts_is_ready_and_lives(recording: Recording) -> None:
    """A socket that is open says nothing of a model that loads. F32."""
    for owner, pod in pods(recording):
        probed = [each for each in containers(pod) if "startupProbe" in each]
        for container in probed:
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                assert container[probe]["httpGet"]["path"], f"{owner.urn}: {probe}"
    scaled_pods = {scaled(recording, scaler).urn for scaler in recording.of(AUTOSCALER)}
    answering = {owner.urn for owner, pod in pods(recording) if any("startupProbe" in each for each in containers(pod))}
    assert scaled_pods <= answering


def test_a_saturated_server_stays_in_its_service_for_half_a_minute_and_is_killed_later(recording: Recording) -> None:
    probed = [container for _, pod in pods(recording) for container in containers(pod) if "startupProbe" in container]
    operated = [one.inputs["spec"] for one in workloads(recording) if one.inputs["kind"] == "NIMService"]
    pairs = [(one["readinessProbe"], one["livenessProbe"]) for one in probed]
    pairs += [(one["readinessProbe"]["probe"], one["livenessProbe"]["probe"]) for one in operated]
    assert pairs
    for ready, live in pairs:
        assert min(ready["timeoutSeconds"], live["timeoutSeconds"]) >= 5
        leaves, dies = (probe["periodSeconds"] * probe["failureThreshold"] for probe in (ready, live))
        assert 30 <= leaves < dies


def test_a_rollout_of_servers_needs_no_spare_accelerator(recording: Recording) -> None:
    """A pod more than the pool has room for stays pending until the rollout fails. F16."""
    for scaler in recording.of(AUTOSCALER):
        spec = scaled(recording, scaler).inputs["spec"]
        strategy = spec.get("strategy", {}).get("rollingUpdate")
        rolling = strategy or spec["rolloutStrategy"]["rollingUpdateConfiguration"]
        assert (rolling["maxSurge"], rolling["maxUnavailable"]) == (0, 1), scaler.urn


def test_everything_that_a_server_is_made_of_is_found_by_its_label(recording: Recording) -> None:
    """`kubectl get deployments,hpa,services,podmonitors --selector app.kubernetes.io/name=<server>`."""
    unlabelled = [
        f"{inputs['kind']} {name}"
        for resource in recording.resources
        if resource.is_kubernetes_object
        and (name := (inputs := resource.inputs).get("metadata", {}).get("name")) in recording.judged.servers
        and inputs["metadata"].get("labels", {}).get("app.kubernetes.io/name") != name
    ]
    assert not unlabelled
