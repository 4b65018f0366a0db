"""How a GKE cluster is reached: by Pulumi, and by a person with kubectl."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from slipway.gke.settings import ClusterArgs, DnsAccess, IpAccess


def credentials_command(cluster: gcp.container.Cluster, args: ClusterArgs, project: str) -> pulumi.Output[str]:
    """Return what a person runs to reach it."""
    return pulumi.Output.format(
        "gcloud container clusters get-credentials {name} --location {location} --project {project}{dns}",
        name=cluster.name,
        location=args.location,
        project=project,
        dns=" --dns-endpoint" if isinstance(args.access, DnsAccess) else "",
    )


def kubeconfig(cluster: gcp.container.Cluster, access: IpAccess | DnsAccess) -> pulumi.Output[str]:
    """Return a kubeconfig without credentials: the plugin on PATH fetches a token of whoever runs Pulumi."""
    if isinstance(access, DnsAccess):
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
