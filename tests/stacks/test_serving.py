"""A server that a program makes by itself is judged as in a stack file: the same findings, at the same keys."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording
from slipway.checks import Finding
from slipway.refused import Refused
from tests.offline.projects import Project
from tests.stacks.edits import Refuse

STACK = yaml.safe_load((Path(__file__).parents[2] / "stacks/Pulumi.existing-tpu.yaml").read_text())
POOL, SERVER = (
    STACK["config"]["slipway:stack"]["cluster"]["pools"]["v6e"],
    STACK["config"]["slipway:stack"]["servers"]["llama"],
)

PROGRAM = """
import json
from slipway.addons.stackdriver_adapter import ManagedCollection
from slipway.existing.nodes import ExistingNodes
from slipway.existing.settings import ExistingPoolArgs
from slipway.existing.storage import ExistingClaim
from slipway.servers.serving import Serving
from slipway.serving.site import Site
from slipway.serving.token import existing_secret

site = Site(
    namespace="vllm",
    service_account="default",
    priority_class="servers",
    metrics=ManagedCollection(),
    storage=ExistingClaim("weights"),
    hugging_face=existing_secret("hf-secret", "hf_api_token"),
)
pool = ExistingPoolArgs.model_validate(json.loads('POOL'))
nodes = ExistingNodes(pool, "cluster.pools.v6e")
server = Serving("llama", json.loads('SERVER'), nodes=nodes, site=site, namespace="vllm", only_warn=WARN, opts=inside)
pulumi.export("findings", [finding.code for finding in server.findings])
"""

MISTAKES: Mapping[str, Mapping[str, Any]] = {
    "a cache too small": {"maxModelLen": 131072, "maxNumSeqs": 4096},
    "another model": {"model": "meta-llama/Llama-3.1-405B-Instruct"},
    "an unknown model": {"model": "meta-llama/Llama-9"},
    "half a slice": {"tensorParallel": 2},
    "more replicas than nodes": {"autoscaling": {**SERVER["autoscaling"], "maxReplicas": 9}},
    "an argument that hides the metrics": {"extraArgs": ["--port", "9000"]},
    "a flag that there is not": {"extraArgs": ["--max-model-length", "1"]},
    "a load balancer that nothing makes": {"exposure": {"type": "internal"}},
    "a key that there is not": {"maxModelLength": 4096},
    "a value of the wrong type": {"maxNumSeqs": "many"},
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_findings_are_those_of_the_stack_file(mistake: str, refused: Refuse, project: Project) -> None:
    change = MISTAKES[mistake]
    in_a_file = refused(lambda stack: stack["servers"]["llama"].update(change), stack="existing-tpu").values()
    expected = [said(finding) for finding in in_a_file if finding.severity == "error"]
    assert expected
    with pytest.raises(Refused) as caught:
        serve(project, change)
    assert [said(each) for each in caught.value.findings if each.severity == "error"] == expected


def test_a_program_can_be_warned_only(project: Project) -> None:
    recording = serve(project, MISTAKES["half a slice"], only_warn=True)
    assert "placement.slice-chips" in recording.outputs["findings"]
    assert recording.of("kubernetes:apps/v1:Deployment")


def serve(project: Project, change: Mapping[str, Any], *, only_warn: bool = False) -> Recording:
    server = {key: value for key, value in {**SERVER, **change}.items() if key != "pool"}
    program = PROGRAM.replace("POOL", json.dumps(POOL)).replace("SERVER", json.dumps(server))
    return project.record(program.replace("WARN", str(only_warn)))


def said(finding: Finding, prefix: str = "servers.") -> Sequence[str]:
    """Return what a finding says, as if the server stood by itself."""
    return finding.code, finding.path.removeprefix(prefix), finding.message.replace(prefix, "")
