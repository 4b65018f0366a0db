"""The component provider, over gRPC as the engine speaks to it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.plugin.engine import Plugin, running

GOLDEN = Path(__file__).parents[1] / "golden/plugin.schema.json"

ARGUMENTS: dict[str, Any] = {
    "server": {
        "engine": "vllm",
        "model": "meta-llama/Llama-3.1-8B-Instruct",
        "tensorParallel": 4,
        "maxModelLen": 16384,
        "maxNumSeqs": 128,
        "maxNumBatchedTokens": 1024,
        "autoscaling": {"metric": {"signal": "waiting-requests", "target": 5}, "minReplicas": 1, "maxReplicas": 3},
    },
    "nodes": {
        "machineType": "ct6e-standard-4t",
        "topology": "2x2",
        "nodeSelector": {"cloud.google.com/gke-tpu-topology": "2x2"},
        "maxNodes": 3,
        "diskGib": 100,
    },
    "namespace": "llm",
    "serviceAccount": "default",
    "priorityClass": "servers",
    "huggingFace": {"secret": "hugging-face", "key": "token"},
}


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    with running() as started:
        yield started


def test_the_schema_is_the_one_that_programs_were_written_for(plugin: Plugin) -> None:
    """`UPDATE_GOLDEN=1` writes it anew; what goes from it breaks programs in other languages."""
    schema = json.dumps(json.loads(plugin.schema()), indent=1, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(schema)
    assert schema == GOLDEN.read_text()


def test_a_server_is_constructed_with_all_that_it_needs(plugin: Plugin) -> None:
    plugin.monitor.resources.clear()
    assert plugin.construct("Serving", "llama", ARGUMENTS)["url"] == "http://llama.llm.svc:8000"
    made = {resource.type: resource for resource in plugin.monitor.resources}
    assert {"slipway:serving:Serving", "slipway:serving:VllmServer"} < made.keys()
    [container] = made["kubernetes:apps/v1:Deployment"].inputs["spec"]["template"]["spec"]["containers"]
    assert container
    scaler = made["kubernetes:autoscaling/v2:HorizontalPodAutoscaler"]
    assert scaler.inputs["spec"]["maxReplicas"] == 3
    assert all(each.provider for each in plugin.monitor.resources if each.type.startswith("kubernetes:"))


def test_a_server_that_does_not_fit_is_refused_with_its_findings(plugin: Plugin) -> None:
    plugin.monitor.resources.clear()
    wrong = {**ARGUMENTS, "server": {**ARGUMENTS["server"], "tensorParallel": 2}}
    with pytest.raises(grpc.RpcError) as refused:
        plugin.construct("Serving", "llama", wrong)
    assert "a pod gets every chip of a TPU machine or none" in str(refused.value)
    assert not [each for each in plugin.monitor.resources if each.type.startswith("kubernetes:")]


def test_a_namespace_is_constructed_closed(plugin: Plugin) -> None:
    plugin.monitor.resources.clear()
    made = plugin.construct("ServingNamespace", "llm", {"namespace": "llm", "serviceAccount": "servers"})
    assert (made["namespace"], made["serviceAccount"]) == ("llm", "servers")
    types = {resource.type for resource in plugin.monitor.resources}
    assert {"slipway:serving:ServingNamespace", "kubernetes:networking.k8s.io/v1:NetworkPolicy"} < types


def test_an_adapter_is_constructed_with_a_rule_for_each_signal(plugin: Plugin) -> None:
    plugin.monitor.resources.clear()
    asked = {"signals": [{"engine": "vllm", "signal": "waiting-requests"}], "priorityClass": "signals"}
    plugin.construct("PrometheusMetrics", "metrics", asked)
    [release] = [each for each in plugin.monitor.resources if each.type == "kubernetes:helm.sh/v3:Release"]
    assert "vllm:num_requests_waiting" in json.dumps(release.inputs["values"]["rules"])
