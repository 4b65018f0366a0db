"""TPU slices of Autopilot, which makes nodes to fit the pods."""

from slipway.checks.placement import Pool
from slipway.gke.accelerator_pool import gke_labels, known_pool, slice_of
from slipway.gke.settings import FlexStart, OnDemand, PoolArgs, Reservation, Spot
from slipway.workload import Accelerator, Asked


class AutopilotSlices:
    """TPU slices that pods ask Autopilot for; it makes the nodes that fit.

    Attributes:
        facts: what is known of them, by which servers are judged.
    """

    facts: Pool

    def __init__(self, name: str, args: PoolArgs) -> None:
        self._slice = slice_of(name, args)
        self.facts = known_pool(name, args)
        match args.capacity:
            case OnDemand():
                self._selector: dict[str, str] = {}
            case Spot():
                self._selector = {"cloud.google.com/gke-spot": "true"}
            case Reservation(name=reservation):
                self._selector = {"cloud.google.com/reservation-name": reservation}
            case FlexStart():
                self._selector = {"cloud.google.com/gke-flex-start": "true"}

    def accelerator(self, asked: Asked) -> Accelerator:
        """Return what a pod asks for to get these chips."""
        return asked.accelerator(self._slice, node_selector={**gke_labels(self._slice), **self._selector})
