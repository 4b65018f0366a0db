"""Who enforces network policies, and whom a person lets in."""

import json
from ipaddress import IPv4Address

import pytest

from offline import Recording
from tests.reach import Cluster, Pod
from tests.stacks.edits import Deploy, Stack

CHAT = Pod(name="gateway", namespace="chat", labels={})
OTHER = Pod(name="gateway", namespace="other", labels={})
SERVED = {
    "gke-tpu": ("vllm", 8000),
    "eks-nim": ("nim", 8000),
    "eks-triton": ("triton", 8000),
    "existing": ("nim", 8000),
}


def cluster(recording: Recording) -> Cluster:
    return Cluster.of(each.inputs for each in recording.resources if each.is_kubernetes_object)


@pytest.mark.parametrize("stack", SERVED)
def test_pods_of_namespaces_that_a_person_names_reach_a_server(stack: str, deployed: Deploy) -> None:
    def let_in(settings: Stack) -> None:
        next(iter(settings["servers"].values()))["allowFrom"] = ["chat"]

    (namespace, port), policies = SERVED[stack], cluster(deployed(let_in, stack=stack))
    server = Pod(name="llama", namespace=namespace, labels={"app.kubernetes.io/name": "llama"})
    assert policies.reaches(CHAT, server, port)
    assert not policies.reaches(OTHER, server, port)
    assert not policies.reaches(CHAT, server, 8002), "only where it answers requests"
    assert not cluster(deployed(stack=stack)).reaches(CHAT, server, port)


def test_a_load_balancer_of_google_cloud_shows_pods_the_addresses_of_its_clients(deployed: Deploy) -> None:
    """Otherwise connections come from nodes, which no range of a network policy means."""
    recording = deployed(lambda stack: stack["servers"]["llama"].update(exposure={"type": "internal"}))
    [service] = [
        each for each in recording.of("kubernetes:core/v1:Service") if each.inputs["metadata"]["name"] == "llama"
    ]
    assert service.inputs["spec"]["externalTrafficPolicy"] == "Local"
    server = Pod(name="llama", namespace="vllm", labels={"app.kubernetes.io/name": "llama"})
    assert cluster(recording).reaches(IPv4Address("10.128.0.4"), server, 8000)
    assert not cluster(recording).reaches(IPv4Address("203.0.113.4"), server, 8000)


def test_the_network_plugin_of_eks_is_told_to_enforce_policies(deployed: Deploy) -> None:
    add_ons = {each.inputs["addonName"]: each.inputs for each in deployed(stack="eks-nim").of("aws:eks/addon:Addon")}
    assert json.loads(add_ons["vpc-cni"]["configurationValues"]) == {"enableNetworkPolicy": "true"}


def test_a_cluster_that_enforces_no_policies_is_said_to(deployed: Deploy) -> None:
    recording = deployed(lambda stack: stack["cluster"].update(dataplaneV2=False))
    [finding] = [each for each in recording.findings if each.code == "cluster.no-network-policies"]
    assert (finding.path, finding.severity) == ("cluster.dataplaneV2", "warning")
    assert not [each for each in deployed().findings if each.code == "cluster.no-network-policies"]
