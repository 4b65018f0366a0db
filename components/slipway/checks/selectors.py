"""Label selectors as the API of Kubernetes defines them."""

from collections.abc import Mapping
from typing import Any


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a selector takes something with these labels; an empty one takes everything.

    Raises:
        ValueError: the API knows no such operator.
    """
    wanted: Mapping[str, str] = selector.get("matchLabels") or {}
    return wanted.items() <= labels.items() and all(
        holds(each, labels) for each in selector.get("matchExpressions") or ()
    )


def holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether labels meet a requirement: `key`, `operator` and `values`.

    Raises:
        ValueError: the API knows no such operator.
    """
    value, values = labels.get(str(expression.get("key"))), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case operator:
            raise ValueError(f"{operator!r} is no operator of a label selector")
