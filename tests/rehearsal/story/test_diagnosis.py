"""Each link of the chain, broken on purpose under load and found by its name, then mended."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from rehearsal import lifecycle
from rehearsal.client import Json
from rehearsal.metrics import managed_collection
from rehearsal.server import Server
from rehearsal.story.diagnosis import diagnose
from rehearsal.story.setting import Setting
from rehearsal.story.verdict import Link, Verdict
from tests.rehearsal.objects import eventually
from tests.rehearsal.story.faults import patched

Break = Callable[[Setting, Server], Any]


def _monitoring(server: Server) -> Json:
    metadata = {"name": server.name, "namespace": server.namespace}
    return {
        "apiVersion": managed_collection.API_VERSION,
        "kind": managed_collection.KIND,
        "metadata": metadata,
    }


def wrong_selector(stage: Setting, server: Server) -> Any:
    body = {"spec": {"selector": {"matchLabels": {"app.kubernetes.io/name": "lama"}}}}
    return patched(stage, _monitoring(server), body)


def wrong_port(stage: Setting, server: Server) -> Any:
    return patched(stage, _monitoring(server), _endpoint(port="metrics"))


def wrong_port_number(stage: Setting, server: Server) -> Any:
    return patched(stage, _monitoring(server), _endpoint(port=8002))


def wrong_path(stage: Setting, server: Server) -> Any:
    return patched(stage, _monitoring(server), _endpoint(path="/v1/metrics"))


def misspelt_metric(stage: Setting, server: Server) -> Any:
    return patched(
        stage, server.autoscaler, _metric(server, "prometheus.googleapis.com|vllm:num_request_waiting|gauge")
    )


def metric_of_another_type(stage: Setting, server: Server) -> Any:
    return patched(stage, server.autoscaler, _metric(server, server.metric.replace("|gauge", "|counter")))


def wrong_scale_target(stage: Setting, server: Server) -> Any:
    target = {**server.autoscaler["spec"]["scaleTargetRef"], "name": "lama"}
    return patched(stage, server.autoscaler, {"spec": {"scaleTargetRef": target}})


def more_replicas_than_nodes(stage: Setting, server: Server) -> Any:
    return patched(stage, server.autoscaler, {"spec": {"maxReplicas": 3}})


def clients_of_another_model(stage: Setting, server: Server) -> Any:
    template = server.clients["spec"]["template"]
    [container] = template["spec"]["containers"]
    env = [
        {**each, "value": each["value"].replace("Llama-3.1", "Meta-Llama-3.1")} if each["name"] == "REQUEST" else each
        for each in container["env"]
    ]
    changed = {**template, "spec": {**template["spec"], "containers": [{**container, "env": env}]}}
    return patched(stage, server.clients, {"spec": {"template": changed}})


def unknown_port_name(stage: Setting, server: Server) -> Any:
    ports = [{"name": "http", "port": 8000, "protocol": "TCP", "targetPort": "grpc"}]
    return patched(stage, of_stack(stage, "Service", server.name), {"spec": {"ports": ports}})


def wrong_probe(stage: Setting, server: Server) -> Any:
    template = server.workload["spec"]["template"]
    [container] = template["spec"]["containers"]
    probe = {"httpGet": {"path": "/healthy", "port": "http"}}
    spec = {**template["spec"], "containers": [{**container, "readinessProbe": probe}]}
    return patched(stage, server.workload, {"spec": {"template": {**template, "spec": spec}}})


@contextmanager
def without(stage: Setting, *manifests: Json) -> Generator[None]:
    for each in manifests:
        stage.plane.client.delete(each)
    yield
    assert not lifecycle.apply(stage.plane.client, manifests)


def unbound_adapter(stage: Setting, server: Server) -> Any:
    return without(stage, of_stack(stage, "ClusterRoleBinding", "custom-metrics-resource-reader"))


def unregistered_apis(stage: Setting, server: Server) -> Any:
    return without(stage, *(each for each in stage.manifests if each["kind"] == "APIService"))


@contextmanager
def adapter_at_zero(stage: Setting, server: Server) -> Generator[None]:
    adapter = of_stack(stage, "Deployment", "custom-metrics-stackdriver-adapter")
    stage.plane.client.scale(adapter, 0)
    yield
    stage.plane.client.scale(adapter, 1)


def of_stack(stage: Setting, kind: str, name: str) -> Json:
    [found] = [each for each in stage.manifests if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


@contextmanager
def dead_prometheus(stage: Setting, server: Server) -> Generator[None]:
    stage.plane.processes.stop("prometheus")
    yield


@contextmanager
def no_pod_label(stage: Setting, server: Server) -> Generator[None]:
    """The definition of a PodMonitoring, which knows no `targetLabels`, is widened first."""
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "podmonitorings.monitoring.googleapis.com"},
    }
    found = stage.plane.client.get(definition)
    assert found is not None
    [version] = found["spec"]["versions"]
    spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    spec["properties"]["targetLabels"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    stage.plane.client.patch(definition, {"spec": {"versions": [version]}})

    def seen() -> bool:
        # Until the new definition is in force everywhere, the field gets lost on its way to the watchers.
        change: Json = {
            "metadata": {"annotations": {"tried": str(time.monotonic())}},
            "spec": {"targetLabels": {"metadata": []}},
        }
        stage.plane.client.patch(_monitoring(server), change)
        return any("targetLabels" in each["spec"] for each in stage.mirrors[managed_collection.KIND].objects)

    eventually(seen)
    yield
    stage.plane.client.patch(_monitoring(server), {"spec": {"targetLabels": None}})


def _endpoint(**change: Any) -> Json:
    return {"spec": {"endpoints": [{"port": "http", "path": "/metrics", "interval": "15s", **change}]}}


def _metric(server: Server, name: str) -> Json:
    [metric] = server.autoscaler["spec"]["metrics"]
    return {"spec": {"metrics": [{**metric, "pods": {**metric["pods"], "metric": {"name": name}}}]}}


@pytest.fixture
def server(stage: Setting) -> Server:
    """The server with both of its replicas under load, every link in order."""
    [found] = stage.stack.servers
    in_order = "every link holds, and the autoscaler wants 2 of 1 to 2 replicas"
    eventually(lambda: in_order in diagnose(stage, found, loaded=True).text, 30)
    return found


@pytest.mark.parametrize(
    ("breaks", "link", "text"),
    [
        (wrong_selector, Link.NOT_SCRAPED, "{'app.kubernetes.io/name': 'llama'}"),
        (wrong_port, Link.NOT_SCRAPED, "http=8000"),
        (wrong_port_number, Link.NOT_SCRAPED, ":8002/metrics"),
        (wrong_path, Link.NOT_SCRAPED, "404"),
        (no_pod_label, Link.LABEL_LOST, "it has __name__, cluster"),
        (misspelt_metric, Link.SERIES_MISSING, "did you mean vllm:num_requests_waiting?"),
        (metric_of_another_type, Link.NO_METRIC, "vllm:num_requests_waiting/counter"),
        (wrong_scale_target, Link.HPA_CANNOT_READ, "FailedGetScale"),
        (clients_of_another_model, Link.LOAD_LOST, "ask for model 'meta-llama/Meta-Llama-3.1-70B'"),
        (more_replicas_than_nodes, Link.NO_NODE_FITS, "v6e 2 of 2"),
        (unknown_port_name, Link.LOAD_LOST, "named ports: http=8000"),
        (wrong_probe, Link.NOT_READY, "/healthy answers 404"),
        (unbound_adapter, Link.ADAPTER_SILENT, "may not list the pods"),
        (unregistered_apis, Link.ADAPTER_SILENT, "no APIService registers"),
        (adapter_at_zero, Link.ADAPTER_SILENT, "no Ready pod of the adapter is behind Service custom-metrics/"),
        (dead_prometheus, Link.NOT_SCRAPED, "Prometheus does not answer"),
    ],
)
def test_a_broken_link_is_found_by_its_name(
    stage: Setting, server: Server, breaks: Break, link: Link, text: str
) -> None:
    def found() -> Verdict | None:
        changed = replace(server, autoscaler=stage.plane.client.get(server.autoscaler) or {})
        verdict = diagnose(stage, changed, loaded=True)
        return verdict if verdict.broken is link and text in verdict.text else None

    with breaks(stage, server):
        assert eventually(found, 20)
