"""A token that stays in Secret Manager: GKE's add-on mounts it, and it never enters Pulumi's state."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from slipway.custom_resources import custom_resource
from slipway.custom_resources.secrets import SecretProviderClass
from slipway.serving.token import FILE, VOLUME, token_volumes
from slipway.workload import Volumes

DRIVER = "secrets-store-gke.csi.k8s.io"


class SecretManagerVolume(pulumi.ComponentResource):
    """The newest version of a secret of this project, readable by one Kubernetes service account.

    Attributes:
        volumes: what mounts the token into a pod.
    """

    volumes: Volumes

    def __init__(
        self,
        name: str,
        secret: str,
        *,
        project: str,
        reader: pulumi.Input[str],
        namespace: pulumi.Input[str],
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:SecretManagerVolume", name, None, opts)
        grant = gcp.secretmanager.SecretIamMember(
            name,
            project=project,
            secret_id=secret,
            role="roles/secretmanager.secretAccessor",
            member=reader,
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        version = f"projects/{project}/secrets/{secret}/versions/latest"
        provider_class = custom_resource(
            name,
            SecretProviderClass(parameters={"secrets": json.dumps([{"resourceName": version, "path": FILE}])}),
            metadata={"name": name, "namespace": namespace},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[grant]),
        )
        self.volumes = token_volumes(
            {
                "name": VOLUME,
                "csi": {
                    "driver": DRIVER,
                    "read_only": True,
                    "volume_attributes": {"secretProviderClass": name},
                },
            },
            provider_class,
        )
        self.register_outputs({})
