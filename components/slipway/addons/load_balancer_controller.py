"""The AWS Load Balancer Controller: what makes Network and Application Load Balancers of Services and Ingresses.

What it may do is in load_balancer_controller.json beside this file: the policy of its installation guide for v3.5.0,
without the statements for WAF, Shield and Cognito, which are off here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway.addons.definitions import definitions
from slipway.addons.monitoring_settings import MONITORED
from slipway.addons.release import release
from slipway.catalog.versions import LOAD_BALANCER_CONTROLLER
from slipway.eks.identity import pod_role
from slipway.eks.load_balancers import LOAD_BALANCERS
from slipway.serving.service import LoadBalancers

NAME = "aws-load-balancer-controller"
NAMESPACE = "kube-system"


class LoadBalancerController(pulumi.ComponentResource):
    """The chart of kubernetes-sigs/aws-load-balancer-controller, with Pod Identity.

    Attributes:
        load_balancers: how servers get theirs; they are created after the controller and deleted before it, so that
            it removes them.
    """

    load_balancers: LoadBalancers

    def __init__(
        self,
        name: str,
        *,
        cluster: pulumi.Input[str],
        region: str,
        vpc: pulumi.Input[str],
        ready: Sequence[pulumi.Resource] = (),
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:LoadBalancerController", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        statements = json.loads(Path(__file__).with_suffix(".json").read_text())
        role = pod_role(f"{name}-load-balancers", statements=statements, opts=child)
        identity = aws.eks.PodIdentityAssociation(
            f"{name}-load-balancers",
            cluster_name=cluster,
            namespace=NAMESPACE,
            service_account=NAME,
            role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=role.grants),
        )
        defined = definitions(f"{name}-load-balancers", NAME, LOAD_BALANCER_CONTROLLER, opts=child)
        controller = release(
            f"{name}-load-balancers",
            release_name=NAME,
            chart=NAME,
            repository="https://aws.github.io/eks-charts",
            version=LOAD_BALANCER_CONTROLLER,
            namespace=NAMESPACE,
            own={
                "fullnameOverride": NAME,
                "clusterName": cluster,
                # Pods need not reach the metadata service of their node.
                "region": region,
                "vpcId": vpc,
                "serviceAccount": {"name": NAME},
                "replicaCount": 2,
                "podDisruptionBudget": {"maxUnavailable": 1},
                # It would stand before each new Service of the cluster, and refuse all while its own pods are down.
                "enableServiceMutatorWebhook": False,
                "enableShield": False,
                "enableWaf": False,
                "enableWafv2": False,
                "keepTLSSecret": True,
                "serviceMonitor": MONITORED,
                "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}, "limits": {"memory": "500Mi"}},
            },
            values=values,
            skip_crds=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[identity, *defined, *ready]),
        )
        self.load_balancers = replace(LOAD_BALANCERS, ready=[controller])
        self.register_outputs({})
