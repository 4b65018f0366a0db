from pathlib import Path

import pytest

from bench.bare import program
from bench.stack_files import with_servers
from offline import PROGRAM, record

STACK_FILE = PROGRAM.parent / "stacks/Pulumi.gke-tpu.yaml"


def test_the_bare_program_registers_what_the_stack_registers(tmp_path: Path) -> None:
    recording = record(STACK_FILE)
    (tmp_path / "Pulumi.yaml").write_text("name: slipway\nruntime: python\n")
    (tmp_path / "Pulumi.gke-tpu.yaml").write_text("config: {gcp:project: my-project}\n")
    (tmp_path / "__main__.py").write_text(program(recording))
    bare = record(tmp_path / "Pulumi.gke-tpu.yaml", tmp_path / "__main__.py")
    assert bare.by_urn.keys() == recording.by_urn.keys()
    for urn, resource in recording.by_urn.items():
        if not resource.type.startswith("pulumi:providers:"):
            assert bare.by_urn[urn].inputs == resource.inputs
        assert bare.by_urn[urn].dependencies == resource.dependencies
        assert bare.by_urn[urn].provider_urn == resource.provider_urn


@pytest.mark.parametrize("count", [1, 7])
def test_a_stack_file_of_any_size_is_accepted(tmp_path: Path, count: int) -> None:
    stack_file = tmp_path / "Pulumi.many.yaml"
    with_servers(STACK_FILE, count, stack_file)
    assert len(record(stack_file).of("slipway:serving:VllmServer")) == count
