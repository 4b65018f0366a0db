"""The inputs of a GKE cluster that follow from its settings."""

from typing import Any

import pulumi

from slipway.gke.identity import SCOPES
from slipway.gke.settings import (
    AutopilotClusterArgs,
    ClusterArgs,
    DnsAccess,
    IpAccess,
    MaintenanceWindow,
    StandardClusterArgs,
)

STATE_METRICS = ("DEPLOYMENT", "HPA", "POD")
"""What managed Prometheus collects of the state of objects where alerts ask for it; each sample is paid for
(https://cloud.google.com/kubernetes-engine/docs/how-to/kube-state-metrics)."""


def of_settings(
    args: ClusterArgs, workload_pool: str, node_email: pulumi.Output[str], *, state_metrics: bool
) -> dict[str, Any]:
    """Return who may reach the control plane, when it is maintained, what it tells of itself, and what its mode takes.

    Args:
        state_metrics: whether alerts ask for the state of Deployments, autoscalers and pods.
    """
    return {
        **_access(args.access),
        **_maintenance(args.maintenance_window),
        **_monitoring(args, state_metrics=state_metrics),
        **_mode(args, workload_pool, node_email),
    }


def _monitoring(args: ClusterArgs, *, state_metrics: bool) -> dict[str, Any]:
    """Return what managed Prometheus collects beside the servers; Autopilot decides it by itself unless alerts ask."""
    if isinstance(args, AutopilotClusterArgs) and not state_metrics:
        return {}
    components = ["SYSTEM_COMPONENTS", *(STATE_METRICS if state_metrics else ())]
    return {"monitoring_config": {"enable_components": components, "managed_prometheus": {"enabled": True}}}


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
        "vertical_pod_autoscaling": {"enabled": True},
        "datapath_provider": "ADVANCED_DATAPATH" if args.dataplane_v2 else "LEGACY_DATAPATH",
        "master_auth": {"client_certificate_config": {"issue_client_certificate": False}},
    }
