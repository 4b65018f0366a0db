"""Whether the share of a GPU that an engine claims is free when it starts."""

from typing import TYPE_CHECKING

from slipway.catalog.units import GIB
from slipway.checks import Finding

if TYPE_CHECKING:
    from slipway.checks.fit.memory import Memory
    from slipway.checks.fit.replica import Replica

LEAST_CONTEXT = round(0.45 * GIB)
"""Of a CUDA context, as vLLM logs "Free memory on device" at its start: 78.68 of 79.15 GiB, 139.21 of 139.81, 30.86 of
31.36, 31.23 of 31.86."""


def context_findings(path: str, replica: "Replica", use: "Memory") -> list[Finding]:
    """Refuse a share of memory that a CUDA context leaves no room for (vllm/v1/worker/utils.py, request_memory)."""
    if use.usable <= use.chip - LEAST_CONTEXT:
        return []
    most = int(100 * (1 - LEAST_CONTEXT / use.chip)) / 100
    message = (
        f"{replica.memory_utilization} is {use.usable / GIB:.2f} of {use.chip / GIB:.2f} GiB, of which a CUDA context "
        f"takes {LEAST_CONTEXT / GIB:.2f} GiB or more: vLLM does not start"
    )
    return [Finding("fit.utilization", f"{path}.memoryUtilization", message, f"use at most {most:.2f}")]
