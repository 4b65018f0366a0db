"""Judgement over who is told of alerts."""

from collections.abc import Iterator

from slipway.addons.metrics import PrometheusMetrics
from slipway.checks import Finding
from stacks.stack import Stack
from stacks.surroundings import Surroundings

_ADDRESSES = {
    "slack": "the address of an incoming webhook, https://hooks.slack.com/services/…",
    "pagerduty": "the integration key of a service's Events API v2, 32 letters and digits",
    "webhook": "an https:// address: the namespace of Alertmanager lets nothing else out",
}


def alert_findings(stack: Stack, surroundings: Surroundings) -> Iterator[Finding]:
    """Say that alerts would reach nobody."""
    to = stack.metrics.args.alerts if isinstance(stack.metrics, PrometheusMetrics) else None
    if to is None:
        return
    wanted = f"run pulumi config set --secret slipway:alertAddress <address>: {_ADDRESSES[to]}"
    if surroundings.alert_address is None:
        message = f"is missing: monitoring.alerts is {to!r}, and alerts have nowhere to go"
        remedy = f"{wanted}; or leave out monitoring.alerts"
        yield Finding("keys.alert-address", "slipway:alertAddress", message, remedy)
    elif to not in surroundings.alert_receivers:
        message = f"is none of {to!r}, to which monitoring.alerts sends"
        yield Finding("keys.alert-address-form", "slipway:alertAddress", message, wanted)
