"""An EKS cluster as it is created. It loads the AWS SDK."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import pulumi
import pulumi_aws as aws
from typing_extensions import override

from slipway.addons.load_balancer_controller import LoadBalancerController
from slipway.addons.monitor_definitions import MonitorDefinitions
from slipway.eks.bucket_access import BucketAccess
from slipway.eks.bucket_storage import BucketStorage
from slipway.eks.cluster import EksCluster
from slipway.eks.load_balancers import in_subnets
from slipway.eks.network import network_wires
from slipway.eks.network_settings import ExistingNetworkArgs
from slipway.eks.shared_storage import SharedStorage
from slipway.eks.storage import EbsStorage
from slipway.serving.exposure import ClusterOnly
from slipway.serving.site import Storage
from slipway.serving.storage import NodeDisk, SharedVolumes
from stacks.clusters.eks import EksStack
from stacks.clusters.eks.nodes import gpu_nodes
from stacks.clusters.prometheus import Addons, PrometheusGround
from stacks.outputs import ClusterOutputs
from stacks.surroundings import Surroundings


class EksGround(PrometheusGround):
    """The cluster with its network, its pools and its storage."""

    def __init__(self, stack: EksStack, surroundings: Surroundings) -> None:
        name, self._stack = stack.name, stack
        provider = aws.Provider(name, region=stack.region, profile=surroundings.profile)
        self._on_aws = on_aws = pulumi.ResourceOptions(provider=provider)
        self._network = network = network_wires(name, stack.network, opts=on_aws)
        self._cluster = cluster = EksCluster(
            name,
            stack.cluster,
            region=stack.region,
            profile=surroundings.profile,
            network=network,
            secrets_key=stack.encryption.secrets,
            opts=on_aws,
        )
        on_both = pulumi.ResourceOptions(providers=[provider, cluster.provider])
        definitions = MonitorDefinitions(name, opts=on_both).release
        self.pools = gpu_nodes(stack, network=network, cluster=cluster, definitions=definitions, opts=on_both)
        storage = EbsStorage(name, opts=on_both)
        if any(not isinstance(server.exposure, ClusterOnly) for server in stack.servers.values()):
            controller = LoadBalancerController(
                name,
                cluster=cluster.name,
                region=stack.region,
                vpc=network.vpc,
                ready=[definitions],
                values=stack.values.load_balancer_controller,
                opts=on_both,
            )
            self.load_balancers = replace(controller.load_balancers, sources=stack.network.ranges)
            if isinstance(stack.network, ExistingNetworkArgs):
                vpc = stack.network.existing
                private = [subnet.id for subnet in vpc.subnets.values()]
                named = in_subnets(private, [*vpc.public_subnets.values()])
                self.load_balancers = replace(self.load_balancers, annotations=named)
        super().__init__(
            stack,
            Addons(
                args=stack.monitoring,
                alert_address=surroundings.alert_address,
                values=stack.values,
                definitions=definitions,
                storage_class=storage.storage_class,
                wait_for_gpu_operator=stack.wait_for_gpu_operator,
            ),
            on_both,
        )

    @override
    def storage(self, namespace: pulumi.Input[str]) -> Storage:
        stack, cluster = self._stack, self._cluster
        if stack.weights:
            return BucketStorage(
                f"{stack.name}-bucket",
                stack.weights,
                cluster=cluster.name,
                region=stack.region,
                namespace=namespace,
                access=self._reading,
                ready=[cluster.system_nodes],
                opts=self.opts,
            )
        if stack.shared_storage is None:
            return NodeDisk()
        return SharedVolumes(
            SharedStorage(
                f"{stack.name}-shared",
                stack.shared_storage,
                cluster=cluster.name,
                security_group=cluster.security_group,
                network=self._network,
                namespace=namespace,
                key=stack.encryption.shared_storage,
                ready=[cluster.system_nodes],
                opts=self.opts,
            ).volumes
        )

    @override
    def bucket_access(self) -> Sequence[pulumi.Resource]:
        return self._reading

    @cached_property
    def _reading(self) -> Sequence[pulumi.Resource]:
        """What lets the servers' pods read buckets; nothing where there is none."""
        stack = self._stack
        uris = [*stack.bucket_uris.values(), *([f"s3://{stack.weights.bucket}"] if stack.weights else [])]
        if not uris:
            return ()
        return BucketAccess(
            f"{stack.name}-weights",
            uris,
            cluster=self._cluster.name,
            region=stack.region,
            network=self._network,
            namespace=stack.namespace,
            service_account=stack.service_account,
            opts=self._on_aws,
        ).ready

    @override
    def observe(self) -> ClusterOutputs:
        cluster = self._cluster
        return {
            "clusterName": cluster.name,
            "credentialsCommand": cluster.credentials_command,
            **super().observe(),
        }
