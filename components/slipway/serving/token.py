"""The Hugging Face token, always a file: environment variables end up in crash dumps and child processes."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.workload import Volumes

PATH = "/var/run/secrets/huggingface"
FILE = "token"
VOLUME = "hugging-face-token"


def hub_environment(token: Volumes) -> dict[str, str]:
    """Return what a program that downloads from Hugging Face reads, by variable.

    Without Xet: over NAT its downloads were seen to stand still for ever (huggingface/xet-core#898).
    """
    return {"HF_TOKEN_PATH": f"{token.path}/{FILE}", "HF_HUB_DISABLE_XET": "1"}


def token_volumes(volume: k8s.core.v1.VolumeArgsDict, *depends_on: pulumi.Resource) -> Volumes:
    """Return what mounts a volume that holds the token as `FILE`."""
    return Volumes(
        path=PATH,
        annotations={},
        volumes=[volume],
        mounts=[{"name": VOLUME, "mount_path": PATH, "read_only": True}],
        depends_on=depends_on,
    )


def existing_secret(secret: pulumi.Input[str], key: str, *depends_on: pulumi.Resource) -> Volumes:
    """Return what mounts one key of a Kubernetes Secret."""
    return token_volumes(
        {
            "name": VOLUME,
            "secret": {"secret_name": secret, "items": [{"key": key, "path": FILE}], "default_mode": 0o400},
        },
        *depends_on,
    )


class TokenSecret(pulumi.ComponentResource):
    """A Kubernetes Secret made of a Pulumi secret.

    Attributes:
        volumes: what mounts the token into a pod.
    """

    volumes: Volumes

    def __init__(
        self,
        name: str,
        token: pulumi.Input[str],
        *,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:TokenSecret", name, None, opts)
        secret = k8s.core.v1.Secret(
            name,
            metadata={"namespace": namespace},
            string_data={FILE: pulumi.Output.secret(token)},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.volumes = existing_secret(secret.metadata["name"], FILE, secret)
        self.register_outputs({})
