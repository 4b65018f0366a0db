"""The component of each engine refuses by itself what a stack file would refuse, and makes only what it is for."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from offline import Recording
from slipway.checks import Finding
from slipway.refused import Refused
from tests.offline.projects import Project
from tests.stacks.edits import Refuse, Stack
from tests.stacks.test_serving import said

STACKS = Path(__file__).parents[2] / "stacks"

LARGE = "meta-llama/Llama-3.1-405B-Instruct"
"""A model that fits none of these machines."""

PROGRAM = """
import json
from slipway.addons.stackdriver_adapter import ManagedCollection
from slipway.existing.nodes import ExistingNodes
from slipway.existing.settings import ExistingPoolArgs
from slipway.servers.MODULE import SETTINGS
from slipway.serving.COMPONENT import CLASS
from slipway.serving.ngc import NgcAccess
from slipway.serving.site import Site
from slipway.serving.storage import NodeDisk
from slipway.serving.token import existing_secret

site = Site(
    namespace="serving",
    service_account="default",
    priority_class="servers",
    metrics=ManagedCollection(),
    storage=NodeDisk(),
    hugging_face=existing_secret("hf-secret", "hf_api_token"),
    ngc=NgcAccess("ngc-pull", "ngc-api"),
)
nodes = ExistingNodes(ExistingPoolArgs.model_validate(json.loads('POOL')))
args = SETTINGS.model_validate(json.loads('ARGS'))
made = CLASS("SERVER", args, nodes=nodes, site=site, namespace="serving", only_warn=WARN, opts=inside)
pulumi.export("url", made.url)
"""

OPERATED = {"deployment": {"type": "operator", "storageClass": "shared"}}

COMPONENTS: Mapping[str, tuple[str, str, str, Mapping[str, Any]]] = {
    "NimServer": ("eks-nim", "nim.Nim", "nim.server", {}),
    "OperatedNim": ("eks-nim", "nim.Nim", "nim.operated", OPERATED),
    "SgLangServer": ("eks-sglang", "sglang.SgLang", "sglang.server", {}),
    "TensorRtLlmServer": ("eks-h200", "tensorrt_llm.TensorRtLlm", "tensorrt_llm.server", {}),
    "TritonServer": ("eks-triton", "triton.Triton", "triton.server", {}),
}
"""By component: a stack with such a server, the server's settings, the component's module, and what of the server is
otherwise. vLLM's is in `test_serving`."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_model_that_does_not_fit_is_refused_with_the_finding_of_the_stack_file(
    component: str, refused: Refuse, project: Project
) -> None:
    stack = COMPONENTS[component][0]
    expected = of_memory(refused(lambda stack: enlarge(server_of(stack)[1]), stack=stack).values())
    assert expected
    with pytest.raises(Refused) as caught:
        make(component, project)
    assert of_memory(caught.value.findings) == expected


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_that_only_warns_is_made(component: str, project: Project) -> None:
    recording = make(component, project, only_warn=True)
    [made] = recording.of(f"slipway:serving:{component}")
    assert recording.outputs["url"].startswith(f"http://{made.name}.serving.svc")


def test_settings_of_another_component_are_refused(project: Project) -> None:
    with pytest.raises(pulumi.RunError, match="NimServer cannot make what its settings say; use OperatedNim"):
        make("NimServer", project, OPERATED)


def test_the_driver_that_nodes_are_said_to_have_is_judged(project: Project) -> None:
    with pytest.raises(Refused) as caught:
        make("NimServer", project, driver=470)
    assert "driver.driver" in {finding.code for finding in caught.value.findings if finding.severity == "error"}


def make(
    component: str,
    project: Project,
    change: Mapping[str, Any] | None = None,
    *,
    driver: int | None = None,
    only_warn: bool = False,
) -> Recording:
    """Record a program that makes a server with a model that is too large, on the machines of the stack."""
    file, settings, module, otherwise = COMPONENTS[component]
    stack = yaml.safe_load((STACKS / f"Pulumi.{file}.yaml").read_text())["config"]["slipway:stack"]
    name, server = server_of(stack)
    enlarge(server)
    [pool] = stack["cluster"]["pools"].values()
    nodes = {
        "machineType": pool["instanceType"],
        "nodeSelector": {"pool": "own"},
        "maxNodes": 10,
        "diskGib": 2000,
        "driver": driver,
    }
    values = {
        "MODULE": settings.partition(".")[0],
        "SETTINGS": settings.partition(".")[2],
        "COMPONENT": module,
        "CLASS": component,
        "POOL": json.dumps(nodes),
        "ARGS": json.dumps({**server, **otherwise, **(change or {})}),
        "SERVER": name,
        "WARN": str(only_warn),
    }
    program = PROGRAM
    for word, value in values.items():
        program = program.replace(word, value)
    return project.record(program)


def server_of(stack: Stack) -> tuple[str, Stack]:
    [(name, server)] = stack["servers"].items()
    return name, server


def enlarge(server: Stack) -> None:
    """Have a server serve a model that fits none of these machines."""
    (server if "model" in server else server["serving"])["model"] = LARGE


def of_memory(findings: Iterable[Finding]) -> list[Sequence[str]]:
    return [said(finding) for finding in findings if finding.code.startswith("fit.")]
