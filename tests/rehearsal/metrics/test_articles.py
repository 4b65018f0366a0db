"""The articles' own numbers, read by the real HPA controller through the adapter's double behind an APIService.

NVIDIA's NIM article: a KV cache use of 208m against a target of 100m makes three replicas of one, of which the nodes
hold one. Google's TPU tutorial: 34972m waiting requests against 5 make two replicas, as many as there may be.
"""

import re
import ssl
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from rehearsal import lifecycle
from rehearsal.client import Client, Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane
from rehearsal.listener import Listener
from rehearsal.metrics.managed_collection import Cluster
from rehearsal.metrics.prometheus import Sample
from rehearsal.metrics.stackdriver_adapter import CUSTOM, StackdriverAdapter
from rehearsal.nodes import nodes_of_step
from tests.rehearsal.objects import condition, deployment, eventually, is_ready, pod, pool

CLUSTER = Cluster(project="my-project", location="us-east5-a", name="my-cluster")


class Fixed:
    """A Prometheus that has this value for every pod that is asked for."""

    def __init__(self, value: float) -> None:
        self._value = value

    def kind(self, series: str) -> str | None:
        return "gauge"

    def query(self, expression: str) -> list[Sample]:
        names = re.search(r'pod=~"([^"]*)"', expression)
        assert names
        return [Sample({"pod": name}, self._value) for name in names[1].split("|")]


@contextmanager
def served(plane: ControlPlane, space: str, value: float) -> Generator[None]:
    """Serve the custom metrics API from a fixed value, through an ExternalName Service."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    plane.credentials.signer.issue_cert(plane.slot.address).configure_cert(tls)  # pyright: ignore[reportUnknownMemberType]
    adapter = StackdriverAdapter(plane.client, Fixed(value), CLUSTER, Clock(1))
    listener = Listener(plane.slot.address, 0, adapter.answer, tls=tls)
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "adapter", "namespace": space},
        "spec": {"type": "ExternalName", "externalName": plane.slot.address},
    }
    api = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"v1beta2.{CUSTOM}"},
        "spec": {
            "group": CUSTOM,
            "version": "v1beta2",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": {"name": "adapter", "namespace": space, "port": listener.port},
        },
    }
    assert not lifecycle.apply(plane.client, [service, api])
    try:
        eventually(lambda: condition(plane.client.get(api), "Available").get("status") == "True")
        yield
    finally:
        plane.client.delete(api)
        listener.close()


def autoscaler(space: str, metric: str, target: str, most: int) -> Json:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "server", "namespace": space},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "server"},
            "minReplicas": 1,
            "maxReplicas": most,
            "metrics": [
                {
                    "type": "Pods",
                    "pods": {
                        "metric": {"name": f"prometheus.googleapis.com|{metric}|gauge"},
                        "target": {"type": "AverageValue", "averageValue": target},
                    },
                }
            ],
        },
    }


@contextmanager
def one_node(client: Client, name: str) -> Generator[None]:
    """A node that holds one replica."""
    [node] = nodes_of_step(pool(name, {"example.com/chip": "8"}), 0)
    client.create(node)
    try:
        eventually(lambda: is_ready(client, node))
        yield
    finally:
        client.delete(node)


@pytest.mark.parametrize(
    ("metric", "value", "target", "most", "replicas"),
    [
        ("gpu_cache_usage_perc", 0.208, "100m", 10, 3),
        ("vllm:num_requests_waiting", 34.972, "5", 2, 2),
    ],
    ids=["nim", "tpu"],
)
def test_an_articles_value_makes_its_replicas(
    plane: ControlPlane, space: str, metric: str, value: float, target: str, most: int, replicas: int
) -> None:
    workload = deployment("server", space, 1, pod("x", space, {"example.com/chip": "8"}))
    scaler = autoscaler(space, metric, target, most)

    def seen() -> tuple[int, str]:
        status: Json = (plane.client.get(scaler) or {}).get("status", {})
        metrics: list[Json] = status.get("currentMetrics") or []
        read = [each["pods"]["current"]["averageValue"] for each in metrics if "pods" in each]
        return status.get("desiredReplicas", 0), read[0] if read else ""

    def pods() -> list[Json]:
        return plane.client.list("v1", "Pod", namespace=space)

    def on_a_node() -> int:
        return sum(condition(each, "Ready").get("status") == "True" for each in pods())

    def without_a_node() -> int:
        return sum(condition(each, "PodScheduled").get("reason") == "Unschedulable" for each in pods())

    with one_node(plane.client, "article"), served(plane, space, value):
        assert not lifecycle.apply(plane.client, [workload, scaler])
        eventually(lambda: seen() == (replicas, f"{value * 1000:.0f}m"), 30)
        eventually(lambda: (on_a_node(), without_a_node()) == (1, replicas - 1))
        assert seen()[0] == replicas
