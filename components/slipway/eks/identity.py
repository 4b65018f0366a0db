"""Who acts in AWS: the control plane, the nodes, and pods through Pod Identity."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway.eks.wires import RoleWires

POLICY = "arn:aws:iam::aws:policy/"


class ServiceRole(pulumi.ComponentResource):
    """An IAM role that an AWS service takes on, with managed policies and statements of its own.

    Attributes:
        arn: the role.
        name: the role's name.
        grants: what must exist before the role can do anything.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    grants: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        service: str,
        actions: Sequence[str] = ("sts:AssumeRole",),
        managed: Sequence[str] = (),
        statements: pulumi.Input[Sequence[Mapping[str, Any]]] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:eks:ServiceRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions)}
        role = aws.iam.Role(name, assume_role_policy=_document([trust]), opts=child)
        self.arn, self.name = role.arn, role.name
        self.grants = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy.rpartition('/')[2]}", role=role.name, policy_arn=f"{POLICY}{policy}", opts=child
            )
            for policy in managed
        ]
        if statements:
            policy = pulumi.Output.from_input(statements).apply(_document)
            self.grants.append(aws.iam.RolePolicy(name, role=role.name, policy=policy, opts=child))
        self.register_outputs({"arn": self.arn})

    @property
    def wires(self) -> RoleWires:
        """The role for whoever takes it on."""
        return RoleWires(arn=self.arn, ready=self.grants)


def pod_role(
    name: str,
    *,
    managed: Sequence[str] = (),
    statements: pulumi.Input[Sequence[Mapping[str, Any]]] = (),
    opts: pulumi.ResourceOptions,
) -> ServiceRole:
    """Return a role that pods get through EKS Pod Identity, which tags its sessions."""
    return ServiceRole(
        name,
        service="pods.eks.amazonaws.com",
        actions=("sts:AssumeRole", "sts:TagSession"),
        managed=managed,
        statements=statements,
        opts=opts,
    )


def _document(statements: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
