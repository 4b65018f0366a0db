"""Stack files of any size, from a committed one."""

import copy
from pathlib import Path
from typing import Any

import yaml


def with_servers(source: Path, count: int, target: Path) -> None:
    """Write a stack file like another one, with so many copies of its first server and room for a replica of each."""
    content: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    stack = content["config"]["slipway:stack"]
    server = next(iter(stack["servers"].values()))
    server["autoscaling"] |= {"minReplicas": 1, "maxReplicas": 1}
    stack["servers"] = {f"server-{number:04}": copy.deepcopy(server) for number in range(count)}
    stack["cluster"]["pools"][server["pool"]]["maxNodes"] = count
    target.write_text(yaml.safe_dump(content), encoding="utf-8")
