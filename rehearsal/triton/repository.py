"""The model repository of a pod, put together as the pod does it, and then made fit for a machine without a GPU."""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rehearsal.client import Json
from rehearsal.triton.volumes import below, files, mount
from slipway.triton_repository import ModelConfig, ModelInstanceGroup, parse, render

CONFIG = "config.pbtxt"
FLAG = "--model-repository="
SECONDS = 30
"""Longest time for putting a repository together: a copy of small files."""


class AssemblyError(Exception):
    """The pod's own container could not put its repository together; the message says why."""


def server_container(pod: Json) -> Json | None:
    """Return the container of a pod's `spec` that starts one tritonserver; None if it has none."""
    return next((each for each in pod["containers"] if (each.get("command") or [""])[0] == "tritonserver"), None)


def repository_path(container: Json) -> str:
    """Return where a server's container has its repository."""
    return next((word.removeprefix(FLAG) for word in container["command"] if word.startswith(FLAG)), "")


def configurations(pod: Json, config_maps: Mapping[str, Json]) -> list[ModelConfig]:
    """Return the configurations among the files that a pod's `spec` mounts.

    Raises:
        ConfigTextError: one of them is no model configuration.
    """
    mounted = (files(volume, config_maps) for volume in pod.get("volumes", ()))
    return [parse(content[CONFIG].decode()) for content in mounted if CONFIG in content]


def checkpoint(config: ModelConfig) -> str:
    """Return the name on Hugging Face of what a model loads: the end of the path in its parameter `model`."""
    return "/".join(config.parameters["model"].split("/")[-2:])


def assemble(pod: Json, config_maps: Mapping[str, Json], root: Path) -> Path:
    """Run what a pod's `spec` runs before its server to put the repository together, and return where that is.

    Those are the init containers that mount the volume from which the server reads. Their command lines are the pod's,
    with the paths of volumes below `root`.

    Args:
        pod: the `spec`.
        config_maps: those of the pod's namespace, by name.
        root: an empty folder.

    Raises:
        AssemblyError: one of them failed.
    """
    server = server_container(pod)
    assert server is not None
    place = repository_path(server)
    mount(pod, server, config_maps, root)
    for container in pod.get("initContainers", ()):
        mounted = [each["mountPath"] for each in container.get("volumeMounts", ())]
        if place not in mounted:
            continue
        mount(pod, container, config_maps, root)
        program, *arguments = (_moved(word, mounted, root) for word in container["command"])
        assert program == "python3", f"{container['name']} runs {program}, which is not here"
        _run(container["name"], [sys.executable, *arguments])
    return below(root, place)


def put_on_processors(repository: Path, gpus: int) -> None:
    """Let instances that would run on GPUs run on processors: as many of them, one after the other for each GPU."""
    for path in sorted(repository.glob(f"*/{CONFIG}")):
        config = parse(path.read_text(encoding="utf-8"))
        groups = tuple(_on_processors(group, gpus) for group in config.instance_group)
        changed = config.model_copy(update={"instance_group": groups})
        path.write_text(render(changed), encoding="utf-8")


def instances(config: ModelConfig, gpus: int) -> int:
    """Return how many copies of a model run in a pod with so many GPUs."""
    return sum(_on_processors(group, gpus).count or 1 for group in config.instance_group) or 1


def _on_processors(group: ModelInstanceGroup, gpus: int) -> ModelInstanceGroup:
    if group.kind in ("KIND_CPU", "KIND_MODEL"):
        return group
    count = max(group.count, 1) * (len(group.gpus) or gpus)
    return group.model_copy(update={"kind": "KIND_CPU", "count": count, "gpus": ()})


def _moved(word: str, mounted: Sequence[str], root: Path) -> str:
    """Return an argument with each path of a volume, or above one, below `root`."""
    tops = "|".join(sorted({re.escape(path.split("/")[1]) for path in mounted}))
    return re.sub(rf"(?:^|(?<==))/(?=(?:{tops})(?:/|$))", f"{root}/", word)


def _run(name: str, command: Sequence[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        raise AssemblyError(f"init container {name} ended with exit status {done.returncode}: {done.stderr.strip()}")
