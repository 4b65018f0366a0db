"""GPU nodes that Karpenter makes: a NodePool and an EC2NodeClass for each pool of the stack."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from catalog.machines import GPU_RESOURCE, MACHINES
from catalog.versions import EKS_AMI
from checks.placement import RESERVED, machine_findings
from components.custom_resources import custom_resource
from components.custom_resources.karpenter import (
    AmiSelectorTerm,
    BlockDevice,
    BlockDeviceMapping,
    CapacityReservationTerm,
    Disruption,
    DisruptionBudget,
    EC2NodeClass,
    NodeClaimMetadata,
    NodeClaimSpec,
    NodeClaimTemplate,
    NodeClassReference,
    NodeInterface,
    NodePool,
    NodeTaint,
    PlacementGroupSelector,
    Requirement,
    SelectorTerm,
)
from components.eks import gpu_nodes
from components.eks.fabric import Fabric
from components.eks.gpu_nodes import PRESENT
from components.eks.network import DISCOVERY
from components.eks.settings import IDLE_MINUTES, CapacityBlock, GpuPoolArgs, Reservation
from components.workload import Accelerator

DELETION = pulumi.CustomTimeouts(delete="30m")
"""Time for the nodes of a pool to drain and end: its NodePool and its EC2NodeClass stay as long as it has nodes."""


class KarpenterGpuPool(pulumi.ComponentResource):
    """Nodes with GPUs of one type, made when pods wait for them and removed once they are empty.

    Karpenter moves no replica to save a node: one that serves takes minutes to load its model elsewhere.

    Attributes:
        node_pool: the nodes.
    """

    node_pool: k8s.apiextensions.CustomResource

    def __init__(
        self,
        name: str,
        args: GpuPoolArgs,
        *,
        cluster: str,
        instance_profile: str,
        subnets: Mapping[str, aws.ec2.Subnet],
        ready: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Take the subnets by zone."""
        super().__init__("slipway:eks:KarpenterGpuPool", name, None, opts)
        if findings := machine_findings(
            name, [args.instance_type], args.capacity.type, provider="eks", machine_key="instanceType"
        ):
            raise pulumi.RunError("\n".join(map(str, findings)))
        fabric = None
        if args.efa:
            vpc = next(iter(subnets.values())).vpc_id
            child = pulumi.ResourceOptions(parent=self)
            fabric = Fabric(name, cluster=cluster, vpc=vpc, capacity=args.capacity, opts=child)
        node_class = custom_resource(
            name,
            _node_class(name, args, cluster, instance_profile, fabric),
            metadata={"name": name, "annotations": {"pulumi.com/waitFor": "condition=Ready"}},
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*ready, *(fabric.ready if fabric else [])],
                custom_timeouts=DELETION,
            ),
        )
        self.node_pool = custom_resource(
            name,
            _node_pool(name, args, list(subnets)),
            metadata={"name": name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[node_class], custom_timeouts=DELETION),
        )
        self._name = name
        self.register_outputs({})

    def accelerator(
        self, gpus: int, *, memory_gib: int, shared_memory_gib: int, device_plugin: pulumi.Resource | None
    ) -> Accelerator:
        """Return what a pod asks for to get this many GPUs of one node here."""
        return gpu_nodes.accelerator(
            self._name,
            gpus,
            memory_gib=memory_gib,
            shared_memory_gib=shared_memory_gib,
            nodes=[self.node_pool, *([device_plugin] if device_plugin else [])],
        )


def _node_class(
    name: str, args: GpuPoolArgs, cluster: str, instance_profile: str, fabric: Fabric | None
) -> EC2NodeClass:
    machine = MACHINES[args.instance_type]
    root = BlockDevice(volume_size=f"{args.root_volume_gib}Gi")
    groups = [cluster, *([fabric.tag] if fabric else [])]
    reservation = args.capacity.id if isinstance(args.capacity, Reservation | CapacityBlock) else None
    interfaces = [
        NodeInterface(network_card_index=each.card, device_index=each.device, interface_type=each.type)
        for each in machine.efa_interfaces
    ]
    placement = fabric.placement_group if fabric else None
    return EC2NodeClass(
        ami_selector_terms=[AmiSelectorTerm(alias=f"al2023@{EKS_AMI}")],
        subnet_selector_terms=[SelectorTerm(tags={DISCOVERY: cluster})],
        security_group_selector_terms=[SelectorTerm(tags={DISCOVERY: group}) for group in groups],
        capacity_reservation_selector_terms=[CapacityReservationTerm(id=reservation)] if reservation else None,
        placement_group_selector=PlacementGroupSelector(name=placement) if placement else None,
        instance_profile=instance_profile,
        block_device_mappings=[BlockDeviceMapping(device_name="/dev/xvda", ebs=root)],
        instance_store_policy="RAID0" if machine.images_on_local_disks else None,
        network_interfaces=interfaces if fabric else None,
        tags={"Name": name},
    )


def _node_pool(name: str, args: GpuPoolArgs, zones: list[str]) -> NodePool:
    machine, bought = MACHINES[args.instance_type], args.capacity.type
    capacity = "reserved" if bought in RESERVED else bought
    return NodePool(
        template=NodeClaimTemplate(
            metadata=NodeClaimMetadata(labels=gpu_nodes.labels(name, args)),
            spec=NodeClaimSpec(
                node_class_ref=NodeClassReference(name=name),
                requirements=[
                    Requirement(key="node.kubernetes.io/instance-type", values=[machine.name]),
                    Requirement(key="karpenter.sh/capacity-type", values=[capacity]),
                    Requirement(key="topology.kubernetes.io/zone", values=zones),
                ],
                taints=[NodeTaint(key=GPU_RESOURCE, value=PRESENT, effect="NoSchedule")],
                expire_after="Never",
            ),
        ),
        disruption=Disruption(
            consolidation_policy="WhenEmpty",
            consolidate_after=f"{IDLE_MINUTES}m",
            budgets=[DisruptionBudget(nodes="1")],
        ),
        limits={GPU_RESOURCE: args.max_nodes * machine.chips},
    )
