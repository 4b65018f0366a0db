"""Files that pods of a server find at `CONFIG_PATH`: a ConfigMap whose name changes with its content."""

from collections.abc import Mapping
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.tensorrt_llm.options import digest

SCRIPTS = Path(__file__).parent / "scripts"


def script(name: str) -> str:
    """Return one of the programs beside this module, which run in NVIDIA's containers."""
    return (SCRIPTS / name).read_text(encoding="utf-8")


def config_map(
    name: str, suffix: str, files: Mapping[str, str], *, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> k8s.core.v1.ConfigMap:
    """Return a ConfigMap; with another content it is another one, and pods that mount it are replaced."""
    return k8s.core.v1.ConfigMap(
        f"{name}-{suffix}",
        metadata={"name": f"{name}-{suffix}-{digest(files)}", "namespace": namespace},
        data=dict(files),
        immutable=True,
        opts=opts,
    )
