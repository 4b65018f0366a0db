"""What kwok says of pods and nodes in place of kubelets."""

import socket
import time
from collections.abc import Generator
from ipaddress import ip_address

import httpx2
import pytest

from rehearsal.client import ApiError, Client, Json
from rehearsal.control_plane import LOAD_SECONDS, PROBED, ControlPlane
from rehearsal.mirror import Mirror
from rehearsal.nodes import initial_nodes
from tests.rehearsal.objects import condition, container, deployment, eventually, is_ready, pod, pool


@pytest.fixture(autouse=True)
def node(client: Client, space: str) -> Generator[Json]:
    [node] = initial_nodes([pool(space, {}, minimum=1)])
    client.create(node)
    yield node
    client.delete(node)


def test_a_node_becomes_ready_and_loses_its_taint(client: Client, node: Json) -> None:
    eventually(lambda: is_ready(client, node) and not (client.get(node) or node)["spec"].get("taints"))
    assert client.list("coordination.k8s.io/v1", "Lease", namespace="kube-node-lease")


def test_a_pod_is_ready_only_after_its_load_time(client: Client, space: str) -> None:
    slow = pod("slow", space, annotations={LOAD_SECONDS: "2.5"})
    quick = pod("quick", space)
    for each in (slow, quick):
        client.apply(each)
    eventually(lambda: (client.get(slow) or slow)["status"]["phase"] == "Running")
    began = time.monotonic()
    eventually(lambda: is_ready(client, quick))
    client.patch(slow, {"metadata": {"labels": {"touched": "while-loading"}}})
    eventually(lambda: is_ready(client, slow))
    assert time.monotonic() - began > 2


def test_a_probed_pod_is_ready_only_when_somebody_says_so(client: Client, space: str) -> None:
    probed, quick = pod("probed", space, annotations={PROBED: "true"}), pod("quick", space)
    for each in (probed, quick):
        client.apply(each)
    eventually(lambda: is_ready(client, quick) and (client.get(probed) or probed)["status"]["phase"] == "Running")
    time.sleep(1)
    assert not is_ready(client, probed)
    found = (client.get(probed) or probed)["status"]["conditions"]
    said = [{**each, "status": "True"} for each in found]
    client.patch(probed, {"status": {"conditions": said}}, subresource="status")
    assert is_ready(client, probed)


def test_a_process_can_listen_where_a_pod_is(plane: ControlPlane, client: Client, space: str) -> None:
    pods = [pod(f"pod-{number}", space) for number in range(3)]
    for each in pods:
        client.apply(each)
    addresses = {eventually(lambda each=each: (client.get(each) or each)["status"].get("podIP")) for each in pods}
    assert len(addresses) == len(pods)
    for address in addresses:
        assert ip_address(address) in plane.slot.pod_network
        with socket.create_server((address, 8000)) as server, socket.create_connection(server.getsockname()):
            pass


def test_a_job_completes_after_its_load_time(client: Client, space: str) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]}}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "download", "namespace": space},
        "spec": {"template": {**template, "metadata": {"annotations": {LOAD_SECONDS: "1"}}}},
    }
    client.apply(job)
    eventually(lambda: condition(client.get(job), "Complete").get("status") == "True")
    [done] = client.list("v1", "Pod", namespace=space)
    assert done["status"]["phase"] == "Succeeded"


def test_a_deployment_follows_its_scale(client: Client, space: str) -> None:
    manifest = deployment("web", space, 1, pod("x", space))
    client.apply(manifest)
    for replicas in (3, 1):
        client.scale(manifest, replicas)
        eventually(lambda replicas=replicas: (client.get(manifest) or {})["status"].get("readyReplicas") == replicas)
        eventually(
            lambda replicas=replicas: len(client.list("v1", "Pod", namespace=space, labels="app=web")) == replicas
        )


def test_the_autoscalers_period_is_compressed(client: Client, space: str) -> None:
    """Its first look comes after one period, which is 15 s at speed 1."""
    manifest = deployment("web", space, 1, pod("x", space))
    autoscaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": space},
        "spec": {
            "maxReplicas": 2,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [
                {
                    "type": "Pods",
                    "pods": {"metric": {"name": "none"}, "target": {"type": "AverageValue", "averageValue": "1"}},
                }
            ],
        },
    }
    for each in (manifest, autoscaler):
        client.apply(each)
    found = eventually(lambda: condition(client.get(autoscaler), "ScalingActive"), seconds=5)
    assert found["reason"] == "FailedGetPodsMetric"


def test_a_mirror_follows_and_outlives_a_restart_of_the_api_server(plane: ControlPlane, space: str) -> None:
    client = plane.client
    one, two = pod("one", space), pod("two", space)

    def names(mirror: Mirror) -> set[str]:
        return {each["metadata"]["name"] for each in mirror.objects if each["metadata"]["namespace"] == space}

    client.apply(one)
    with Mirror(client, "v1", "Pod") as mirror:
        assert names(mirror) == {"one"}
        client.apply(two)
        eventually(lambda: names(mirror) == {"one", "two"})
        plane.processes.restart("kube-apiserver")
        eventually(lambda: answers(client), seconds=30)
        client.delete(one)
        eventually(lambda: names(mirror) == {"two"})
        assert mirror.objects[0]["kind"] == "Pod"


def answers(client: Client) -> bool:
    try:
        client.request("GET", "/readyz")
    except (ApiError, httpx2.TransportError):
        return False
    return True
