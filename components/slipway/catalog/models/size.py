"""The sizes of a family: models that differ in little but their numbers."""

from dataclasses import replace
from typing import Any

from slipway.catalog.architecture import Model


def sized(
    row: Model, name: str, parameters: int, layers: int, hidden: int, intermediate: int, heads: int, **more: Any
) -> Model:
    """Return the model of a row's family that has these numbers, and whatever else it has of its own."""
    numbers = {"layers": layers, "hidden": hidden, "intermediate": intermediate, "heads": heads}
    return replace(row, name=name, parameters=parameters, **numbers, **more)
