"""Nodes of a cluster that is there already, as servers see them."""

from typing import cast

import pulumi

from slipway.catalog.machines import MACHINES
from slipway.checks.placement import Pool, machine_findings
from slipway.existing.facts import facts
from slipway.existing.settings import ExistingPoolArgs
from slipway.workload import Accelerator, Asked


class ExistingNodes:
    """Nodes alike.

    Attributes:
        facts: what is known of them, by which servers are judged.
    """

    facts: Pool

    def __init__(self, args: ExistingPoolArgs, path: str = "nodes") -> None:
        """Take what a person says of them, and where findings say that it is.

        Raises:
            pulumi.RunError: there is no such machine, or it forms no such slice.
        """
        if findings := machine_findings(path, [args.machine_type], "on-demand", provider=None, topology=args.topology):
            raise pulumi.RunError("\n".join(map(str, findings)))
        self._args = args
        self.facts = cast(Pool, facts(path, args))

    def accelerator(self, asked: Asked) -> Accelerator:
        """Return what pods ask for to get it here."""
        args = self._args
        return asked.accelerator(
            MACHINES[args.machine_type].slice(args.topology),
            node_selector=args.node_selector,
            resource=args.resource,
            taints=args.taint_triples,
        )
