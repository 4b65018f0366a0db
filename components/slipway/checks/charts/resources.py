"""Whether pods of add-ons ask for what a node has, and for no more than they may take."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from slipway.catalog.machines.general import Room
from slipway.catalog.units import GIB
from slipway.checks import Finding
from slipway.checks.charts.values import block
from slipway.checks.quantities import quantity


def resource_findings(
    path: str, given: Mapping[str, Any], together: Mapping[str, Any], machine: str, room: Room | None
) -> Iterator[Finding]:
    """Judge what a person asks for pods of a chart.

    Args:
        path: where the values are in the stack file.
        given: the values.
        together: those and Slipway's own.
        machine: that of the nodes on which the pods run.
        room: what such a node leaves to pods, where that is known.
    """
    for key, value in given.items():
        if isinstance(value, Mapping):
            judged = _pod_findings if key == "resources" else resource_findings
            below = cast("Mapping[str, Any]", together.get(key) or {})
            yield from judged(f"{path}.{key}", cast("Mapping[str, Any]", value), below, machine, room)


def _pod_findings(
    path: str, given: Mapping[str, Any], together: Mapping[str, Any], machine: str, room: Room | None
) -> Iterator[Finding]:
    most = {"cpu": Decimal(room.cpus), "memory": Decimal(room.memory_gib * GIB)} if room else {}
    units = {"cpu": 1, "memory": GIB}
    for part in ("requests", "limits"):
        for name, text in block(given, part).items():
            if (asked := _quantity(text)) is None:
                message = f"{text!r} is no quantity, and Kubernetes refuses the pod"
                yield Finding("values.quantity", f"{path}.{part}.{name}", message, "write it as in 500m or 4Gi")
            elif part == "requests" and name in most and asked > most[name]:
                left = f"{float(most[name] / units[name]):.1f}{' GiB' if name == 'memory' else ' cores'}"
                message = f"{text} is above the {left} that a {machine} leaves to pods: the pod waits for ever"
                remedy = "ask for less, or write a larger systemPool"
                yield Finding("values.too-large", f"{path}.{part}.{name}", message, remedy)
    yield from _limit_findings(path, block(together, "requests"), block(together, "limits"))


def _limit_findings(path: str, requests: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[Finding]:
    for name, text in limits.items():
        asked, limit = _quantity(requests.get(name)), _quantity(text)
        if asked is not None and limit is not None and asked > limit:
            message = f"{text} is below the {requests[name]} that is asked for, and Kubernetes refuses the pod"
            remedy = f"write {requests[name]} or more, or ask for less"
            yield Finding("values.limit", f"{path}.limits.{name}", message, remedy)


def _quantity(text: object) -> Decimal | None:
    try:
        return quantity(str(text)) if text is not None else None
    except ValueError:
        return None
