"""A server that a program makes by itself is judged as in a stack file: the same findings, at the same keys."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
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
from slipway.servers.vllm import Vllm
from slipway.serving.site import Site
from slipway.serving.token import existing_secret
from slipway.serving.vllm.server import VllmServer

site = Site(
    namespace="vllm",
    service_account="default",
    priority_class="servers",
    metrics=ManagedCollection(),
    storage=ExistingClaim("weights"),
    hugging_face=existing_secret("hf-secret", "hf_api_token"),
)
pool = ExistingPoolArgs.model_validate(json.loads('POOL'))
nodes, args = ExistingNodes(pool, "cluster.pools.v6e"), json.loads('SERVER')
server = MAKE("llama", ARGS, nodes=nodes, site=site, namespace="vllm", only_warn=WARN, opts=inside)
pulumi.export("findings", [finding.code for finding in server.findings])
"""

MAKERS: Mapping[str, str] = {"Serving": "args", "VllmServer": 'Vllm.model_validate({**args, "pool": "v6e"})'}
"""What each door is given of a server's settings: keys as a stack file has them, or the settings that they make."""

MISTAKES: Mapping[str, Mapping[str, Any]] = {
    "a cache too small": {"maxModelLen": 131072, "maxNumSeqs": 4096},
    "another model": {"model": "meta-llama/Llama-3.1-405B-Instruct"},
    "an unknown model": {"model": "meta-llama/Llama-9"},
    "half a slice": {"tensorParallel": 2},
    "more replicas than nodes": {"autoscaling": {**SERVER["autoscaling"], "maxReplicas": 9}},
    "an argument that hides the metrics": {"extraArgs": ["--port", "9000"]},
    "a flag that there is not": {"extraArgs": ["--max-model-length", "1"]},
    "a load balancer that nothing makes": {"exposure": {"type": "internal"}},
}

MISSPELT: Mapping[str, Mapping[str, Any]] = {
    "a key that there is not": {"maxModelLength": 4096},
    "a value of the wrong type": {"maxNumSeqs": "many"},
}
"""What makes no settings, and so concerns only who gives keys."""

CASES = [
    *((mistake, change, maker) for mistake, change in MISTAKES.items() for maker in MAKERS),
    *((mistake, change, "Serving") for mistake, change in MISSPELT.items()),
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize(
    ("change", "maker"), [case[1:] for case in CASES], ids=[f"{one} by {by}" for one, _, by in CASES]
)
def test_the_findings_are_those_of_the_stack_file(
    change: Mapping[str, Any], maker: str, refused: Refuse, project: Project
) -> None:
    in_a_file = refused(lambda stack: stack["servers"]["llama"].update(change), stack="existing-tpu").values()
    expected = [said(finding) for finding in in_a_file if finding.severity == "error"]
    assert expected
    with pytest.raises(Refused) as caught:
        serve(project, change, maker=maker)
    assert [said(each) for each in caught.value.findings if each.severity == "error"] == expected


@pytest.mark.parametrize("maker", MAKERS)
def test_a_program_can_be_warned_only(maker: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []

    def warn(line: str, _about: pulumi.Resource | None = None) -> None:
        lines.append(line)

    monkeypatch.setattr(pulumi.log, "warn", warn)
    recording = serve(project, MISTAKES["half a slice"], maker=maker, only_warn=True)
    assert "placement.slice-chips" in recording.outputs["findings"]
    assert recording.of("kubernetes:apps/v1:Deployment")
    assert len(lines) == len(recording.outputs["findings"])


def serve(project: Project, change: Mapping[str, Any], *, maker: str = "Serving", only_warn: bool = False) -> Recording:
    server = {key: value for key, value in {**SERVER, **change}.items() if key != "pool"}
    program = PROGRAM.replace("POOL", json.dumps(POOL)).replace("SERVER", json.dumps(server))
    for word, value in {"MAKE": maker, "ARGS": MAKERS[maker], "WARN": str(only_warn)}.items():
        program = program.replace(word, value)
    return project.record(program)


def said(finding: Finding, prefix: str = "servers.") -> Sequence[str]:
    """Return what a finding says, as if the server stood by itself."""
    return finding.code, finding.path.removeprefix(prefix), finding.message.replace(prefix, "")
