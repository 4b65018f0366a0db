"""The NGC API key: with it nodes pull images of nvcr.io, and containers download models."""

import base64
import json
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.nim.settings import KubernetesNgcKey

REGISTRY = "nvcr.io"
USER = "$oauthtoken"
"""NGC's user name for whoever has an API key; it stands for nothing, and no shell may expand it."""

KEY = "NGC_API_KEY"


@dataclass(frozen=True, slots=True)
class NgcAccess:
    """Names of the Secrets in the serving namespace.

    Attributes:
        pull_secret: for the kubelet.
        key_secret: holds the key as `KEY`.
        depends_on: what must exist before a pod can use them.
    """

    pull_secret: pulumi.Input[str]
    key_secret: pulumi.Input[str]
    depends_on: tuple[pulumi.Resource, ...] = field(default=())


def existing_ngc_secrets(args: KubernetesNgcKey) -> NgcAccess:
    """Return the access that Secrets of somebody else give."""
    return NgcAccess(args.pull_secret, args.key_secret)


class NgcSecrets(pulumi.ComponentResource):
    """Both Secrets, made of one Pulumi secret.

    Attributes:
        access: their names.
    """

    access: NgcAccess

    def __init__(
        self,
        name: str,
        key: pulumi.Input[str],
        *,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:NgcSecrets", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = pulumi.Output.secret(key)
        pull = k8s.core.v1.Secret(
            f"{name}-ngc-pull",
            metadata={"namespace": namespace},
            type="kubernetes.io/dockerconfigjson",
            string_data={".dockerconfigjson": key.apply(docker_config)},
            opts=child,
        )
        api = k8s.core.v1.Secret(
            f"{name}-ngc-api", metadata={"namespace": namespace}, string_data={KEY: key}, opts=child
        )
        self.access = NgcAccess(pull.metadata["name"], api.metadata["name"], (pull, api))
        self.register_outputs({})


def docker_config(key: str) -> str:
    """Return the configuration by which a container runtime logs in at NGC."""
    login = base64.b64encode(f"{USER}:{key}".encode()).decode()
    return json.dumps({"auths": {REGISTRY: {"username": USER, "password": key, "auth": login}}})
