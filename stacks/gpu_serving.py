"""What every stack with GPU nodes has, whoever made its cluster: servers, their keys and monitoring."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from catalog.gpu_machines import GPU_MACHINES, GpuMachine
from catalog.models import MODELS
from checks.gpu import GpuPool
from components.eks.settings import MonitoringArgs
from components.serving.nim_settings import NgcKey, PulumiNgcKey
from components.serving.settings import KubernetesToken, PulumiToken
from components.settings import DnsLabel, Settings
from stacks.gpu_servers import AnyGpuServer, Models

NameOfServer = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=50)]
"""A label takes 63 characters, of which the suffixes of a server's own objects need some."""


class AddOnValues(Settings):
    """Values for the charts of add-ons, merged last over Slipway's own: the way out for whatever has no key."""

    cluster_autoscaler: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For cluster-autoscaler."""
    gpu_operator: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For gpu-operator."""
    kube_prometheus_stack: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For kube-prometheus-stack."""
    metrics_server: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For metrics-server."""
    prometheus_adapter: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For prometheus-adapter."""


class GpuServing(Settings, ABC):
    """Model servers on GPU nodes, and what they are autoscaled through."""

    monitoring: MonitoringArgs = MonitoringArgs()
    """The Prometheus of the cluster."""
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
    def gpu_pools(self) -> Mapping[str, GpuPool]:
        """The pools whose instance type is known."""

    @property
    def models(self) -> Models:
        """The models that servers may name."""
        return MODELS

    def machine(self, pool: str) -> GpuMachine | None:
        """Return the machine of a pool, where there is such a pool and the catalog has its machine."""
        return GPU_MACHINES.get(self.instance_types.get(pool, ""))
