"""What the program is given beside the stack's settings."""

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
    """

    project: str | None = None
    profile: str | None = None
    hugging_face_token: pulumi.Output[str] | None = None
    ngc_api_key: pulumi.Output[str] | None = None
    kubeconfig: pulumi.Output[str] | None = None
    api_key: pulumi.Output[str] | None = None


def judged(value: T | None) -> T:
    """Return something optional that the checks have found to be there.

    Raises:
        RuntimeError: it is not, so the checks did not pass.
    """
    if value is None:
        msg = "a stack is deployed only after its checks have passed"
        raise RuntimeError(msg)
    return value
