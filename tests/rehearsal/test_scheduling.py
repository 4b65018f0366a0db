"""The scheduler puts pods where they fit, and `scheduling` says the same of a node before it exists."""

from collections.abc import Generator
from decimal import Decimal
from typing import Any

import pytest

from rehearsal import scheduling
from rehearsal.client import Client, Json
from rehearsal.control_plane import ControlPlane
from rehearsal.nodes import Taint, initial_nodes
from tests.rehearsal.objects import (
    TPU,
    TPU_TAINT,
    TPU_TOLERATION,
    condition,
    container,
    eventually,
    is_ready,
    pod,
    pool,
)

TPU_SELECTOR = {"cloud.google.com/gke-tpu-topology": "2x2"}


@pytest.fixture(scope="module")
def nodes(plane: ControlPlane) -> Generator[list[Json]]:
    """A node with four TPU chips and one without."""
    made = initial_nodes([pool("chips", {TPU: "4"}, minimum=1, taints=(TPU_TAINT,)), pool("cores", {}, minimum=1)])
    for node in made:
        plane.client.create(node)
    eventually(lambda: all(is_ready(plane.client, node) for node in made))
    eventually(lambda: not any(taint["key"] != TPU for node in made for taint in taints(plane.client, node)))
    yield made
    for node in made:
        plane.client.delete(node)


def taints(client: Client, node: Json) -> list[Json]:
    return (client.get(node) or node)["spec"].get("taints", [])


def required(*expressions: Json) -> Json:
    terms = [{"matchExpressions": list(expressions)}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


CASES: dict[str, tuple[dict[str, str], Json]] = {
    "chips": ({TPU: "4"}, {"tolerations": [TPU_TOLERATION]}),
    "chips-by-any-toleration": ({TPU: "4"}, {"tolerations": [{"operator": "Exists"}]}),
    "chips-without-toleration": ({TPU: "4"}, {}),
    "chips-with-another-effect": ({TPU: "4"}, {"tolerations": [{**TPU_TOLERATION, "effect": "NoExecute"}]}),
    "more-chips": ({TPU: "8"}, {"tolerations": [TPU_TOLERATION]}),
    "chips-elsewhere": ({TPU: "4"}, {"tolerations": [TPU_TOLERATION], "nodeSelector": {"pool": "cores"}}),
    "chips-of-a-topology": ({TPU: "4"}, {"tolerations": [TPU_TOLERATION], "nodeSelector": TPU_SELECTOR}),
    "cores": ({"cpu": "4"}, {}),
    "all-memory": ({"memory": "32Gi"}, {}),
    "more-memory": ({"memory": "32769Mi"}, {}),
    "gpu": ({"nvidia.com/gpu": "1"}, {}),
    "in": ({}, {"affinity": required({"key": "pool", "operator": "In", "values": ["cores", "x"]})}),
    "not-in": ({}, {"affinity": required({"key": "pool", "operator": "NotIn", "values": ["cores", "chips"]})}),
    "exists": ({}, {"affinity": required({"key": "pool", "operator": "Exists"})}),
    "does-not-exist": ({}, {"affinity": required({"key": "pool", "operator": "DoesNotExist"})}),
    "initialised": ({"cpu": "1"}, {"initContainers": [{**container({"cpu": "9"}), "name": "first"}]}),
}


def test_the_scheduler_and_our_judgement_agree(client: Client, space: str, nodes: list[Json]) -> None:
    """Each pod is judged for empty nodes, so it goes before the next one comes."""
    judged: dict[str, set[str]] = {}
    placed: dict[str, set[str]] = {}
    for name, (requests, spec) in CASES.items():
        manifest = client.create(pod(name, space, requests, **spec))
        judged[name] = {
            node["metadata"]["name"] for node in nodes if scheduling.fits(manifest, node, scheduling.free(node, []))
        }
        eventually(lambda manifest=manifest: condition(client.get(manifest), "PodScheduled"))
        found = client.get(manifest) or manifest
        placed[name] = {found["spec"]["nodeName"]} if "nodeName" in found["spec"] else set()
        client.delete(manifest)
        eventually(lambda manifest=manifest: client.get(manifest) is None)
    assert {name for name, where in placed.items() if not where <= judged[name]} == set()
    assert {name: bool(where) for name, where in placed.items()} == {name: bool(w) for name, w in judged.items()}
    assert placed["chips"] == {"chips-0"}
    assert not placed["chips-without-toleration"]
    assert not placed["more-chips"]
    assert placed["cores"] == {"cores-0"}


def test_containers_add_up_and_init_containers_do_not() -> None:
    def of(cpu: str, **more: Any) -> Json:
        return {"name": cpu, "resources": {"requests": {"cpu": cpu}}, **more}

    init = [of("2"), of("1", restartPolicy="Always"), of("3")]
    spec = {"initContainers": init, "containers": [of("500m"), of("1")], "overhead": {"cpu": "250m"}}
    assert scheduling.requests({"spec": spec}) == {"cpu": Decimal("4.25"), "pods": 1}


def test_taints_that_kubernetes_sets_by_itself_are_passed_over() -> None:
    [node] = initial_nodes(
        [pool("new", {}, minimum=1, taints=(Taint("node.kubernetes.io/not-ready", "", "NoExecute"),))]
    )
    assert scheduling.fits(pod("any", "x"), node, scheduling.free(node, []))
