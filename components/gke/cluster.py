"""The GKE cluster, Standard or Autopilot, and the provider through which everything in it is made."""

from typing import Any

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.gke.encryption import SecretsKey
from components.gke.identity import SCOPES, NodeIdentity
from components.gke.network import PODS, SERVICES, Network, webhook_rule
from components.gke.project import Project
from components.gke.settings import (
    AutopilotClusterArgs,
    ClusterArgs,
    DnsAccess,
    IpAccess,
    MaintenanceWindow,
    StandardClusterArgs,
)
from components.gke.system_pool import system_node_pool


class GkeCluster(pulumi.ComponentResource):
    """A private, VPC-native cluster with Workload Identity, managed Prometheus and the Cloud Storage FUSE driver.

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
        project: Project,
        network: Network,
        identity: NodeIdentity,
        secret_manager: bool = False,
        webhook_port: int | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            webhook_port: where pods listen that the control plane asks before it admits an object.
        """
        super().__init__("slipway:gke:GkeCluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        before: list[pulumi.Resource] = [project.apis["container"], network.nat, identity.grant]

        encryption: dict[str, Any] = {}
        if args.encrypt_secrets:
            key = SecretsKey(name, location=args.location, project=project, opts=child)
            encryption = {"database_encryption": {"state": "ENCRYPTED", "key_name": key.name}}
            before.append(key.grant)

        cluster = gcp.container.Cluster(
            name,
            location=args.location,
            min_master_version=args.min_version,
            release_channel={"channel": args.release_channel.upper()},
            network=network.network,
            subnetwork=network.subnetwork,
            ip_allocation_policy={"cluster_secondary_range_name": PODS, "services_secondary_range_name": SERVICES},
            private_cluster_config={"enable_private_nodes": True},
            cost_management_config={"enabled": True},
            secret_manager_config={"enabled": True} if secret_manager else None,
            deletion_protection=args.deletion_protection,
            **_access(args.access),
            **_maintenance(args.maintenance_window),
            **encryption,
            **_mode(args, project.workload_pool, identity.email),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=before,
                # Standard: GKE reports the first pool's settings here once the default pool is gone.
                ignore_changes=["nodeConfig"] if args.mode == "standard" else None,
            ),
        )
        self._project = project
        self.id = cluster.id
        self.name = cluster.name
        self.location = args.location
        dns = isinstance(args.access, DnsAccess)
        self.credentials_command = pulumi.Output.format(
            "gcloud container clusters get-credentials {name} --location {location} --project {project}{dns}",
            name=cluster.name,
            location=args.location,
            project=project.id,
            dns=" --dns-endpoint" if dns else "",
        )
        ready: list[pulumi.Resource] = []
        if webhook_port:
            ready.append(webhook_rule(name, webhook_port, cluster.private_cluster_config, network, child))
        if isinstance(args, StandardClusterArgs):
            ready.append(system_node_pool(name, args.system_pool, cluster=cluster, email=identity.email, opts=child))
        self.provider = k8s.Provider(
            name,
            kubeconfig=_kubeconfig(cluster, dns=dns),
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


def _access(access: IpAccess | DnsAccess) -> dict[str, Any]:
    if isinstance(access, DnsAccess):
        return {
            "control_plane_endpoints_config": {
                "dns_endpoint_config": {"allow_external_traffic": True},
                "ip_endpoints_config": {"enabled": False},
            }
        }
    blocks = [{"display_name": name, "cidr_block": cidr} for name, cidr in access.authorized_networks.items()]
    # Otherwise whoever rents a machine of Google Cloud comes from an address that is let in.
    return {"master_authorized_networks_config": {"cidr_blocks": blocks, "gcp_public_cidrs_access_enabled": False}}


def _maintenance(window: MaintenanceWindow | None) -> dict[str, Any]:
    if window is None:
        return {}
    start, end = window.first
    return {
        "maintenance_policy": {
            "recurring_window": {
                "start_time": start,
                "end_time": end,
                "recurrence": f"FREQ=WEEKLY;BYDAY={','.join(window.days)}",
            }
        }
    }


def _mode(
    args: StandardClusterArgs | AutopilotClusterArgs, workload_pool: str, node_email: pulumi.Output[str]
) -> dict[str, Any]:
    nodes = {"service_account": node_email, "oauth_scopes": SCOPES}
    if isinstance(args, AutopilotClusterArgs):
        return {"enable_autopilot": True, "cluster_autoscaling": {"auto_provisioning_defaults": nodes}}
    return {
        "initial_node_count": 1,
        "remove_default_node_pool": True,
        "node_config": nodes,
        "workload_identity_config": {"workload_pool": workload_pool},
        "addons_config": {"gcs_fuse_csi_driver_config": {"enabled": True}},
        "monitoring_config": {
            "enable_components": ["SYSTEM_COMPONENTS"],
            "managed_prometheus": {"enabled": True},
        },
        "vertical_pod_autoscaling": {"enabled": True},
        "datapath_provider": "ADVANCED_DATAPATH" if args.dataplane_v2 else "LEGACY_DATAPATH",
        "master_auth": {"client_certificate_config": {"issue_client_certificate": False}},
    }


def _kubeconfig(cluster: gcp.container.Cluster, *, dns: bool) -> pulumi.Output[str]:
    """Return a kubeconfig without credentials: the plugin on PATH fetches a token of whoever runs Pulumi."""
    if dns:
        host = cluster.control_plane_endpoints_config.dns_endpoint_config.endpoint
        server: dict[str, Any] = {"server": pulumi.Output.format("https://{host}", host=host)}
    else:
        server = {
            "server": pulumi.Output.format("https://{endpoint}", endpoint=cluster.endpoint),
            "certificate-authority-data": cluster.master_auth.cluster_ca_certificate,
        }
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "gke-gcloud-auth-plugin",
            "installHint": "gcloud components install gke-gcloud-auth-plugin",
            "provideClusterInfo": True,
            "interactiveMode": "Never",
        }
    }
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "gke", "cluster": server}],
            "users": [{"name": "gke", "user": user}],
            "contexts": [{"name": "gke", "context": {"cluster": "gke", "user": "gke"}}],
            "current-context": "gke",
        }
    )
