"""TPU node pools: one for a slice of one machine, one a slice where a slice has several."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from catalog.footprint import RUNTIME_MEMORY_GIB, SHARED_MEMORY_GIB
from catalog.machines import FLEX_START_MAX_DAYS, MACHINES, TPU_RESOURCE, Slice
from checks.placement import machine_findings
from components.gke.identity import SCOPES
from components.gke.settings import FlexStart, OnDemand, Reservation, Spot, TpuPoolArgs, TpuSliceArgs, region_of
from components.gke.system_pool import AUTOSCALED
from components.workload import POOL_LABEL, Accelerator


class TpuNodePool(pulumi.ComponentResource):
    """Nodes that form TPU slices of one topology, autoscaled within the pool's bounds.

    GKE makes and removes the machines of a multi-host slice together, so each such slice is a node pool of its own
    (https://cloud.google.com/kubernetes-engine/docs/concepts/tpus#node_pool).

    Attributes:
        accelerator: what a replica asks for to land here.
    """

    accelerator: Accelerator

    def __init__(
        self,
        name: str,
        args: TpuPoolArgs,
        *,
        cluster: pulumi.Input[str],
        zones: list[str],
        email: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:TpuNodePool", name, None, opts)
        if findings := machine_findings(
            name, [args.machine_type], args.capacity.type, provider="gke", topology=args.topology
        ):
            raise pulumi.RunError("\n".join(map(str, findings)))
        chips = MACHINES[args.machine_type].slice(args.topology)
        # The labels that GKE sets are alike on 2x4 slices of one and of two machines.
        labels = {POOL_LABEL: name}

        slices = args.max_nodes // chips.hosts if chips.hosts > 1 else 1
        placed = _placed(name, chips, zones, opts=pulumi.ResourceOptions(parent=self)) if chips.hosts > 1 else {}
        pools = [
            gcp.container.NodePool(
                f"{name}-{index}" if chips.hosts > 1 else name,
                cluster=cluster,
                node_locations=zones,
                **_scale(chips, args, zones),
                **placed,
                **_provision(args, labels, email),
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=AUTOSCALED),
            )
            for index in range(slices)
        ]
        self.accelerator = _accelerator(args, labels, pools)
        self.register_outputs({})


def autopilot_slice(args: TpuSliceArgs) -> Accelerator:
    """Return what a pod asks Autopilot for; Autopilot makes the nodes that fit."""
    capacity = args.capacity
    match capacity:
        case OnDemand():
            selector: dict[str, str] = {}
        case Spot():
            selector = {"cloud.google.com/gke-spot": "true"}
        case Reservation():
            selector = {"cloud.google.com/reservation-name": capacity.name}
        case FlexStart():
            selector = {"cloud.google.com/gke-flex-start": "true"}
    return _accelerator(args, selector, [])


def _accelerator(args: TpuSliceArgs, selector: dict[str, str], nodes: list[gcp.container.NodePool]) -> Accelerator:
    chips = MACHINES[args.machine_type].slice(args.topology)
    return Accelerator(
        resource=TPU_RESOURCE,
        count=chips.machine.chips,
        hosts=chips.hosts,
        node_selector={
            "cloud.google.com/gke-tpu-accelerator": chips.machine.chip.label,
            "cloud.google.com/gke-tpu-topology": args.topology,
            **selector,
        },
        memory_gib=RUNTIME_MEMORY_GIB,
        shared_memory_gib=SHARED_MEMORY_GIB,
        nodes=nodes,
    )


def _placed(name: str, chips: Slice, zones: list[str], *, opts: pulumi.ResourceOptions) -> dict[str, Any]:
    """Return what puts the machines of a slice together.

    With a workload policy, GKE stores no type, and a type that is stated would replace the pool at each update
    (vllm-project/ci-infra#547).
    """
    if not chips.machine.workload_policy:
        return {"placement_policy": {"type": "COMPACT", "tpu_topology": chips.topology}}
    policy = gcp.compute.ResourcePolicy(
        name,
        region=region_of(zones[0]),
        workload_policy={"type": "HIGH_THROUGHPUT", "accelerator_topology": chips.topology},
        opts=opts,
    )
    return {"placement_policy": {"type": "", "policy_name": policy.name, "tpu_topology": chips.topology}}


def _scale(chips: Slice, args: TpuPoolArgs, zones: list[str]) -> dict[str, Any]:
    if chips.hosts > 1:
        # A total alone is refused: GKE holds the slice's size against the maximum of its one zone.
        return {
            "initial_node_count": 0,
            "autoscaling": {"min_node_count": 0, "max_node_count": chips.hosts, "location_policy": "ANY"},
        }
    return {
        "initial_node_count": -(-args.min_nodes // len(zones)),
        "autoscaling": {
            "total_min_node_count": args.min_nodes,
            "total_max_node_count": args.max_nodes,
            "location_policy": "ANY",
        },
    }


def _provision(args: TpuPoolArgs, labels: dict[str, str], email: pulumi.Input[str]) -> dict[str, Any]:
    node: dict[str, Any] = {
        "machine_type": args.machine_type,
        "labels": labels,
        "taints": [{"key": TPU_RESOURCE, "value": "present", "effect": "NO_SCHEDULE"}],
        "service_account": email,
        "oauth_scopes": SCOPES,
        "workload_metadata_config": {"mode": "GKE_METADATA"},
        "gcfs_config": {"enabled": True},
    }
    # No spare slice can be counted on: a node is replaced by stopping it first.
    pool: dict[str, Any] = {
        "management": {"auto_repair": True, "auto_upgrade": True},
        "upgrade_settings": {"strategy": "SURGE", "max_surge": 0, "max_unavailable": 1},
    }
    capacity = args.capacity
    match capacity:
        case OnDemand():
            pass
        case Spot():
            node["spot"] = True
        case Reservation():
            node["reservation_affinity"] = {
                "consume_reservation_type": "SPECIFIC_RESERVATION",
                "key": "compute.googleapis.com/reservation-name",
                "values": [capacity.name],
            }
        case FlexStart():
            hours = capacity.max_run_hours or FLEX_START_MAX_DAYS * 24
            node |= {
                "flex_start": True,
                "max_run_duration": f"{hours * 60 * 60}s",
                "reservation_affinity": {"consume_reservation_type": "NO_RESERVATION"},
            }
            pool = {"management": {"auto_repair": False, "auto_upgrade": True}}
    return {"node_config": node, **pool}
