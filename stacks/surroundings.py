"""What the program is given beside the stack's settings."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

import pulumi

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Configuration outside `slipway:stack`.

    Attributes:
        project: id of the Google Cloud project, from `gcp:project`.
        profile: profile of the AWS configuration with which Pulumi and kubectl act, from `aws:profile`.
        hugging_face_token: the secret `slipway:huggingFaceToken`, where it is set.
        ngc_api_key: the secret `slipway:ngcApiKey`, where it is set.
        kubeconfig: the secret `slipway:kubeconfig`, where it is set.
        api_key: the secret `slipway:apiKey`, where it is set.
        alert_address: the secret `slipway:alertAddress`, where it is set.
        alert_receivers: what its form is that of; everything where it is not known yet.
    """

    project: str | None = None
    profile: str | None = None
    hugging_face_token: pulumi.Output[str] | None = None
    ngc_api_key: pulumi.Output[str] | None = None
    kubeconfig: pulumi.Output[str] | None = None
    api_key: pulumi.Output[str] | None = None
    alert_address: pulumi.Output[str] | None = None
    alert_receivers: Collection[str] = ("slack", "pagerduty", "webhook")


_FORMS = {
    "slack": re.compile(r"https://hooks\.slack(-gov)?\.com/(services|workflows|triggers)/\S+"),
    "pagerduty": re.compile(r"[0-9A-Za-z]{32}"),
    "webhook": re.compile(r"https://[^\s/]+(/\S*)?"),
}
"""Of what tells each receiver of alerts (api.slack.com/messaging/webhooks; PagerDuty, "Events API v2")."""

PLACEHOLDER = re.compile(r"\[secret .*\]")
"""What stands for a secret where nothing is decrypted."""


def alert_receivers(address: str) -> Collection[str]:
    """Return which receivers of alerts could be told by an address or key."""
    return tuple(each for each, form in _FORMS.items() if PLACEHOLDER.fullmatch(address) or form.fullmatch(address))


def judged(value: T | None) -> T:
    """Return something optional that the checks have found to be there.

    Raises:
        RuntimeError: it is not, so the checks did not pass.
    """
    if value is None:
        msg = "a stack is deployed only after its checks have passed"
        raise RuntimeError(msg)
    return value
