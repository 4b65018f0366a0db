"""How the servers of a stack with GPU nodes fit their GPUs and how they scale, as outputs."""

from collections.abc import Mapping
from typing import Any

from checks.fit import Fit
from stacks.figures import fit_figures, scaling_figures
from stacks.gpu_serving import GpuServing


def server_figures(settings: GpuServing) -> Mapping[str, Any]:
    """Return fit and scaling of each server; they depend on the settings alone."""
    fits = {name: _fit(settings, name) for name in settings.servers}
    return {
        "fit": {name: fit_figures(found) for name, found in fits.items() if found},
        "scaling": {name: scaling_figures(server.scaling) for name, server in settings.servers.items()},
    }


def _fit(settings: GpuServing, name: str) -> Fit | None:
    server = settings.servers[name]
    machine = settings.machine(server.pool)
    return server.fit(f"servers.{name}", settings.models, machine) if machine else None
