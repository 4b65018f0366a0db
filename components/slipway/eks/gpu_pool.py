"""GPU node pools: EKS managed node groups on NVIDIA's variant of Amazon Linux 2023."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from slipway.catalog.eks_releases import EksRelease
from slipway.catalog.machines import EFA_RESOURCE, GPU_RESOURCE, Machine
from slipway.checks.placement import Pool, machine_findings
from slipway.eks import gpu_nodes
from slipway.eks.fabric import Fabric
from slipway.eks.facts import facts
from slipway.eks.gpu_nodes import PRESENT
from slipway.eks.node_group import launch_template, node_group
from slipway.eks.settings import Capacity, CapacityBlock, GpuPoolArgs, OnDemand, Reservation, Spot
from slipway.eks.wires import RoleWires
from slipway.workload import POOL_LABEL, Accelerator, Asked

AMI_TYPE = "AL2023_x86_64_NVIDIA"
"""It has the driver and the container toolkit, and no device plugin."""

TEMPLATE_RESOURCE = "k8s.io/cluster-autoscaler/node-template/resources"
"""Prefix of the tags that tell the Cluster Autoscaler of a group without nodes what a node of it would have."""


class GpuNodePool(pulumi.ComponentResource):
    """Nodes with GPUs of one type, autoscaled within the pool's bounds by the Cluster Autoscaler.

    Attributes:
        node_group: the nodes.
        facts: what is known of them, by which servers are judged.
    """

    facts: Pool
    node_group: aws.eks.NodeGroup

    def __init__(
        self,
        name: str,
        args: GpuPoolArgs,
        *,
        cluster: pulumi.Input[str],
        cluster_name: str,
        security_group: pulumi.Input[str],
        role: RoleWires,
        vpc: pulumi.Input[str],
        subnets: Sequence[pulumi.Input[str]],
        release: EksRelease,
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:eks:GpuNodePool", name, None, opts)
        if findings := machine_findings(name, args.instance_type, args.capacity.type, provider="eks"):
            raise pulumi.RunError("\n".join(map(str, findings)))
        self.facts = cast(Pool, facts(name, args))
        child = pulumi.ResourceOptions(parent=self)
        machine, mixed = self.facts.machine, len(args.instance_type) > 1
        fabric = None
        if args.efa:
            fabric = Fabric(name, cluster=cluster_name, vpc=vpc, capacity=args.capacity, opts=child)
        template = launch_template(
            name,
            None if mixed else machine.name,
            volume_gib=args.root_volume_gib,
            more={**_market(args.capacity), **_local_disks(machine), **_interfaces(machine, fabric, security_group)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=fabric.ready if fabric else []),
        )
        self._name, self._slice = name, machine.slice()
        self.node_group = node_group(
            name,
            cluster=cluster,
            role=role,
            subnets=subnets,
            template=template,
            release=release,
            min_nodes=args.min_nodes,
            max_nodes=args.max_nodes,
            more={
                "ami_type": AMI_TYPE,
                "capacity_type": _CAPACITY_TYPES[args.capacity.type],
                "labels": {
                    **gpu_nodes.labels(name, args),
                    # The Cluster Autoscaler waits for the GPUs of nodes that carry it.
                    "k8s.amazonaws.com/accelerator": f"nvidia-{machine.chip.name}",
                },
                "taints": [{"key": GPU_RESOURCE, "value": PRESENT, "effect": "NO_SCHEDULE"}],
                "tags": _template_tags(args, machine),
                **({"instance_types": list(args.instance_type)} if mixed else {}),
            },
            reserved=isinstance(args.capacity, Reservation | CapacityBlock),
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        self.register_outputs({})

    def accelerator(self, asked: Asked) -> Accelerator:
        """Return what pods ask for to get it here."""
        return asked.accelerator(self._slice, node_selector={POOL_LABEL: self._name}, nodes=[self.node_group])


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


def _local_disks(machine: Machine) -> dict[str, Any]:
    config = gpu_nodes.instance_store_config(machine)
    return {"user_data": b64encode(config.encode()).decode()} if config else {}


def _interfaces(machine: Machine, fabric: Fabric | None, security_group: pulumi.Input[str]) -> dict[str, Any]:
    """Return the network of a node with EFA: with interfaces listed, EKS adds the cluster's group to none of them."""
    if fabric is None:
        return {}
    groups = {"interface": security_group, "efa-only": fabric.security_group}
    interfaces = [
        {
            "network_card_index": interface.card,
            "device_index": interface.device,
            "interface_type": interface.type,
            "security_groups": [groups[interface.type]],
            "delete_on_termination": "true",
        }
        for interface in machine.efa_interfaces
    ]
    placement = {"placement": {"group_name": fabric.placement_group}} if fabric.placement_group else {}
    return {"network_interfaces": interfaces, **placement}


def _template_tags(args: GpuPoolArgs, machine: Machine) -> dict[str, str]:
    """Return what the autoscaler does not see of a machine; without the disk, no pod that asks for some would fit."""
    disk = int(machine.pod_disk_gib(machine.disk_gib(args.root_volume_gib)))
    efa = {f"{TEMPLATE_RESOURCE}/{EFA_RESOURCE}": str(machine.efa)} if args.efa else {}
    return {f"{TEMPLATE_RESOURCE}/ephemeral-storage": f"{disk}Gi", **efa}
