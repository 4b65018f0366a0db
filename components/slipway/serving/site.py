"""What servers find where they stand: whatever they do not make themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pulumi

from slipway.serving.autoscaling import MetricsPath
from slipway.serving.ngc import NgcAccess
from slipway.serving.service import LoadBalancers
from slipway.serving.shape import Files, StorageKind
from slipway.workload import Volumes


class Storage(Protocol):
    """Where servers keep the files of their models.

    Attributes:
        kind: where that is; what one pod puts there, the others find but on a node.
    """

    @property
    def kind(self) -> StorageKind: ...  # noqa: D102

    def volumes(self, files: Files, /) -> Volumes:
        """Return what a pod mounts for such files."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What servers find.

    Attributes:
        namespace: the Kubernetes namespace.
        service_account: who their pods are.
        priority_class: of their pods.
        metrics: the way of a signal to its autoscaler.
        storage: where they keep files.
        docker_hub: what goes before the name of an image of Docker Hub, with a slash at its end.
        ngc: the NGC API key, where a server needs it.
        hugging_face: the Hugging Face token, where a server needs it.
        bucket_access: what must exist before a pod can read what servers name in S3.
        api_key: what clients of a public server show.
        load_balancers: how servers get theirs, where something makes any.
        groups: the controller of LeaderWorkerSets, where a replica spans hosts.
        nim_operator: NVIDIA's NIM operator, where the stack installs it.
        device_plugin: what advertises GPUs, where the stack installs it.
    """

    namespace: pulumi.Input[str]
    service_account: pulumi.Input[str]
    priority_class: pulumi.Input[str]
    metrics: MetricsPath
    storage: Storage
    docker_hub: pulumi.Input[str] = "docker.io/"
    ngc: NgcAccess | None = None
    hugging_face: Volumes | None = None
    bucket_access: Sequence[pulumi.Resource] = ()
    api_key: pulumi.Input[str] | None = None
    load_balancers: LoadBalancers | None = None
    groups: pulumi.Resource | None = None
    nim_operator: pulumi.Resource | None = None
    device_plugin: pulumi.Resource | None = None


T = TypeVar("T")


def found(value: T | None, what: str) -> T:
    """Return something that a server needs of its site.

    Raises:
        pulumi.RunError: the site does not have it.
    """
    if value is None:
        raise pulumi.RunError(f"a server needs {what}, and its site has none")
    return value
