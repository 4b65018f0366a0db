"""A program in Pulumi YAML by the real engine: a component of the plugin makes nodes in a cloud's double."""

import importlib
import json
import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from rehearsal import build, pins
from rehearsal.clock import Clock
from rehearsal.clouds.cloud import Cloud
from rehearsal.clouds.provider import CloudProvider
from rehearsal.clouds.serving import served
from tests.plugin.engine import attachable

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "program"
NODE_POOL = "gcp:container/nodePool:NodePool"


def test_a_program_in_yaml_makes_nodes_by_a_component_and_removes_them(tmp_path: Path) -> None:
    importlib.import_module("pulumi_gcp.container.node_pool")  # The double checks inputs by the SDK that is loaded.
    binaries = build.ensure([pins.PULUMI, pins.PULUMI_YAML])
    project, cloud = Path(shutil.copytree(PROGRAM, tmp_path / "project")), Cloud(Clock(1e6))
    register = partial(provider_pb2_grpc.add_ResourceProviderServicer_to_server, CloudProvider("gcp", cloud))
    with served(register) as gcp, attachable() as slipway:
        environment = {
            **os.environ,
            # Where the engine looks for the host of a language.
            "PATH": os.pathsep.join([str(binaries["pulumi-language-yaml"].parent), os.environ["PATH"]]),
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": tmp_path.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": f"gcp:{gcp},slipway:{slipway}",
        }

        def run(*command: str) -> str:
            done = subprocess.run(
                [binaries["pulumi"], *command, "--non-interactive"],
                cwd=project,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        run("stack", "init", "dev")
        run("config", "set", "gcp:project", "my-project")
        run("up", "--yes", "--skip-preview")
        [pool] = [each for each in cloud if each.type == NODE_POOL]
        assert pool.inputs["nodeConfig"]["machineType"] == "ct6e-standard-4t"
        [named] = json.loads(run("stack", "output", "--json"))["pools"]
        assert named == pool.answers["name"]
        assert "unchanged" in run("up", "--yes", "--skip-preview", "--expect-no-changes")
        run("destroy", "--yes", "--skip-preview")
        assert list(cloud) == []
