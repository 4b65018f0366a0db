"""Options that a server reads from a file, where that file is a ConfigMap among the same objects."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

FLAGS = ("--config", "--extra_llm_api_options")
"""The flags by which `trtllm-serve` is told of its file."""


def file_options(
    objects: Sequence[Mapping[str, Any]], pod: Mapping[str, Any], container: Mapping[str, Any], given: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return what the options file of a container says; nothing where there is none, or none that is JSON.

    Args:
        objects: in wire form.
        pod: the container's pod, its `spec`.
        given: the container's command line.
    """
    path = next((given[flag] for flag in FLAGS if flag in given), "")
    directory, _, name = path.rpartition("/")
    mounted = {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts", ())}
    volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
    wanted = volumes.get(mounted.get(directory, ""), {}).get("configMap", {}).get("name")
    for item in objects:
        if item["kind"] == "ConfigMap" and wanted and item["metadata"]["name"] == wanted:
            try:
                return json.loads(item.get("data", {}).get(name, "{}"))
            except json.JSONDecodeError:
                return {}
    return {}
