from pathlib import Path

import yaml

from offline import SECRET, Recording, manifests
from tests.offline.projects import Project

OBJECTS = """
space = k8s.core.v1.Namespace("space", metadata={"name": "space"}, opts=inside)
config = k8s.core.v1.ConfigMap(
    "config", metadata={"namespace": space.metadata.name}, data={"file": "one\\ntwo\\n"}, opts=inside
)
token = pulumi.Output.secret("hunter2")
k8s.core.v1.Secret(
    "token", metadata={"name": "token", "namespace": "space"}, data={"encoded": token}, string_data={"plain": token},
    opts=pulumi.ResourceOptions(provider=cluster, depends_on=[config]),
)
k8s.helm.v3.Release("chart", chart="thing", opts=inside)
gcp.storage.Bucket("bucket", location="us-east5", opts=outside)
"""


def test_one_numbered_file_an_object_after_all_that_it_needs(project: Project, tmp_path: Path) -> None:
    files = manifests.write(project.record(OBJECTS), tmp_path / "new/folder")
    assert [file.name.split("-")[:2] for file in files] == [
        ["001", "namespace"],
        ["002", "configmap"],
    ]
    assert [file.name for file in files] == sorted(file.name for file in (tmp_path / "new/folder").iterdir())


def test_an_object_is_what_the_api_server_would_get(project: Project) -> None:
    recording = project.record(OBJECTS)
    (space,) = map(manifests.manifest, recording.of("kubernetes:core/v1:Namespace"))
    (config,) = map(manifests.manifest, recording.of("kubernetes:core/v1:ConfigMap"))
    assert space == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "space"}}
    assert config["metadata"]["name"].startswith("config-")
    assert config["metadata"]["namespace"] == "space"


def test_a_secret_is_not_written_but_named_with_the_command_that_makes_it(project: Project, tmp_path: Path) -> None:
    recording = project.record(OBJECTS)
    files = manifests.write(recording, tmp_path / "out")
    assert not any(text in file.read_text() for file in files for text in (SECRET, "hunter2"))
    assert manifests.secret_commands(recording) == [
        "kubectl create secret generic token --namespace space --type Opaque --from-file=encoded=<file> "
        "--from-file=plain=<file>"
    ]


def test_text_of_several_lines_is_a_block(project: Project, tmp_path: Path) -> None:
    files = manifests.write(project.record(OBJECTS), tmp_path / "out")
    assert "  file: |\n    one\n    two\n" in files[1].read_text()


def test_files_of_an_earlier_run_go_and_others_stay(project: Project, tmp_path: Path) -> None:
    for name in ("004-configmap-gone.yaml", "notes.md", "kustomization.yaml"):
        (tmp_path / name).touch()
    files = manifests.write(project.record(OBJECTS), tmp_path)
    left = {file.name for file in tmp_path.glob("*.yaml")} - {"Pulumi.yaml", "Pulumi.dev.yaml"}
    assert left == {"kustomization.yaml", *(file.name for file in files)}
    assert (tmp_path / "notes.md").exists()


def test_every_object_of_every_stack_but_secrets_is_written_and_reads_back(
    recording: Recording, tmp_path: Path
) -> None:
    objects = [resource for resource in recording.resources if resource.is_kubernetes_object]
    files = manifests.write(recording, tmp_path)
    written = [yaml.safe_load(file.read_text()) for file in files]
    assert written == [each for each in map(manifests.manifest, objects) if each["kind"] != "Secret"]
    assert not any(SECRET in file.read_text() for file in files)
    assert len(objects) - len(files) == len(manifests.secret_commands(recording))
