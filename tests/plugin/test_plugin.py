"""The component provider, over gRPC as the engine speaks to it."""

import importlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml

from tests.plugin.engine import Plugin, Registered, running
from tests.plugin.hosted import INPUTS, MAKES, SERVER, stack

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/plugin.schema.json"


@pytest.fixture(scope="module")
def started() -> Iterator[Plugin]:
    for module in ("eks.cluster", "eks.gpu_pool", "gke.cluster", "gke.accelerator_pool"):
        importlib.import_module(f"slipway.{module}")  # The double answers by the SDKs that are loaded.
    with running() as plugin:
        yield plugin


@pytest.fixture
def plugin(started: Plugin) -> Plugin:
    """The plugin, which has made nothing yet."""
    started.monitor.resources.clear()
    return started


def test_the_schema_is_the_one_that_programs_were_written_for(plugin: Plugin) -> None:
    """`UPDATE_GOLDEN=1` writes it anew; what goes from it breaks programs in other languages."""
    schema = json.dumps(json.loads(plugin.schema()), indent=1, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(schema)
    assert schema == GOLDEN.read_text()


def test_every_hosted_component_is_constructed_here(plugin: Plugin) -> None:
    hosted = {token.rpartition(":")[2] for token in json.loads(plugin.schema())["resources"]}
    assert hosted == INPUTS.keys() == MAKES.keys()


@pytest.mark.parametrize("component", INPUTS)
def test_a_component_is_constructed_beneath_itself(component: str, plugin: Plugin) -> None:
    plugin.construct(component, "own", INPUTS[component])
    made = plugin.monitor.resources
    assert made[0].urn == f"urn:pulumi:dev::own::slipway:index:{component}::own"
    assert all(f"::slipway:index:{component}$" in each.urn for each in made[1:])
    assert of(plugin, MAKES[component])


def test_a_whole_stack_is_made_as_its_file_would_be(plugin: Plugin) -> None:
    made = plugin.construct("Serving", "own", {"stack": stack("existing-tpu")})
    assert made["endpoints"] == {"llama": "http://llama.vllm.svc:8000"}
    [provider] = of(plugin, "pulumi:providers:kubernetes")
    [scaler] = of(plugin, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert scaler.inputs["spec"]["maxReplicas"] == 3
    assert scaler.provider.startswith(f"{provider.urn}::")
    [guard] = of(plugin, "slipway:stacks:DeletionGuard")
    assert scaler.urn in guard.dependencies


def test_a_whole_stack_makes_its_cluster_beneath_itself(plugin: Plugin) -> None:
    made = plugin.construct("Serving", "own", {"stack": stack("gke-tpu"), "project": "my-project"})
    assert "gke-tpu" in made["credentialsCommand"]
    assert of(plugin, "gcp:container/cluster:Cluster")
    assert all("::slipway:index:Serving" in each.urn for each in plugin.monitor.resources)


def test_the_resources_of_the_docs_are_constructed(plugin: Plugin) -> None:
    text = (ROOT / "docs/library.md").read_text(encoding="utf-8")
    [block] = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "slipway:" in block]
    for name, resource in yaml.safe_load(block)["resources"].items():
        plugin.construct(resource["type"].removeprefix("slipway:"), name, resource["properties"])
        assert of(plugin, "kubernetes:apps/v1:Deployment")
        plugin.monitor.resources.clear()


def test_a_stack_with_a_mistake_is_refused_with_its_findings(plugin: Plugin) -> None:
    wrong = stack("existing-tpu")
    wrong["servers"]["llama"]["maxNumSeqs"] = 4096
    wrong["servers"]["llama"]["autoscaling"]["maxReplicas"] = 9
    assert_refused(plugin, "Serving", {"stack": wrong}, "servers.llama.autoscaling.maxReplicas: 9 nodes are needed")


def test_a_server_is_constructed_with_all_that_it_needs(plugin: Plugin) -> None:
    assert plugin.construct("ModelServer", "llama", INPUTS["ModelServer"])["url"] == "http://llama.llm.svc:8000"
    assert {"slipway:serving:Serving", "slipway:serving:VllmServer"} < {each.type for each in plugin.monitor.resources}
    [scaler] = of(plugin, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert scaler.inputs["spec"]["maxReplicas"] == 3
    assert all(each.provider for each in plugin.monitor.resources if each.type.startswith("kubernetes:"))


def test_a_server_that_does_not_fit_is_refused_with_its_findings(plugin: Plugin) -> None:
    wrong = {**INPUTS["ModelServer"], "server": {**SERVER, "tensorParallel": 2}}
    assert_refused(plugin, "ModelServer", wrong, "a pod gets every chip of a TPU machine or none")


def test_a_namespace_is_constructed_closed(plugin: Plugin) -> None:
    made = plugin.construct("ServingNamespace", "llm", INPUTS["ServingNamespace"])
    assert (made["namespace"], made["serviceAccount"]) == ("llm", "servers")
    assert of(plugin, "kubernetes:networking.k8s.io/v1:NetworkPolicy")


def test_an_adapter_is_constructed_with_a_rule_for_each_signal(plugin: Plugin) -> None:
    plugin.construct("PrometheusMetrics", "metrics", INPUTS["PrometheusMetrics"])
    [release] = of(plugin, "kubernetes:helm.sh/v3:Release")
    assert "vllm:num_requests_waiting" in json.dumps(release.inputs["values"]["rules"])


def of(plugin: Plugin, type_: str) -> list[Registered]:
    return [each for each in plugin.monitor.resources if each.type == type_]


def assert_refused(plugin: Plugin, component: str, inputs: Mapping[str, Any], finding: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        plugin.construct(component, "llama", inputs)
    assert finding in str(refused.value)
    assert not [each for each in plugin.monitor.resources if each.type.startswith("kubernetes:")]
