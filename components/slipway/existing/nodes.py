"""Nodes of a cluster that is there already, as servers see them."""

from slipway.catalog.machines import MACHINES
from slipway.existing.settings import ExistingPoolArgs
from slipway.workload import Accelerator, Asked


class ExistingNodes:
    """Nodes alike."""

    def __init__(self, args: ExistingPoolArgs) -> None:
        self._args = args

    def accelerator(self, asked: Asked) -> Accelerator:
        """Return what pods ask for to get it here."""
        args = self._args
        return asked.accelerator(
            MACHINES[args.machine_type].slice(args.topology),
            node_selector=args.node_selector,
            resource=args.resource,
            taints=args.taint_triples,
        )
