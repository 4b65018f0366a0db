"""The GKE cluster, Standard or Autopilot, and the provider through which everything in it is made."""

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from slipway.gke.cluster_inputs import of_settings
from slipway.gke.credentials import credentials_command, kubeconfig
from slipway.gke.encryption import SecretsKey
from slipway.gke.network import webhook_rule
from slipway.gke.settings import (
    ClusterArgs,
    StandardClusterArgs,
)
from slipway.gke.system_pool import system_node_pool
from slipway.gke.wires import IdentityWires, NetworkWires, ProjectWires


class GkeCluster(pulumi.ComponentResource):
    """A private, VPC-native cluster with Workload Identity, managed Prometheus and the Cloud Storage FUSE driver.

    Args:
        secrets_key: full name of the Cloud KMS key under which Secrets are encrypted, where it exists; GKE's service
            agent must be allowed to use it.
        webhook_port: where pods listen that the control plane asks before it admits an object.
        state_metrics: whether alerts ask for the state of Deployments, autoscalers and pods.

    Attributes:
        id: the cluster, as node pools name it.
        name: the cluster's name.
        location: its zone or region.
        credentials_command: what a person runs to reach it with kubectl.
        provider: makes Kubernetes objects in it, on nodes without accelerators; its identity is the cluster's, so
            that a new address alone replaces nothing.
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    location: str
    credentials_command: pulumi.Output[str]
    provider: k8s.Provider

    def __init__(
        self,
        name: str,
        args: ClusterArgs,
        *,
        project: ProjectWires,
        network: NetworkWires,
        identity: IdentityWires,
        secrets_key: pulumi.Input[str] | None = None,
        secret_manager: bool = False,
        webhook_port: int | None = None,
        state_metrics: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:GkeCluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        before: list[pulumi.Resource] = [*project.api("container"), *network.ready, *identity.ready]

        if secrets_key is None and args.encrypt_secrets:
            key = SecretsKey(name, location=args.location, project=project, opts=child)
            secrets_key = key.name
            before.append(key.grant)

        cluster = gcp.container.Cluster(
            name,
            location=args.location,
            min_master_version=args.min_version,
            release_channel={"channel": args.release_channel.upper()},
            network=network.network,
            subnetwork=network.subnetwork,
            ip_allocation_policy=network.ip_allocation,
            private_cluster_config={"enable_private_nodes": True},
            cost_management_config={"enabled": True},
            secret_manager_config={"enabled": True} if secret_manager else None,
            deletion_protection=args.deletion_protection,
            database_encryption={"state": "ENCRYPTED", "key_name": secrets_key} if secrets_key is not None else None,
            **of_settings(args, project.workload_pool, identity.email, state_metrics=state_metrics),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=before,
                # Standard: GKE reports the first pool's settings here once the default pool is gone.
                ignore_changes=["nodeConfig"] if args.mode == "standard" else None,
            ),
        )
        self._project = project
        self.id, self.name = cluster.id, cluster.name
        self.location = args.location
        self.credentials_command = credentials_command(cluster, args, project.id)
        ready: list[pulumi.Resource] = []
        if webhook_port:
            ready.append(webhook_rule(name, webhook_port, cluster.private_cluster_config, network, child))
        if isinstance(args, StandardClusterArgs):
            ready.append(system_node_pool(name, args.system_pool, cluster=cluster, email=identity.email, opts=child))
        self.provider = k8s.Provider(
            name,
            kubeconfig=kubeconfig(cluster, args.access),
            cluster_identifier=cluster.id,
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        self.register_outputs({"name": self.name})

    def principal(self, namespace: str, service_account: str) -> pulumi.Output[str]:
        """Return the IAM member that a Kubernetes service account is, without any Google service account between.

        The path holds the project's number and the pool's name its id. IAM refuses a member of a pool that no cluster
        has made yet, so the value comes from the cluster
        (https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity).
        """
        workload_pool = self._project.workload_pool
        return pulumi.Output.format(
            "principal://iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/"
            "{pool}/subject/ns/{namespace}/sa/{service_account}",
            number=self._project.number,
            pool=self.id.apply(lambda _: workload_pool),
            namespace=namespace,
            service_account=service_account,
        )
