"""What the components of Google Cloud take of one another: Inputs, which a program with its own may write by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_gcp as gcp


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectWires:
    """A project.

    Attributes:
        id: the project's id, such as `my-project`.
        number: the project's number, which principals carry in their path.
        apis: what switches an API on, by its short name; one that is on already needs nothing.
    """

    id: str
    number: pulumi.Input[str]
    apis: Mapping[str, pulumi.Resource] = field(default_factory=dict[str, pulumi.Resource])

    @property
    def workload_pool(self) -> str:
        """The pool of all Kubernetes service accounts of the project; its first cluster makes it."""
        return f"{self.id}.svc.id.goog"

    def api(self, name: str) -> list[pulumi.Resource]:
        """Return what must exist before an API can be called."""
        return [self.apis[name]] if name in self.apis else []


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkWires:
    """A VPC with a subnet for a cluster; of a Shared VPC, ids name the project that has it.

    Attributes:
        network: id of the VPC.
        subnetwork: id of the subnet.
        nodes: the subnet's range, which nodes have.
        pods: name of its secondary range for pods.
        services: name of that for Services.
        project: id of the project that has the VPC and its firewall rules; the provider's if None.
        ready: what a node needs before it can pull from outside Google.
    """

    network: pulumi.Input[str]
    subnetwork: pulumi.Input[str]
    nodes: str
    pods: pulumi.Input[str] = "pods"
    services: pulumi.Input[str] = "services"
    project: pulumi.Input[str] | None = None
    ready: Sequence[pulumi.Resource] = ()

    @property
    def ip_allocation(self) -> gcp.container.ClusterIpAllocationPolicyArgsDict:
        """Where a cluster's pods and Services have their addresses."""
        return {"cluster_secondary_range_name": self.pods, "services_secondary_range_name": self.services}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityWires:
    """The service account that nodes are.

    Attributes:
        email: the account.
        ready: what a node needs before it can report that it is ready.
    """

    email: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()
