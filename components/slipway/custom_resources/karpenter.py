"""The objects of Karpenter on AWS.

Source: the definitions in aws/karpenter-provider-aws:pkg/apis/crds at v1.14.1; what Slipway does not use is left out.
"""

from typing import Annotated, Literal

from pydantic import Field

from slipway.checks.settings import Count, Positive, Settings

Duration = Annotated[str, Field(pattern=r"^(([0-9]+(s|m|h))+|Never)$")]


class Requirement(Settings):
    """Values of a label that nodes may have."""

    key: str = Field(min_length=1)
    operator: Literal["In"] = "In"
    values: list[str] = Field(min_length=1)


class NodeTaint(Settings):
    """What keeps pods without a toleration for it off a node."""

    key: str
    value: str
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class NodeClassReference(Settings):
    """The EC2NodeClass of a NodePool."""

    group: Literal["karpenter.k8s.aws"] = "karpenter.k8s.aws"
    kind: Literal["EC2NodeClass"] = "EC2NodeClass"
    name: str


class NodeClaimSpec(Settings):
    """A node to be made."""

    node_class_ref: NodeClassReference
    requirements: list[Requirement] = Field(min_length=1)
    taints: list[NodeTaint]
    expire_after: Duration
    """Age at which a node is drained and goes, whatever runs on it."""


class NodeClaimMetadata(Settings):
    """What each node carries."""

    labels: dict[str, str]


class NodeClaimTemplate(Settings):
    """All nodes of a pool."""

    metadata: NodeClaimMetadata
    spec: NodeClaimSpec


class DisruptionBudget(Settings):
    """How many nodes may be disrupted at once by Karpenter's own will."""

    nodes: str = Field(pattern=r"^((100|[0-9]{1,2})%|[0-9]+)$")


class Disruption(Settings):
    """When a node goes by Karpenter's own will."""

    consolidation_policy: Literal["WhenEmpty", "WhenEmptyOrUnderutilized"]
    consolidate_after: Duration
    budgets: list[DisruptionBudget] = Field(min_length=1)


class NodePool(Settings):
    """Nodes alike that Karpenter makes for pods that wait (`karpenter.sh/v1`)."""

    template: NodeClaimTemplate
    disruption: Disruption
    limits: dict[str, Positive] = Field(min_length=1)
    """Most of each resource that the nodes may have together."""


class SelectorTerm(Settings):
    """Subnets or security groups that carry all of these tags, or have this id."""

    tags: dict[str, str] | None = Field(default=None, min_length=1)
    id: str | None = None


class AmiSelectorTerm(Settings):
    """A released image of a family."""

    alias: str = Field(pattern=r"^al2023@v\d{8}$")
    """Family and release; Karpenter takes the family's variant for the machine, with the NVIDIA driver for GPUs."""


class CapacityReservationTerm(Settings):
    """A reservation or a capacity block."""

    id: str = Field(pattern=r"^cr-[0-9a-z]+$")


class PlacementGroupSelector(Settings):
    """The placement group of all nodes."""

    name: str


class BlockDevice(Settings):
    """An EBS volume."""

    volume_size: str = Field(pattern=r"^[1-9][0-9]*Gi$")
    volume_type: Literal["gp3"] = "gp3"
    encrypted: bool = True
    delete_on_termination: bool = True


class BlockDeviceMapping(Settings):
    """A disk of a node."""

    device_name: str
    ebs: BlockDevice


class MetadataOptions(Settings):
    """The instance's metadata service."""

    http_endpoint: Literal["enabled"] = "enabled"
    http_tokens: Literal["required"] = "required"
    http_put_response_hop_limit: Positive = 1


class NodeInterface(Settings):
    """A network interface."""

    network_card_index: Count
    device_index: Count
    interface_type: Literal["interface", "efa-only"]


class EC2NodeClass(Settings):
    """What EC2 instances Karpenter makes of a NodePool's nodes (`karpenter.k8s.aws/v1`)."""

    ami_selector_terms: list[AmiSelectorTerm] = Field(min_length=1, max_length=1)
    subnet_selector_terms: list[SelectorTerm] = Field(min_length=1)
    security_group_selector_terms: list[SelectorTerm] = Field(min_length=1)
    capacity_reservation_selector_terms: list[CapacityReservationTerm] | None = None
    placement_group_selector: PlacementGroupSelector | None = None
    instance_profile: str = Field(min_length=1)
    block_device_mappings: list[BlockDeviceMapping] = Field(min_length=1)
    instance_store_policy: Literal["RAID0"] | None = None
    """`RAID0` puts the folders of containerd and of the kubelet on the machine's own disks."""
    network_interfaces: list[NodeInterface] | None = None
    metadata_options: MetadataOptions = MetadataOptions()
    tags: dict[str, str]
