"""Volumes that pods claim: encrypted EBS disks in the zone of the pod."""

import pulumi
import pulumi_kubernetes as k8s


class EbsStorage(pulumi.ComponentResource):
    """A storage class over the EBS CSI driver, which the cluster has as an add-on.

    Attributes:
        storage_class: its name.
    """

    storage_class: pulumi.Output[str]

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:eks:EbsStorage", name, None, opts)
        created = k8s.storage.v1.StorageClass(
            name,
            metadata={"name": "gp3-encrypted"},
            provisioner="ebs.csi.aws.com",
            parameters={"type": "gp3", "encrypted": "true"},
            # A disk lives in one zone: it is made once the pod's node is known.
            volume_binding_mode="WaitForFirstConsumer",
            reclaim_policy="Delete",
            allow_volume_expansion=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.storage_class = created.metadata["name"]
        self.register_outputs({"storageClass": self.storage_class})
