"""The EKS cluster, its add-ons, and the provider through which everything in it is made."""

from typing import cast

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from slipway.catalog.eks_releases import EKS_RELEASES
from slipway.catalog.versions import EKS_EBS_CSI, EKS_NODE_MONITORING_AGENT, EKS_POD_IDENTITY_AGENT
from slipway.eks.add_on import add_on, vpc_cni
from slipway.eks.credentials import credentials_command, kubeconfig
from slipway.eks.identity import ServiceRole, pod_role
from slipway.eks.node_group import node_role, system_node_group
from slipway.eks.settings import ClusterArgs
from slipway.eks.wires import NetworkWires

LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
KEY_DELETION_DAYS = 7
ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


class EksCluster(pulumi.ComponentResource):
    """A cluster with private nodes, encrypted Secrets, access entries in place of the aws-auth map, and Pod Identity.

    The add-ons that give a node its network are there before any node, those that are pods come after the system nodes.

    Args:
        secrets_key: ARN of the KMS key that encrypts Secrets, where it exists.

    Attributes:
        name: the cluster's name.
        arn: the cluster.
        security_group: EKS's own, of the control plane and of every node; whoever is in it may talk to the others.
        system_nodes: the nodes without accelerators, on which add-ons run.
        node_role: what node groups run as.
        credentials_command: what a person runs to reach it with kubectl.
        provider: makes Kubernetes objects in it, on nodes without accelerators; its identity is the cluster's, so
            that a new address alone replaces nothing.
        ready: the add-ons that a node needs before it can be used.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    security_group: pulumi.Output[str]
    system_nodes: aws.eks.NodeGroup
    node_role: ServiceRole
    credentials_command: pulumi.Output[str]
    provider: k8s.Provider
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        args: ClusterArgs,
        *,
        region: str,
        profile: str | None,
        network: NetworkWires,
        secrets_key: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:eks:EksCluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        release = EKS_RELEASES[args.version]

        cluster = _control_plane(name, args, network, secrets_key, child)
        self.name, self.arn = cluster.name, cluster.arn
        # Optional in the SDK, since it is an input's type too; AWS always names the group.
        self.security_group = cluster.vpc_config.apply(lambda config: cast(str, config.cluster_security_group_id))
        for administrator, arn in args.administrators.items():
            _administrator(f"{name}-{administrator}", arn, cluster, child)

        self.ready = [
            add_on(name, "eks-pod-identity-agent", EKS_POD_IDENTITY_AGENT, cluster.name, opts=child),
            add_on(name, "kube-proxy", release.kube_proxy, cluster.name, opts=child),
            vpc_cni(name, cluster.name, opts=child),
        ]
        self.node_role = node_role(f"{name}-nodes", opts=child)
        self.system_nodes = system_node_group(
            f"{name}-system",
            args.system_pool,
            cluster=cluster.name,
            role=self.node_role.wires,
            subnets=[network.subnets[zone] for zone in args.system_pool.zones] or network.home_subnets,
            release=release,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*self.ready, *network.ready]),
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[self.system_nodes])
        ebs = pod_role(f"{name}-ebs-csi", managed=["service-role/AmazonEBSCSIDriverPolicy"], opts=child)
        account = "ebs-csi-controller-sa"
        on_nodes: list[pulumi.Resource] = [
            add_on(name, "coredns", release.coredns, cluster.name, opts=after),
            # Node repair acts on what it reports: without it, on no fault of a GPU.
            add_on(name, "eks-node-monitoring-agent", EKS_NODE_MONITORING_AGENT, cluster.name, opts=after),
            add_on(name, "aws-ebs-csi-driver", EKS_EBS_CSI, cluster.name, accounts=[account], role=ebs, opts=after),
        ]
        self.credentials_command = credentials_command(cluster, region, profile)
        self.provider = k8s.Provider(
            name,
            kubeconfig=kubeconfig(cluster, region, profile),
            cluster_identifier=cluster.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=on_nodes),
        )
        self.register_outputs({"name": self.name})


def _control_plane(
    name: str,
    args: ClusterArgs,
    network: NetworkWires,
    secrets_key: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> aws.eks.Cluster:
    key = secrets_key if secrets_key is not None else _key(name, opts)
    use_key = {
        "Effect": "Allow",
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
    }
    role = ServiceRole(
        f"{name}-cluster",
        service="eks.amazonaws.com",
        managed=["AmazonEKSClusterPolicy"],
        statements=pulumi.Output.from_input(key).apply(lambda arn: [{**use_key, "Resource": arn}]),
        opts=opts,
    )
    # EKS would make the group itself, and keep what is in it for ever.
    logs = aws.cloudwatch.LogGroup(name, name=f"/aws/eks/{name}/cluster", retention_in_days=args.log_days, opts=opts)
    endpoint: aws.eks.ClusterVpcConfigArgsDict = {
        "subnet_ids": network.home_subnets,
        "endpoint_private_access": True,
        "endpoint_public_access": bool(args.public_access),
    }
    if args.public_access:
        endpoint["public_access_cidrs"] = list(args.public_access.values())
    return aws.eks.Cluster(
        name,
        name=name,
        role_arn=role.arn,
        version=args.version,
        access_config={
            "authentication_mode": "API",
            "bootstrap_cluster_creator_admin_permissions": True,
        },
        bootstrap_self_managed_addons=False,
        vpc_config=endpoint,
        encryption_config={"provider": {"key_arn": key}, "resources": ["secrets"]},
        enabled_cluster_log_types=LOGS,
        upgrade_policy={"support_type": "STANDARD"},
        deletion_protection=args.deletion_protection,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[logs, *role.grants])),
    )


def _key(name: str, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    return aws.kms.Key(
        name,
        description=f"Kubernetes Secrets of {name}",
        enable_key_rotation=True,
        deletion_window_in_days=KEY_DELETION_DAYS,
        opts=opts,
    ).arn


def _administrator(name: str, arn: str, cluster: aws.eks.Cluster, opts: pulumi.ResourceOptions) -> None:
    entry = aws.eks.AccessEntry(name, cluster_name=cluster.name, principal_arn=arn, opts=opts)
    aws.eks.AccessPolicyAssociation(
        name,
        cluster_name=cluster.name,
        principal_arn=entry.principal_arn,
        policy_arn=ADMINISTRATOR,
        access_scope={"type": "cluster"},
        opts=opts,
    )
