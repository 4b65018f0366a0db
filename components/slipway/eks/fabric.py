"""What EFA needs around the nodes of a pool: a security group of their own, and a place close to one another."""

import pulumi
import pulumi_aws as aws

from slipway.checks.placement import RESERVED
from slipway.eks.network import DISCOVERY
from slipway.eks.settings import Capacity


class Fabric(pulumi.ComponentResource):
    """Lets the EFA interfaces of a pool's nodes talk to one another and to nothing else.

    Reserved nodes get no placement group: theirs was chosen with the reservation, and EC2 finds no capacity in another.

    Attributes:
        security_group: of the EFA interfaces; EFA wants a rule to the group itself in both directions.
        placement_group: name of the group that keeps the nodes close, where they are free to be placed.
        tag: value of the security group's tag `karpenter.sh/discovery`.
        ready: what must exist before a node.
    """

    security_group: pulumi.Output[str]
    placement_group: str | None
    tag: str
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        cluster: str,
        vpc: pulumi.Input[str],
        capacity: Capacity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:eks:Fabric", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.tag = f"{cluster}-{name}"
        group = aws.ec2.SecurityGroup(
            name,
            description=f"EFA between the nodes of pool {name}",
            vpc_id=vpc,
            tags={"Name": self.tag, DISCOVERY: self.tag},
            opts=child,
        )
        self.ready = [
            rule(
                name,
                description=f"EFA between the nodes of pool {name}",
                security_group_id=group.id,
                referenced_security_group_id=group.id,
                ip_protocol="-1",
                opts=child,
            )
            for rule in (aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule)
        ]
        self.placement_group = None
        if capacity.type not in RESERVED:
            self.placement_group = self.tag
            self.ready.append(aws.ec2.PlacementGroup(name, name=self.tag, strategy="cluster", opts=child))
        self.security_group = group.id
        self.register_outputs({})
