"""What a stack gives a server on GPU nodes when it is created. It loads the Kubernetes SDK."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.serving.autoscaling import MetricsPath
from components.serving.ngc import NgcAccess
from components.serving.service import LoadBalancers
from components.workload import Accelerator, Startup, Volumes
from stacks.gpu.servers.server import Models


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a server runs, and what it reaches from there.

    Attributes:
        namespace: the Kubernetes namespace.
        service_account: who its pods are.
        accelerator: the hardware of a replica.
        startup: how long a replica may take until it answers.
        metrics: the way of its signal to its autoscaler.
        models: the models that the stack knows.
        ngc: the NGC API key, where a server of the stack needs it.
        hugging_face: the Hugging Face token, where a server of the stack needs it.
        shared_storage: storage that all pods mount, where the stack has it.
        bucket_access: what must exist before a pod can read what servers of the stack name in S3.
        api_key: what clients of a public server show.
        load_balancers: how servers get theirs, where the stack has one that is exposed.
        nim_operator: NVIDIA's NIM operator, where the stack installs it.
        opts: options with the providers of the cluster.
    """

    namespace: pulumi.Input[str]
    service_account: pulumi.Input[str]
    accelerator: Accelerator
    startup: Startup
    metrics: MetricsPath
    models: Models
    ngc: NgcAccess | None
    hugging_face: Volumes | None
    shared_storage: Volumes | None
    bucket_access: Sequence[pulumi.Resource]
    api_key: pulumi.Input[str] | None
    load_balancers: LoadBalancers | None
    nim_operator: pulumi.Resource | None
    opts: pulumi.ResourceOptions
