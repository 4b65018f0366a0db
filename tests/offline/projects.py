"""Small Pulumi projects in a temporary folder, each with one stack file."""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from offline import Recording, RecordingError, record

PULUMI_YAML = """
name: slipway
runtime: python
config:
  pulumi:disable-default-providers: {value: [kubernetes, gcp]}
"""

PRELUDE = """
import pulumi
import pulumi_kubernetes as k8s
import pulumi_gcp as gcp

cluster = k8s.Provider("cluster", kubeconfig="{}")
cloud = gcp.Provider("cloud", project="demo")
inside = pulumi.ResourceOptions(provider=cluster)
outside = pulumi.ResourceOptions(provider=cloud)
"""


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi project."""

    folder: Path

    def write(self, program: str, *, config: str = "{}", pulumi_yaml: str = PULUMI_YAML, stack: str = "dev") -> Path:
        """Write the three files of a project and return the stack file."""
        (self.folder / "Pulumi.yaml").write_text(pulumi_yaml)
        (self.folder / "__main__.py").write_text(PRELUDE + textwrap.dedent(program))
        stack_file = self.folder / f"Pulumi.{stack}.yaml"
        stack_file.write_text("config:\n" + textwrap.indent(textwrap.dedent(config), "  "))
        return stack_file

    def record(
        self, program: str, *, config: str = "{}", pulumi_yaml: str = PULUMI_YAML, stack: str = "dev"
    ) -> Recording:
        """Record a program that starts with the two providers of `PRELUDE`."""
        stack_file = self.write(program, config=config, pulumi_yaml=pulumi_yaml, stack=stack)
        return record(stack_file, self.folder / "__main__.py")

    def problems(self, program: str, *, config: str = "{}") -> tuple[str, ...]:
        """Record a program that has defects and return them."""
        with pytest.raises(RecordingError) as caught:
            self.record(program, config=config)
        return caught.value.problems
