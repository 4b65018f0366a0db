"""The Cluster Autoscaler: adds nodes of a group while pods wait for them, and removes those that stay empty."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from slipway.addons.monitoring_settings import SELECTED
from slipway.addons.release import release
from slipway.addons.spread import spread
from slipway.catalog.versions import CLUSTER_AUTOSCALER_CHART
from slipway.eks.identity import pod_role
from slipway.eks.settings import IDLE_MINUTES

NAME = "cluster-autoscaler"
NAMESPACE = "kube-system"


class ClusterAutoscaler(pulumi.ComponentResource):
    """The chart of kubernetes/autoscaler, with Pod Identity; it finds groups by the tags that EKS puts on them.

    Attributes:
        release: moves the nodes; whatever may wait for nodes is created after it.
    """

    release: k8s.helm.v3.Release

    def __init__(
        self,
        name: str,
        *,
        image_tag: str,
        cluster: pulumi.Input[str],
        region: str,
        ready: Sequence[pulumi.Resource] = (),
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:ClusterAutoscaler", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        statements = pulumi.Output.from_input(cluster).apply(_statements)
        role = pod_role(f"{name}-autoscaler", statements=statements, opts=child)
        identity = aws.eks.PodIdentityAssociation(
            name,
            cluster_name=cluster,
            namespace=NAMESPACE,
            service_account=NAME,
            role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=role.grants),
        )
        self.release = release(
            f"{name}-autoscaler",
            release_name=NAME,
            chart=NAME,
            repository="https://kubernetes.github.io/autoscaler",
            version=CLUSTER_AUTOSCALER_CHART,
            namespace=NAMESPACE,
            own={
                "fullnameOverride": NAME,
                "cloudProvider": "aws",
                "awsRegion": region,
                "autoDiscovery": {"clusterName": cluster},
                "image": {"tag": image_tag},
                "rbac": {"serviceAccount": {"name": NAME}},
                "replicaCount": 2,
                "serviceMonitor": {"enabled": True, "namespace": NAMESPACE, "selector": SELECTED},
                "topologySpreadConstraints": spread({"app.kubernetes.io/instance": NAME}),
                "extraArgs": {
                    "balance-similar-node-groups": True,
                    "expander": "least-waste",
                    "scale-down-unneeded-time": f"{IDLE_MINUTES}m",
                    "skip-nodes-with-system-pods": False,
                },
                "resources": {"requests": {"cpu": "100m", "memory": "300Mi"}, "limits": {"memory": "600Mi"}},
            },
            values=values,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[identity, *ready]),
        )
        self.register_outputs({})


def _statements(cluster: str) -> Sequence[Mapping[str, Any]]:
    """Return what the autoscaler may: look at everything that describes nodes, and resize this cluster's groups."""
    return [
        {
            "Effect": "Allow",
            "Action": [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
                "eks:DescribeNodegroup",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"},
            },
        },
    ]
