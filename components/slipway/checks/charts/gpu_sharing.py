"""Values of the GPU operator by which a GPU is more or less than one `nvidia.com/gpu`.

What fits on a GPU, how many nodes a pool needs and what that costs are all counted in whole GPUs. A pod that shares one
has no memory of its own: whoever comes second is out of memory (NVIDIA/k8s-device-plugin#323, and its README, "Shared
Access to GPUs").
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import yaml

from slipway.checks import Finding
from slipway.checks.charts.values import at, block, maps

WHOLE = "fit and node counts are of whole GPUs"
MIXED = "mixed"
"""The strategy for GPUs that are cut; the others leave a GPU alone on which MIG is off."""

UNPARTITIONED = "all-disabled"
"""The configuration of the MIG manager that turns MIG off."""


def sharing_findings(path: str, values: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge values of the GPU operator.

    Args:
        path: where they are in the stack file.
    """
    yield from _mig_findings(path, values)
    plugin = block(values, "devicePlugin")
    where = f"{path}.devicePlugin"
    yield from _config_findings(f"{where}.config", block(plugin, "config"))
    for variable in maps(plugin.get("env")):
        if variable.get("name") == "MIG_STRATEGY" and variable.get("value") == MIXED:
            yield _mig(f"{where}.env", "MIG_STRATEGY")
        if variable.get("name") == "CONFIG_FILE":
            yield _unread(f"{where}.env", "CONFIG_FILE")
    arguments = " ".join(map(str, plugin.get("args") or ()))
    if "mig-strategy" in arguments and MIXED in arguments:
        yield _mig(f"{where}.args", "--mig-strategy")
    if "config-file" in arguments:
        yield _unread(f"{where}.args", "--config-file")


def _mig_findings(path: str, values: Mapping[str, Any]) -> Iterator[Finding]:
    if at(values, "mig.strategy") == MIXED:
        yield _mig(f"{path}.mig.strategy", repr(MIXED))
    default = at(values, "migManager.config.default")
    if isinstance(default, str) and default not in ("", UNPARTITIONED):
        yield _mig(f"{path}.migManager.config.default", repr(default))


def _config_findings(path: str, config: Mapping[str, Any]) -> Iterator[Finding]:
    if not config.get("name"):
        return
    data = block(config, "data")
    if not config.get("create") or not data:
        yield _unread(f"{path}.name", repr(config["name"]))
        return
    for name, text in data.items():
        yield from _file_findings(f"{path}.data.{name}", text)


def _file_findings(path: str, text: object) -> Iterator[Finding]:
    try:
        found = yaml.safe_load(text) if isinstance(text, str) else text
    except yaml.YAMLError:
        yield _unread(path, "what is no YAML")
        return
    content = cast("Mapping[str, Any]", found if isinstance(found, Mapping) else {})
    for way, what in (("timeSlicing", "time slicing"), ("mps", "MPS")):
        if block(content, f"sharing.{way}").get("resources"):
            message = f"shares GPUs by {what}, so that nvidia.com/gpu is a part of one: {WHOLE}"
            yield Finding("values.gpu-sharing", path, message, "leave sharing out")
    if at(content, "flags.migStrategy") == MIXED:
        yield _mig(path, f"flags.migStrategy {MIXED!r}")
    if block(content, "resources").get("gpus"):
        message = "gives GPUs other names than nvidia.com/gpu, for which the servers' pods ask"
        yield Finding("values.gpu-names", path, message, "leave resources out")


def _mig(path: str, what: str) -> Finding:
    message = f"{what} cuts GPUs into parts with MIG: {WHOLE}"
    return Finding("values.mig", path, message, "leave it out, or use smaller GPUs")


def _unread(path: str, what: str) -> Finding:
    message = f"{what} is a configuration of the device plugin that is not read here; it may share GPUs, and {WHOLE}"
    return Finding("values.gpu-config", path, message, "write it under devicePlugin.config.data, with create: true")
