"""Karpenter: makes a node when pods wait for one, and removes it once it is empty."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway.addons.interruption_queue import InterruptionQueue
from slipway.addons.karpenter_policy import controller_statements
from slipway.addons.monitoring_settings import MONITORED
from slipway.addons.release import release
from slipway.catalog.versions import KARPENTER
from slipway.eks.identity import ServiceRole, pod_role
from slipway.eks.network import DISCOVERY
from slipway.eks.node_group import node_role

NAME = "karpenter"
NAMESPACE = "kube-system"
RESOURCES = {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}
CHARTS = "oci://public.ecr.aws/karpenter"


class Karpenter(pulumi.ComponentResource):
    """The charts of aws/karpenter-provider-aws, and what they need in AWS.

    Its definitions are a release of their own: Helm updates none that lie beside a chart.

    Attributes:
        instance_profile: name of what its nodes run as.
        ready: what must exist before a NodePool and go after it: without the controller, nobody would terminate the
            nodes of one that is deleted.
    """

    instance_profile: str
    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        cluster: pulumi.Input[str],
        cluster_arn: pulumi.Input[str],
        region: str,
        security_group: pulumi.Input[str],
        replicas: int,
        ready: Sequence[pulumi.Resource] = (),
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:Karpenter", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        nodes = node_role(f"{name}-karpenter-nodes", opts=child)
        # Names of instance profiles are the account's, in all regions.
        self.instance_profile = f"{name}-{region}-karpenter-nodes"
        profile = aws.iam.InstanceProfile(name, name=self.instance_profile, role=nodes.name, opts=child)
        entry = aws.eks.AccessEntry(name, cluster_name=cluster, principal_arn=nodes.arn, type="EC2_LINUX", opts=child)
        tag = aws.ec2.Tag(name, resource_id=security_group, key=DISCOVERY, value=name, opts=child)
        queue = InterruptionQueue(f"{name}-interruptions", opts=child)
        identity = self._identity(name, cluster, cluster_arn, region, nodes, profile, queue)
        definitions = release(
            f"{name}-karpenter-crd",
            release_name=f"{NAME}-crd",
            chart=f"{CHARTS}/karpenter-crd",
            version=KARPENTER,
            namespace=NAMESPACE,
            own={},
            opts=child,
        )
        controller = release(
            f"{name}-karpenter",
            release_name=NAME,
            chart=f"{CHARTS}/karpenter",
            version=KARPENTER,
            namespace=NAMESPACE,
            skip_crds=True,
            own={
                "fullnameOverride": NAME,
                "replicas": replicas,
                "serviceAccount": {"name": NAME},
                # As node groups repair theirs: it replaces a node of which the monitoring agent reports a fault.
                "settings": {
                    "clusterName": cluster,
                    "interruptionQueue": queue.name,
                    "featureGates": {"nodeRepair": True},
                },
                "controller": {"resources": RESOURCES},
                "serviceMonitor": MONITORED,
            },
            values=values,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[identity, definitions, *ready, *queue.ready]),
        )
        self.ready = [controller, profile, entry, tag, *nodes.grants]
        self.register_outputs({})

    def _identity(
        self,
        name: str,
        cluster: pulumi.Input[str],
        cluster_arn: pulumi.Input[str],
        region: str,
        nodes: ServiceRole,
        profile: aws.iam.InstanceProfile,
        queue: InterruptionQueue,
    ) -> aws.eks.PodIdentityAssociation:
        statements = pulumi.Output.all(
            cluster=cluster,
            cluster_arn=cluster_arn,
            region=region,
            node_role=nodes.arn,
            instance_profile=profile.arn,
            queue=queue.arn,
        ).apply(lambda known: controller_statements(**known))
        role = pod_role(f"{name}-karpenter", statements=statements, opts=pulumi.ResourceOptions(parent=self))
        return aws.eks.PodIdentityAssociation(
            name,
            cluster_name=cluster,
            namespace=NAMESPACE,
            service_account=NAME,
            role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=role.grants),
        )
