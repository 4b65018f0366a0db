"""What the program is given beside the stack's settings."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Configuration outside `slipway:stack`.

    Attributes:
        gcp_project: id of the Google Cloud project, from `gcp:project`.
        hugging_face_token: the secret `slipway:huggingFaceToken`, where it is set.
        api_key: the secret `slipway:apiKey`, where it is set.
    """

    gcp_project: str | None = None
    hugging_face_token: pulumi.Output[str] | None = None
    api_key: pulumi.Output[str] | None = None
