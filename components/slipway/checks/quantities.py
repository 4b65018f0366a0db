"""Quantities and durations as Kubernetes and Prometheus write them."""

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?")
_DECIMAL_POWER = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY_POWER = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def quantity(text: str | int) -> Decimal:
    """Return the value of a Kubernetes quantity such as `500m`, `16Gi` or `1e3`.

    Raises:
        ValueError: it is none.
    """
    found = _QUANTITY.fullmatch(str(text))
    if found is None:
        raise ValueError(f"{text!r} is not a Kubernetes quantity; write a number with a suffix, such as 500m or 16Gi")
    number, binary, letter, exponent = found.groups()
    if binary:
        return Decimal(number) * 2 ** _BINARY_POWER[binary]
    return Decimal(number).scaleb(_DECIMAL_POWER[letter] if letter else int(exponent or 0))


def seconds(duration: str) -> float:
    """Return the seconds of a duration such as `1m30s`.

    Raises:
        ValueError: it is no duration.
    """
    if not re.fullmatch(r"(\d+(ms|[smhdwy]))+", duration):
        raise ValueError(f"{duration!r} is no duration; write 15s or 1m30s")
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdwy])", duration))
