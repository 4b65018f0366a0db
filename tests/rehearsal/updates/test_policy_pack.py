"""The real engine runs the policy pack on a program that uses no stack file."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi.automation import LocalWorkspace, Stack
from pulumi.automation.errors import CommandError
from pulumi.runtime.proto import provider_pb2_grpc

from rehearsal import build, pins
from rehearsal.clock import Clock
from rehearsal.clouds.cloud import Cloud
from rehearsal.clouds.provider import CloudProvider
from rehearsal.clouds.serving import served
from rehearsal.updates.command import Command

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[3]
GOOD = {
    "name": "engine",
    "image": "docker.io/vllm/vllm-openai:v0.27.0",
    "resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}},
    "securityContext": {"allowPrivilegeEscalation": False},
}
Preview = Callable[..., str]


@pytest.fixture
def preview(tmp_path: Path) -> Preview:
    """Preview a Deployment and a Service with the pack, and return what the engine prints."""
    # An installed Pulumi starts the folder, by the language's own plugin; the engine itself starts any executable.
    starts = tmp_path / "slipway-policy"
    starts.write_text(f'#!/bin/sh\nexec {sys.executable} -u {ROOT}/policy/__main__.py "$@"\n')
    starts.chmod(0o755)
    register = partial(
        provider_pb2_grpc.add_ResourceProviderServicer_to_server, CloudProvider("kubernetes", Cloud(Clock(1e6)))
    )

    def run(container: Mapping[str, Any], service: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
        def program() -> None:
            here = pulumi.ResourceOptions(provider=k8s.Provider("cluster", kubeconfig="{}"))
            metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": "llama", "namespace": "llm"}
            template: Any = {"metadata": {"labels": {"app": "llama"}}, "spec": {"containers": [dict(container)]}}
            k8s.apps.v1.Deployment(
                "llama",
                metadata=metadata,
                spec={"selector": {"match_labels": {"app": "llama"}}, "template": template},
                opts=here,
            )
            k8s.core.v1.Service("llama", metadata=metadata, spec=dict(service), opts=here)  # pyright: ignore[reportArgumentType]

        with served(register) as port:
            workspace = LocalWorkspace(
                work_dir=str(tmp_path),
                pulumi_home=str(tmp_path / "home"),
                program=program,
                pulumi_command=Command(build.ensure([pins.PULUMI])["pulumi"]),
                env_vars={
                    "PULUMI_BACKEND_URL": tmp_path.as_uri(),
                    "PULUMI_CONFIG_PASSPHRASE": "none",
                    "PULUMI_DEBUG_PROVIDERS": f"kubernetes:{port}",
                    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                },
            )
            (tmp_path / "Pulumi.yaml").write_text("name: own\nruntime: python\n")
            config = tmp_path / "settings.json"
            config.write_text(json.dumps({"admission": settings}))
            stack = Stack.create_or_select("dev", workspace)
            try:
                done = stack.preview(policy_packs=[str(starts)], policy_pack_configs=[str(config)])
            except CommandError as error:
                return str(error)
            return done.stdout

    return run


def test_what_the_cluster_would_take_passes(preview: Preview) -> None:
    said = preview(GOOD, {"ports": [{"port": 80}]}, {})
    assert "slipway" in said
    assert "mandatory" not in said


def test_what_the_cluster_would_refuse_fails_the_preview(preview: Preview) -> None:
    said = preview({**GOOD, "image": "ghcr.io/vllm/vllm"}, {"type": "NodePort"}, {})
    assert "mandatory" in said
    assert "engine is of an image without a version" in said
    assert "from none of [docker.io/, nvcr.io/]" in said
    assert "the Service is open to other networks" in said


def test_namespaces_and_registries_are_settings(preview: Preview) -> None:
    wrong = {**GOOD, "image": "ghcr.io/vllm/vllm:v1"}
    assert "mandatory" not in preview(wrong, {}, {"registries": ["ghcr.io/"]})
    assert "mandatory" not in preview(wrong, {"type": "NodePort"}, {"namespaces": ["serving"]})


def test_the_settings_of_the_docs_are_taken(preview: Preview) -> None:
    [block] = re.findall(r"```json\n(.*?)```", (ROOT / "docs/library.md").read_text(encoding="utf-8"), re.DOTALL)
    settings = json.loads(block)["admission"]
    assert "mandatory" not in preview({**GOOD, "image": "ghcr.io/our-org/vllm:v1"}, {}, settings)
    assert "from none of [docker.io/, ghcr.io/our-org/]" in preview({**GOOD, "image": "nvcr.io/vllm:v1"}, {}, settings)
