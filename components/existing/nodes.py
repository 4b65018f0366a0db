"""GPU nodes of a cluster that is there already, as servers see them."""

from dataclasses import dataclass

import pulumi

from catalog.machines import GPU_RESOURCE
from components.existing.settings import ExistingPoolArgs
from components.workload import Accelerator


@dataclass(frozen=True, slots=True)
class ExistingNodes:
    """Nodes alike."""

    args: ExistingPoolArgs

    def accelerator(
        self, gpus: int, *, memory_gib: int, shared_memory_gib: int, device_plugin: pulumi.Resource | None
    ) -> Accelerator:
        """Return what a pod asks for to get this many GPUs of one node here."""
        return Accelerator(
            resource=GPU_RESOURCE,
            count=gpus,
            hosts=1,
            node_selector=self.args.node_selector,
            memory_gib=memory_gib,
            shared_memory_gib=shared_memory_gib,
            nodes=[device_plugin] if device_plugin else [],
        )
