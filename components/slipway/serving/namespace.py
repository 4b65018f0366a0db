"""The namespace that servers live in, and who they are there."""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s

from slipway.network_policies import closed


class ServingNamespace(pulumi.ComponentResource):
    """A namespace that is closed, with one service account, to which clouds grant what servers may read and write.

    Its pods are held to the Pod Security Standard `baseline`: TPU and GPU images run as root, which `restricted`
    refuses; whatever could be restricted is reported as a warning.

    Attributes:
        name: the namespace.
        service_account: the account's name.
    """

    name: pulumi.Output[str]
    service_account: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        namespace: str,
        *,
        service_account: str,
        labels: Mapping[str, str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:ServingNamespace", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        created = k8s.core.v1.Namespace(
            name,
            metadata={
                "name": namespace,
                "labels": {
                    "pod-security.kubernetes.io/enforce": "baseline",
                    "pod-security.kubernetes.io/warn": "restricted",
                    **(labels or {}),
                },
            },
            opts=child,
        )
        closed(name, namespace=created.metadata["name"], opts=child)
        account = k8s.core.v1.ServiceAccount(
            name,
            metadata={"name": service_account, "namespace": created.metadata["name"]},
            opts=child,
        )
        self.name = created.metadata["name"]
        self.service_account = account.metadata["name"]
        self.register_outputs({"name": self.name})
