"""What every stack with GPU nodes has, whoever made its cluster: servers, their keys and monitoring."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from catalog.machines import MACHINES, Machine
from checks.placement import Pool
from checks.settings import DnsLabel, Settings
from components.eks.settings import MonitoringArgs
from components.serving.nim_settings import NgcKey, PulumiNgcKey
from components.serving.settings import KubernetesToken, PulumiToken
from stacks.gpu.servers import AnyGpuServer
from stacks.models import KnowsModels

NameOfServer = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=50)]
"""A label takes 63 characters, of which the suffixes of a server's own objects need some."""


class AddOnValues(Settings):
    """Values for the charts of add-ons, merged last over Slipway's own: the way out for whatever has no key."""

    cluster_autoscaler: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For cluster-autoscaler."""
    efa_device_plugin: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For aws-efa-k8s-device-plugin, which is there if a pool has EFA."""
    gpu_operator: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For gpu-operator."""
    karpenter: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For karpenter, which is there if it is the stack's node autoscaler."""
    kube_prometheus_stack: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For kube-prometheus-stack."""
    keda: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For keda, which is there if `monitoring.actuator` says so."""
    load_balancer_controller: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For aws-load-balancer-controller, which is there if a server is exposed."""
    metrics_server: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For metrics-server."""
    nim_operator: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For k8s-nim-operator, which is there if a server is deployed through it."""
    prometheus_adapter: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For prometheus-adapter."""


class GpuServing(KnowsModels, ABC):
    """Model servers on GPU nodes, and what they are autoscaled through."""

    monitoring: MonitoringArgs = MonitoringArgs()
    """The Prometheus of the cluster."""
    wait_for_gpu_operator: bool = False
    """Whether servers are created only once the GPU operator reports that all it runs on GPU nodes is ready: what fails
    there then says so, where the servers' pods would only wait for GPUs."""
    values: AddOnValues = AddOnValues()
    """Values for the charts of add-ons."""
    namespace: DnsLabel = "serving"
    """Kubernetes namespace of the servers."""
    ngc: NgcKey = PulumiNgcKey()
    """Where the NGC API key comes from, with which images and models of NVIDIA are fetched, if a server needs one."""
    hugging_face: Annotated[PulumiToken | KubernetesToken, Field(discriminator="source")] = PulumiToken()
    """Where the token comes from with which models are downloaded from Hugging Face, if a server needs one."""
    servers: dict[NameOfServer, AnyGpuServer] = Field(min_length=1)
    """Model servers by name; the name is that of their Service, too."""

    @property
    @abstractmethod
    def instance_types(self) -> Mapping[str, str]:
        """The EC2 instance type of each pool, known or not."""

    @property
    @abstractmethod
    def gpu_pools(self) -> Mapping[str, Pool]:
        """The pools whose instance type is known."""

    @property
    def s3_uris(self) -> Mapping[str, str]:
        """The prefixes in S3 that servers' pods read, by server."""
        return {name: uri for name, server in self.servers.items() if (uri := server.s3_uri)}

    @property
    def has_shared_storage(self) -> bool:
        """Whether the stack has storage that all pods of the servers mount."""
        return False

    @property
    def has_load_balancers(self) -> bool:
        """Whether something in the cluster makes load balancers, or is installed if a server is exposed."""
        return True

    def driver(self, pool: str) -> int | None:
        """Return the branch of the NVIDIA driver that a pool's nodes have, where it is known."""
        return None

    def machine(self, pool: str) -> Machine | None:
        """Return the machine of a pool, where there is such a pool and the catalog has its machine."""
        machine = MACHINES.get(self.instance_types.get(pool, ""))
        return machine if machine and machine.chip.kind == "gpu" else None
