"""What no stack allows, whatever it is made of."""

from typing import Any

from offline import Recording
from tests.invariants.objects import RELEASE, containers, pods

DOCUMENTED = ("192.0.2.", "198.51.100.", "203.0.113.")


def values_of(recording: Recording, release: str) -> list[dict[str, Any]]:
    return [each.inputs["values"] for each in recording.of(RELEASE) if each.inputs["name"] == release]


def test_no_container_gains_privileges_or_keeps_capabilities(recording: Recording) -> None:
    for owner, pod in pods(recording):
        if owner.inputs["kind"] == "NIMService":
            continue
        for container in containers(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, owner.urn
            assert context["capabilities"] == {"drop": ["ALL"]}, owner.urn
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, owner.urn


def test_nothing_holds_a_token_of_kubernetes_but_what_asks_it(recording: Recording) -> None:
    for owner, pod in pods(recording):
        if owner.inputs["kind"] != "NIMService":
            asks = owner.inputs["metadata"]["name"] == "custom-metrics-stackdriver-adapter"
            assert pod["spec"].get("automountServiceAccountToken", True) is asks, owner.urn


def test_whoever_needs_no_accelerator_is_an_ordinary_user_that_writes_nothing_without_limit(
    recording: Recording,
) -> None:
    for owner, pod in pods(recording):
        asked = [each["resources"].get("limits", {}) for each in containers(pod) if "resources" in each]
        if asked and not any("/" in resource for limits in asked for resource in limits):
            context = pod["spec"]["securityContext"]
            assert context["runAsNonRoot"] is True, owner.urn
            assert context["runAsUser"] > 0, owner.urn
            for container in containers(pod):
                assert container["securityContext"]["readOnlyRootFilesystem"] is True, owner.urn
                assert "memory" in container["resources"]["limits"], owner.urn


def test_no_add_on_reads_the_secrets_of_the_whole_cluster(recording: Recording) -> None:
    for values in values_of(recording, "kube-prometheus-stack"):
        assert values["grafana"]["rbac"]["namespaced"] is True
        assert values["grafana"]["sidecar"]["dashboards"]["searchNamespace"] == "monitoring"
        assert values["kube-state-metrics"]["collectorsExclude"] == ["secrets"]
    for values in values_of(recording, "keda"):
        for part in ("operator", "metricServer"):
            assert values["permissions"][part]["restrict"]["secret"] is True
    for role in recording.of("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"):
        for rule in role.inputs["rules"]:
            everything = rule["apiGroups"] in ([""], ["*"]) and "*" in rule["resources"]
            assert not everything, role.urn
            assert "secrets" not in rule["resources"], role.urn


def test_no_control_plane_of_an_example_is_open_to_everybody(recording: Recording) -> None:
    """Committed stacks name documentation ranges, of which the preview says that they are to be changed."""
    clusters = [each.inputs for each in recording.resources if each.type.endswith("/cluster:Cluster")]
    ranges = [block for each in clusters for block in each.get("vpcConfig", {}).get("publicAccessCidrs", ())]
    for each in clusters:
        networks = each.get("masterAuthorizedNetworksConfig")
        if networks:
            assert networks["gcpPublicCidrsAccessEnabled"] is False
            ranges += [block["cidrBlock"] for block in networks["cidrBlocks"]]
    assert all(each.startswith(DOCUMENTED) for each in ranges), ranges
    said = [
        finding
        for finding in recording.findings
        if finding.code == "networks.example" and finding.path.startswith("cluster.")
    ]
    assert len(said) == len(ranges)
