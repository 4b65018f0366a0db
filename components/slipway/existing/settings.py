"""What a person says about a cluster that is there already. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from slipway.addons.settings import InstalledChart
from slipway.checks.settings import ObjectName, Positive, Replicas, Settings


class Context(Settings):
    """A context of the kubeconfig of whoever runs Pulumi: `KUBECONFIG`, or else `~/.kube/config`."""

    source: Literal["context"]
    context: str | None = Field(default=None, min_length=1)
    """Name of the context; the current one when left out, which `kubectl config current-context` prints."""


class Kubeconfig(Settings):
    """A kubeconfig of the stack's own, in the Pulumi secret `slipway:kubeconfig`."""

    source: Literal["pulumi"]


PoolName = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=40, examples=["l40s"])]


class Taint(Settings):
    """A taint of nodes that pods of servers tolerate."""

    key: str = Field(min_length=1, examples=["dedicated"])
    """Its key."""
    value: str | None = None
    """Its value; any when left out."""
    effect: Literal["NoSchedule", "NoExecute"] = "NoSchedule"
    """What it does to pods that do not tolerate it."""


class ExistingPoolArgs(Settings):
    """Nodes alike with TPU chips or GPUs that the cluster has, or that its own autoscaler adds."""

    machine_type: str = Field(examples=["g6e.xlarge", "ct6e-standard-8t"])
    """Machine type of the nodes, one of the catalog's, of any cloud; a machine with the same chips counts as it."""
    topology: str | None = Field(default=None, examples=["2x4"])
    """Arrangement of the TPU chips of one slice. Only for TPUs, and needed only where the machines form several."""
    node_selector: dict[str, str] = Field(min_length=1, examples=[{"node.kubernetes.io/instance-type": "g6e.xlarge"}])
    """Labels that these nodes have and no others."""
    taints: tuple[Taint, ...] = ()
    """Taints of these nodes beside the one that has the name of the chips' resource."""
    resource: str | None = Field(default=None, examples=["nvidia.com/gpu"])
    """Extended resource by which pods ask for the chips; the usual one when left out."""
    max_nodes: Replicas
    """Most nodes that there can be."""
    disk_gib: Positive
    """Disk of a node for images and models, GiB."""
    driver: int | None = Field(default=None, ge=450, examples=[580])
    """Branch of the NVIDIA driver on the nodes, which `nvidia-smi` prints; not judged when left out."""

    @property
    def taint_triples(self) -> list[tuple[str, str, str]]:
        """Key, value (any if empty) and effect of each taint."""
        return [(taint.key, taint.value or "", taint.effect) for taint in self.taints]


class ManagedPrometheus(Settings):
    """Google Cloud's managed collection, with its custom metrics adapter: both are the cluster's own."""

    type: Literal["managed-prometheus"]


class OwnPrometheus(Settings):
    """kube-prometheus-stack and what acts on it, which Slipway installs: the cluster has none."""

    type: Literal["kube-prometheus-stack"]


class InstalledPrometheus(Settings):
    """A Prometheus and an adapter that the cluster has. Slipway adds monitors and rules with the labels that it reads,
    and a dashboard for each engine beside it."""

    type: Literal["installed-prometheus"]
    kube_prometheus_stack: InstalledChart
    """The release of kube-prometheus-stack."""
    prometheus_adapter: InstalledChart
    """The release of prometheus-adapter, whose rules serve what autoscalers follow."""


class ExistingClusterArgs(Settings):
    """The cluster, how it is reached, and what it has already."""

    provider: Literal["existing"]

    access: Annotated[Context | Kubeconfig, Field(discriminator="source")]
    """How Pulumi reaches it."""
    pools: dict[PoolName, ExistingPoolArgs] = Field(min_length=1)
    """Nodes by a name of your choice."""
    metrics: Annotated[ManagedPrometheus | InstalledPrometheus | OwnPrometheus, Field(discriminator="type")] = (
        OwnPrometheus(type="kube-prometheus-stack")
    )
    """What collects series and serves them to autoscalers."""
    claim: ObjectName | None = None
    """PersistentVolumeClaim of the servers' namespace that all their pods can mount, for the files of models; without
    one, each replica keeps its files on its node."""
    present: tuple[
        Literal["aws-load-balancer-controller", "gpu-operator", "leader-worker-set", "metrics-server", "nim-operator"],
        ...,
    ] = ()
    """Add-ons that the cluster has; Slipway installs the others, except for the AWS Load Balancer Controller, which is
    needed if a server is exposed. The GPU operator stands for any device plugin of NVIDIA."""
    storage_class: ObjectName | None = None
    """StorageClass of the volume that Prometheus keeps its series on; the cluster's default when left out."""
