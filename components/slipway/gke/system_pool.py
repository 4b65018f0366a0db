"""Nodes without accelerators, where whatever needs no chip runs."""

import pulumi
import pulumi_gcp as gcp

from slipway.gke.identity import SCOPES
from slipway.gke.settings import SystemPoolArgs

AUTOSCALED = ["initialNodeCount", "nodeCount"]
"""Inputs of a node pool that the cluster autoscaler moves; a change of the first would replace the pool."""


def system_node_pool(
    name: str,
    args: SystemPoolArgs,
    *,
    cluster: gcp.container.Cluster,
    email: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> gcp.container.NodePool:
    """Return an untainted pool: the taint of TPU nodes keeps everything else away from them."""
    return gcp.container.NodePool(
        f"{name}-system",
        cluster=cluster.id,
        initial_node_count=1,
        autoscaling={
            "total_min_node_count": args.min_nodes,
            "total_max_node_count": args.max_nodes,
            "location_policy": "BALANCED",
        },
        management={"auto_repair": True, "auto_upgrade": True},
        node_config={
            "machine_type": args.machine_type,
            "service_account": email,
            "oauth_scopes": SCOPES,
            "workload_metadata_config": {"mode": "GKE_METADATA"},
            "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
            "gcfs_config": {"enabled": True},
        },
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=AUTOSCALED)),
    )
