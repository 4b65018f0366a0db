"""The Cloud KMS key under which GKE encrypts Kubernetes Secrets."""

import pulumi
import pulumi_gcp as gcp

from slipway.gke.settings import region_of
from slipway.gke.wires import ProjectWires

ROTATION_DAYS = 90


class SecretsKey(pulumi.ComponentResource):
    """A key that GKE's own service agent may use and that rotates by itself.

    Google never deletes key rings and keys, so their names are Pulumi's own and differ at each creation.

    Attributes:
        name: full name of the key.
        grant: what a cluster must wait for before it names the key.
    """

    name: pulumi.Output[str]
    grant: gcp.kms.CryptoKeyIAMMember

    def __init__(
        self, name: str, *, location: str, project: ProjectWires, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:gke:SecretsKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        ring = gcp.kms.KeyRing(
            name,
            location=region_of(location),
            opts=pulumi.ResourceOptions(parent=self, depends_on=project.api("cloudkms")),
        )
        key = gcp.kms.CryptoKey(
            name,
            key_ring=ring.id,
            rotation_period=f"{ROTATION_DAYS * 24 * 60 * 60}s",
            opts=child,
        )
        agent = pulumi.Output.format(
            "serviceAccount:service-{number}@container-engine-robot.iam.gserviceaccount.com", number=project.number
        )
        self.grant = gcp.kms.CryptoKeyIAMMember(
            name,
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=agent,
            # The agent exists once the container API is on.
            opts=pulumi.ResourceOptions(parent=self, depends_on=project.api("container")),
        )
        self.name = key.id
        self.register_outputs({"name": self.name})
