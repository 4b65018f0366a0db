"""GPU nodes that Karpenter makes: a NodePool and an EC2NodeClass for each pool of the stack."""

from collections.abc import Sequence
from typing import cast

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.machines import GPU_RESOURCE, MACHINES
from slipway.catalog.versions import EKS_AMI
from slipway.checks.placement import RESERVED, Pool, machine_findings
from slipway.custom_resources import custom_resource, late_custom_resource
from slipway.custom_resources.karpenter import (
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
from slipway.eks import gpu_nodes
from slipway.eks.fabric import Fabric
from slipway.eks.facts import facts
from slipway.eks.gpu_nodes import PRESENT
from slipway.eks.network import DISCOVERY
from slipway.eks.settings import IDLE_MINUTES, CapacityBlock, GpuPoolArgs, Reservation
from slipway.workload import POOL_LABEL, Accelerator, Asked

DELETION = pulumi.CustomTimeouts(delete="30m")
"""Time for the nodes of a pool to drain and end: its NodePool and its EC2NodeClass stay as long as it has nodes."""


class KarpenterGpuPool(pulumi.ComponentResource):
    """Nodes with GPUs of one type, made when pods wait for them and removed once they are empty.

    Karpenter moves no replica to save a node: one that serves takes minutes to load its model elsewhere.

    Attributes:
        node_pool: the nodes.
        facts: what is known of them, by which servers are judged.
    """

    facts: Pool
    node_pool: k8s.apiextensions.CustomResource

    def __init__(
        self,
        name: str,
        args: GpuPoolArgs,
        *,
        cluster: str,
        instance_profile: str,
        vpc: pulumi.Input[str],
        zones: Sequence[str],
        subnets: Sequence[pulumi.Input[str]] = (),
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Take the zones of the subnets, and their ids unless they carry the tag `DISCOVERY` and the cluster's name."""
        super().__init__("slipway:eks:KarpenterGpuPool", name, None, opts)
        if findings := machine_findings(name, args.instance_type, args.capacity.type, provider="eks"):
            raise pulumi.RunError("\n".join(map(str, findings)))
        self.facts = cast(Pool, facts(name, args))
        fabric = None
        if args.efa:
            child = pulumi.ResourceOptions(parent=self)
            fabric = Fabric(name, cluster=cluster, vpc=vpc, capacity=args.capacity, opts=child)
        node_class = late_custom_resource(
            name,
            EC2NodeClass,
            pulumi.Output.all(*subnets).apply(
                lambda ids: _node_class(name, args, cluster, instance_profile, fabric, ids)
            ),
            metadata={"name": name, "annotations": {"pulumi.com/waitFor": "condition=Ready"}},
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*ready, *(fabric.ready if fabric else [])],
                custom_timeouts=DELETION,
            ),
        )
        self.node_pool = custom_resource(
            name,
            _node_pool(name, args, list(zones)),
            metadata={"name": name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[node_class], custom_timeouts=DELETION),
        )
        self._name, self._slice = name, MACHINES[args.instance_type[0]].slice()
        self.register_outputs({})

    def accelerator(self, asked: Asked) -> Accelerator:
        """Return what pods ask for to get it here."""
        return asked.accelerator(self._slice, node_selector={POOL_LABEL: self._name}, nodes=[self.node_pool])


def _node_class(
    name: str,
    args: GpuPoolArgs,
    cluster: str,
    instance_profile: str,
    fabric: Fabric | None,
    subnets: Sequence[str],
) -> EC2NodeClass:
    machine = MACHINES[args.instance_type[0]]
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
        subnet_selector_terms=[SelectorTerm(id=each) for each in subnets] or [SelectorTerm(tags={DISCOVERY: cluster})],
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
    bought = args.capacity.type
    capacity = "reserved" if bought in RESERVED else bought
    most = max(MACHINES[name].chips for name in args.instance_type)
    return NodePool(
        template=NodeClaimTemplate(
            metadata=NodeClaimMetadata(labels=gpu_nodes.labels(name, args)),
            spec=NodeClaimSpec(
                node_class_ref=NodeClassReference(name=name),
                requirements=[
                    Requirement(key="node.kubernetes.io/instance-type", values=list(args.instance_type)),
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
        limits={GPU_RESOURCE: args.max_nodes * most},
    )
