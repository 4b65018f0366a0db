"""Whether the driver of a pool's GPUs runs the CUDA of an engine's image."""

from collections.abc import Mapping
from typing import Any, cast

from slipway.catalog.drivers import GPU_OPERATOR_DRIVER, Cuda
from slipway.checks import Finding


def driver_findings(path: str, cuda: Cuda | None, driver: int | None, *, driver_path: str) -> list[Finding]:
    """Judge an engine's image against the nodes that it runs on; nothing is said of what is not known.

    Args:
        path: where the server is in the stack file.
        cuda: of the image.
        driver: branch of the driver of the nodes.
        driver_path: where the stack file decides the driver, or chooses the nodes that bring it.
    """
    how = cuda.runs_on(driver) if cuda and driver else "well"
    if cuda is None or how == "well":
        return []
    message = f"its image has CUDA {cuda}, and the nodes have driver {driver}"
    if how != "in part":
        message += f": CUDA {cuda.major} needs {cuda.lowest_driver}"
        remedy = f"give the nodes driver {cuda.lowest_driver} or newer ({driver_path}), or use an image with older CUDA"
        if how == "not":
            return [Finding("driver.driver", path, message, remedy)]
        message += ", unless the image's compatibility package takes this one, which nobody has said"
        return [Finding("driver.driver", path, message, remedy, "warning")]
    message = f"{message}: programs start, but kernels that are compiled at run time need {cuda.driver}"
    remedy = f"use an image with older CUDA, or driver {cuda.driver} ({driver_path})"
    return [Finding("driver.driver", path, message, remedy, "warning")]


def operator_driver(values: Mapping[str, Any]) -> int | None:
    """Return the branch of the driver that values let the GPU operator install; None if they let it install none."""
    if not _enabled(values, "driver"):
        return None
    version = str(values["driver"].get("version", GPU_OPERATOR_DRIVER))
    branch = version.partition(".")[0]
    return int(branch) if branch.isdigit() else None


def _enabled(values: Mapping[str, Any], part: str) -> bool | None:
    block = values.get(part)
    return cast("Mapping[str, Any]", block).get("enabled") if isinstance(block, Mapping) else None
