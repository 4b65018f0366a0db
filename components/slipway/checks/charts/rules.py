"""What a value of a chart must not be, each with what it breaks.

Source: the templates of the charts at the versions in `catalog.charts`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from slipway.checks import Severity
from slipway.checks.quantities import seconds

LEAVE_OUT = "leave it out"


@dataclass(frozen=True, slots=True)
class Rule:
    """One value that breaks something.

    Attributes:
        key: dotted.
        breaks: whether a value that is given does.
        reason: what it breaks.
        elsewhere: whether something else in a cluster that was there before may see to it.
    """

    code: str
    key: str
    breaks: Callable[[Any], bool]
    reason: str
    remedy: str = LEAVE_OUT
    severity: Severity = "error"
    elsewhere: bool = False


def off(value: Any) -> bool:
    """Whether a template, or a program that it hands a value to, takes it for false."""
    return not value or str(value).lower() == "false"


def on(value: Any) -> bool:
    """Whether a template takes a value for true."""
    return bool(value)


def none_left(value: Any) -> bool:
    """Whether a number of replicas is none."""
    return str(value) == "0"


def given(_: Any) -> bool:
    """Whether a value is given at all."""
    return True


def other_than(*allowed: object) -> Callable[[Any], bool]:
    """Return whether a value is none of these."""
    return lambda value: value not in allowed


def longer_than(most: float) -> Callable[[Any], bool]:
    """Return whether a duration, as Prometheus writes it, is longer than so many seconds."""
    return lambda value: _seconds(value) > most


def shorter_than(least: float) -> Callable[[Any], bool]:
    """Return whether a duration is shorter than so many seconds; what is none is not."""
    return lambda value: 0 < _seconds(value) < least


def _seconds(value: Any) -> float:
    with suppress(ValueError):
        return seconds(str(value))
    return 0


def more_than(most: float) -> Callable[[Any], bool]:
    """Return whether a number is above another one; what is none is not."""
    return lambda value: _number(value, most) > most


def less_than(least: float) -> Callable[[Any], bool]:
    """Return whether a number is below another one; what is none is not."""
    return lambda value: _number(value, least) < least


def _number(value: Any, otherwise: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return otherwise


def replicas(key: str, reason: str) -> Rule:
    """Refuse that a number of replicas is none."""
    return Rule("values.no-replicas", key, none_left, reason, "write 2")


def rights(key: str, who: str) -> Rule:
    """Refuse that a chart makes no roles, or no account for them."""
    reason = f"{who} may then read and change nothing in the cluster"
    return Rule("values.no-rights", key, off, reason, elsewhere=True)


def account(key: str) -> Rule:
    """Refuse another service account than the one that has a role in AWS."""
    reason = "the role in AWS is bound to the service account that Slipway names"
    return Rule("values.owned", key, given, reason)


def owned(key: str, what: str) -> Rule:
    """Refuse a key that Slipway sets."""
    return Rule("values.owned", key, given, f"Slipway sets it to {what}")


def cert_manager(key: str, breaks: Callable[[Any], bool] = on) -> Rule:
    """Refuse certificates of cert-manager."""
    reason = "it needs cert-manager, which the stack does not install"
    return Rule("values.cert-manager", key, breaks, reason, elsewhere=True)
