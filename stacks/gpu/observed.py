"""What Prometheus records of a stack's servers on GPU nodes, and how dashboards and alerts see them."""

from collections.abc import Mapping

from catalog.engines import TRITON
from catalog.engines.triton.host import MEASURED
from checks.signals import Workload
from components.addons.monitoring_settings import SCRAPE_SECONDS
from components.addons.observed import ObservedServer
from components.serving.recording_rules import expressions
from stacks.gpu.serving import GpuServing


def observed(settings: GpuServing) -> list[ObservedServer]:
    """Return the servers, by their settings."""
    return [
        ObservedServer(
            export=server.export(f"servers.{name}", Workload("Deployment", settings.namespace, name)),
            signal=server.scaling.series,
            target=server.scaling.target,
        )
        for name, server in settings.servers.items()
    ]


def recorded(settings: GpuServing) -> Mapping[str, str]:
    """Return the PromQL of each series that Prometheus records for the stack, by the name of the series."""
    engines = [server.export.engine for server in observed(settings)]
    return expressions(SCRAPE_SECONDS, MEASURED) if TRITON in engines else {}
