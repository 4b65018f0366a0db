"""What the rows of machines are made of beside numbers: where a machine is offered, and its network."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a cloud offers a machine.

    Attributes:
        zones: where anybody can get it.
        single_tenant_zones: where only the holder of a reservation can.
        flex_start_zones: where flex-start works; None for all zones.
    """

    zones: tuple[str, ...]
    single_tenant_zones: tuple[str, ...] = ()
    flex_start_zones: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """A network interface of a node.

    Attributes:
        card: index of the network card.
        device: index of the interface on its card.
        type: `interface` has addresses; `efa-only` has none, and carries traffic between GPUs of several nodes.
    """

    card: int
    device: int
    type: Literal["interface", "efa-only"]
