"""GPU node pools: EKS managed node groups on NVIDIA's variant of Amazon Linux 2023."""

from typing import Any

import pulumi
import pulumi_aws as aws

from catalog.gpu_machines import GPU_MACHINES, GPU_RESOURCE
from checks.gpu import machine_findings
from components.eks.identity import ServiceRole
from components.eks.node_group import launch_template, node_group
from components.eks.settings import Capacity, CapacityBlock, GpuPoolArgs, OnDemand, Reservation, Spot
from components.workload import POOL_LABEL, Accelerator

AMI_TYPE = "AL2023_x86_64_NVIDIA"
"""It has the driver and the container toolkit, and no device plugin."""

PRESENT = "present"


class GpuNodePool(pulumi.ComponentResource):
    """Nodes with GPUs of one type, autoscaled within the pool's bounds.

    Attributes:
        node_group: the nodes.
    """

    node_group: aws.eks.NodeGroup

    def __init__(
        self,
        name: str,
        args: GpuPoolArgs,
        *,
        cluster: pulumi.Input[str],
        role: ServiceRole,
        subnets: list[aws.ec2.Subnet],
        ready: list[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:eks:GpuNodePool", name, None, opts)
        if findings := machine_findings(name, args.instance_type, args.capacity.type):
            raise pulumi.RunError("\n".join(map(str, findings)))
        machine = GPU_MACHINES[args.instance_type]
        template = launch_template(
            name,
            args.instance_type,
            volume_gib=args.root_volume_gib,
            more=_market(args.capacity),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._name = name
        self.node_group = node_group(
            name,
            cluster=cluster,
            role=role,
            subnets=subnets,
            template=template,
            min_nodes=args.min_nodes,
            max_nodes=args.max_nodes,
            more={
                "ami_type": AMI_TYPE,
                "capacity_type": _CAPACITY_TYPES[args.capacity.type],
                "labels": {
                    POOL_LABEL: name,
                    GPU_RESOURCE: PRESENT,
                    # The Cluster Autoscaler waits for the GPUs of nodes that carry it.
                    "k8s.amazonaws.com/accelerator": f"nvidia-{machine.gpu.name}",
                },
                "taints": [{"key": GPU_RESOURCE, "value": PRESENT, "effect": "NO_SCHEDULE"}],
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        self.register_outputs({})

    def accelerator(
        self, gpus: int, *, memory_gib: int, shared_memory_gib: int, device_plugin: pulumi.Resource | None
    ) -> Accelerator:
        """Return what a pod asks for to get this many GPUs of one node here."""
        return Accelerator(
            resource=GPU_RESOURCE,
            count=gpus,
            hosts=1,
            node_selector={POOL_LABEL: self._name},
            memory_gib=memory_gib,
            shared_memory_gib=shared_memory_gib,
            nodes=[self.node_group, *([device_plugin] if device_plugin else [])],
        )


_CAPACITY_TYPES = {
    "on-demand": "ON_DEMAND",
    "reservation": "ON_DEMAND",
    "spot": "SPOT",
    "capacity-block": "CAPACITY_BLOCK",
}


def _market(capacity: Capacity) -> dict[str, Any]:
    """Return what the launch template says of it; spot is the node group's own affair, and refused in a template."""
    match capacity:
        case OnDemand() | Spot():
            return {}
        case Reservation(id=id):
            target = {"capacity_reservation_id": id}
            return {"capacity_reservation_specification": {"capacity_reservation_target": target}}
        case CapacityBlock(id=id):
            target = {"capacity_reservation_id": id}
            return {
                "instance_market_options": {"market_type": "capacity-block"},
                "capacity_reservation_specification": {"capacity_reservation_target": target},
            }
