"""A pod's repository, put together by the pod's own container and changed in nothing but where models run."""

import base64
from pathlib import Path
from typing import Any

import pytest

from rehearsal.client import Json
from rehearsal.triton.repository import AssemblyError, assemble, configurations, instances, put_on_processors
from rehearsal.triton.volumes import mount
from slipway.triton_repository import ModelConfig, ModelInstanceGroup, parse, render
from tests.rehearsal.triton.conftest import Recorded


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def mounted(recorded: Recorded) -> dict[str, bytes]:
    """Return the files of the ConfigMaps of models by their paths in a repository."""
    volumes = [each for each in recorded.pod["volumes"] if each["name"].startswith("model-")]
    return {
        f"llamav2/{item['path']}": recorded.config_maps[each["configMap"]["name"]]["data"][item["key"]].encode()
        for each in volumes
        for item in each["configMap"]["items"]
    }


def test_the_pods_own_container_puts_together_what_its_config_maps_hold(recorded: Recorded, tmp_path: Path) -> None:
    repository = assemble(recorded.pod, recorded.config_maps, tmp_path)
    assert contents(repository) == mounted(recorded)
    assert contents(repository).keys() == {"llamav2/config.pbtxt", "llamav2/1/model.py"}


def test_only_where_instances_run_is_changed(recorded: Recorded, tmp_path: Path) -> None:
    repository = assemble(recorded.pod, recorded.config_maps, tmp_path)
    put_on_processors(repository, 1)
    changed = contents(repository)
    assert changed["llamav2/1/model.py"] == mounted(recorded)["llamav2/1/model.py"]
    [before] = configurations(recorded.pod, recorded.config_maps)
    after = parse(changed["llamav2/config.pbtxt"].decode())
    assert [group.kind for group in before.instance_group] == ["KIND_GPU"]
    assert [group.kind for group in after.instance_group] == ["KIND_CPU"]
    on_gpus = tuple(each.model_copy(update={"kind": "KIND_GPU"}) for each in after.instance_group)
    assert before == after.model_copy(update={"instance_group": on_gpus})


def test_a_link_that_leads_nowhere_fails_as_it_does_in_the_pod(recorded: Recorded, tmp_path: Path) -> None:
    def linked(container: Json) -> Json:
        command = [
            '--links={"llamav2/1/weights": "/opt/weights"}' if "--links" in each else each
            for each in command_of(container)
        ]
        return {**container, "command": command}

    pod = {**recorded.pod, "initContainers": [linked(each) for each in recorded.pod["initContainers"]]}
    with pytest.raises(AssemblyError, match=r"init container repository ended .* has /opt/weights"):
        assemble(pod, recorded.config_maps, tmp_path)


def command_of(container: Json) -> list[str]:
    return container["command"]


@pytest.mark.parametrize(
    ("groups", "gpus", "count"),
    [
        ([], 1, 1),
        ([{"kind": "KIND_GPU", "count": 2}], 1, 2),
        ([{"kind": "KIND_GPU", "count": 2}], 4, 8),
        ([{"kind": "KIND_GPU", "count": 2, "gpus": (0,)}, {"kind": "KIND_GPU", "count": 3, "gpus": (1, 2)}], 4, 8),
        ([{"kind": "KIND_CPU", "count": 3}], 4, 3),
        ([{"kind": "KIND_AUTO"}], 2, 2),
    ],
)
def test_processors_have_as_many_instances_as_the_gpus_would(
    groups: list[dict[str, Any]], gpus: int, count: int, tmp_path: Path
) -> None:
    given = tuple(ModelInstanceGroup.model_validate(each) for each in groups)
    config = ModelConfig(name="model", backend="python", instance_group=given)
    assert instances(config, gpus) == count
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.pbtxt").write_text(render(config))
    put_on_processors(tmp_path, gpus)
    changed = parse((tmp_path / "model" / "config.pbtxt").read_text())
    assert {group.kind for group in changed.instance_group} <= {"KIND_CPU"}
    assert sum(group.count for group in changed.instance_group) == (count if groups else 0)


def test_a_config_map_is_mounted_as_a_kubelet_does(tmp_path: Path) -> None:
    config_map = {"data": {"a": "text", "unused": ""}, "binaryData": {"b": base64.b64encode(b"\xff").decode()}}
    items = [{"key": "a", "path": "1/model.py"}, {"key": "b", "path": "weights"}]
    pod = {"volumes": [{"name": "files", "configMap": {"name": "of-files", "items": items}}, {"name": "rest"}]}
    container = {"volumeMounts": [{"name": "files", "mountPath": "/files"}, {"name": "rest", "mountPath": "/a/b"}]}
    mount(pod, container, {"of-files": config_map}, tmp_path)
    assert (tmp_path / "files" / "1" / "model.py").read_text() == "text"
    assert (tmp_path / "files" / "weights").read_bytes() == b"\xff"
    assert (tmp_path / "files" / "..data").is_symlink()
    assert (tmp_path / "files" / "weights").is_symlink()
    assert list((tmp_path / "a" / "b").iterdir()) == []
