"""The way of each server's signal in a stack, from its settings alone."""

from collections.abc import Mapping

from slipway.addons.observed import ObservedServer
from slipway.checks.signals import Monitoring
from slipway.servers import signals
from slipway.serving.shape import Shape
from stacks.stack import Stack


def shapes(stack: Stack) -> list[Shape]:
    """Return what the objects of each server say."""
    return [server.shape(stack.place(name)) for name, server in stack.servers.items()]


def observed(stack: Stack) -> list[ObservedServer]:
    """Return the servers as dashboards and alerts see them."""
    return [
        ObservedServer(export=shape.export, signal=shape.scaling.series, target=shape.scaling.target)
        for shape in shapes(stack)
    ]


def recorded(stack: Stack) -> Mapping[str, str]:
    """Return the PromQL of each series that Prometheus records for the stack, by the name of the series."""
    return signals.recorded(shapes(stack))


def monitoring(stack: Stack) -> Monitoring:
    """Return everything between the stack's pods and its autoscalers; a person's values of the charts count.

    Raises:
        ValueError: a query, a duration or a port that a person gives cannot be read.
    """
    return signals.monitoring(stack.metrics, shapes(stack))
