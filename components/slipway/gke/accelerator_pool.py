"""Node pools with TPU chips or GPUs: one for a machine, one a slice where a TPU slice has several machines."""

from collections.abc import Sequence
from typing import Any, cast

import pulumi
import pulumi_gcp as gcp

from slipway.catalog.machines import FLEX_START_MAX_DAYS, MACHINES, Slice
from slipway.checks.placement import Pool, machine_findings
from slipway.gke.facts import facts
from slipway.gke.identity import SCOPES
from slipway.gke.settings import FlexStart, OnDemand, PoolArgs, Reservation, Spot, StandardPoolArgs, region_of
from slipway.gke.system_pool import AUTOSCALED
from slipway.workload import POOL_LABEL, Accelerator, Asked


class AcceleratorPool(pulumi.ComponentResource):
    """Nodes that form TPU slices of one topology or carry GPUs, autoscaled within the pool's bounds.

    GKE makes and removes the machines of a multi-host slice together, so each such slice is a node pool of its own
    (https://cloud.google.com/kubernetes-engine/docs/concepts/tpus#node_pool).

    Attributes:
        nodes: the pools; workloads are created after them.
        facts: what is known of them, by which servers are judged.
    """

    facts: Pool
    nodes: list[gcp.container.NodePool]

    def __init__(
        self,
        name: str,
        args: StandardPoolArgs,
        *,
        cluster: pulumi.Input[str],
        zones: list[str],
        email: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:AcceleratorPool", name, None, opts)
        self._slice = chips = slice_of(name, args)
        self.facts = known_pool(name, args, zones)
        # The labels that GKE sets are alike on 2x4 slices of one and of two machines.
        self._labels = {POOL_LABEL: name}
        slices = args.max_nodes // chips.hosts if chips.hosts > 1 else 1
        placed = _placed(name, chips, zones, opts=pulumi.ResourceOptions(parent=self)) if chips.hosts > 1 else {}
        self.nodes = [
            gcp.container.NodePool(
                f"{name}-{index}" if chips.hosts > 1 else name,
                cluster=cluster,
                node_locations=zones,
                **_scale(chips, args, zones),
                **placed,
                **_provision(chips, args, self._labels, email),
                opts=pulumi.ResourceOptions(
                    parent=self,
                    ignore_changes=AUTOSCALED,
                    # What is reserved is there once: new nodes would not start beside those of the old pool.
                    delete_before_replace=isinstance(args.capacity, Reservation) or None,
                ),
            )
            for index in range(slices)
        ]
        self.register_outputs({})

    def accelerator(self, asked: Asked) -> Accelerator:
        """Return what a pod asks for to get these chips here."""
        return asked.accelerator(
            self._slice, node_selector={**gke_labels(self._slice), **self._labels}, nodes=self.nodes
        )


def slice_of(name: str, args: PoolArgs) -> Slice:
    """Return what one replica may get of a pool as a whole.

    Raises:
        pulumi.RunError: there is no such machine, or it forms no such slice.
    """
    if findings := machine_findings(
        name, [args.machine_type], args.capacity.type, provider="gke", topology=args.topology
    ):
        raise pulumi.RunError("\n".join(map(str, findings)))
    return MACHINES[args.machine_type].slice(args.topology)


def known_pool(name: str, args: PoolArgs, zones: Sequence[str] = ()) -> Pool:
    """Return what is known of a pool whose slice there is."""
    return cast(Pool, facts(name, args, zones=zones))


def gke_labels(chips: Slice) -> dict[str, str]:
    """Return labels that GKE sets on such nodes."""
    chip = chips.machine.chip
    if chips.topology is None:
        return {"cloud.google.com/gke-accelerator": chip.gke_label}
    return {"cloud.google.com/gke-tpu-accelerator": chip.label, "cloud.google.com/gke-tpu-topology": chips.topology}


def _placed(name: str, chips: Slice, zones: list[str], *, opts: pulumi.ResourceOptions) -> dict[str, Any]:
    """Return what puts the machines of a slice together.

    With a workload policy GKE stores no type, and one that is stated would replace the pool at each update
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


def _scale(chips: Slice, args: StandardPoolArgs, zones: list[str]) -> dict[str, Any]:
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


def _provision(
    chips: Slice, args: StandardPoolArgs, labels: dict[str, str], email: pulumi.Input[str]
) -> dict[str, Any]:
    machine = chips.machine
    node: dict[str, Any] = {
        "machine_type": args.machine_type,
        "disk_size_gb": args.boot_disk_gib,
        "labels": labels,
        "taints": [{"key": machine.chip.resource, "value": "present", "effect": "NO_SCHEDULE"}],
        "service_account": email,
        "oauth_scopes": SCOPES,
        "workload_metadata_config": {"mode": "GKE_METADATA"},
        "gcfs_config": {"enabled": True},
    }
    if machine.boot_disk_type:
        node["disk_type"] = machine.boot_disk_type
    if machine.local_ssds:
        node["ephemeral_storage_local_ssd_config"] = {"local_ssd_count": machine.local_ssds}
    if machine.chip.kind == "gpu":
        # GKE installs the driver, so that no GPU operator is needed; images with CUDA 13 want the newest branch.
        node["guest_accelerators"] = [
            {
                "type": machine.chip.gke_label,
                "count": machine.chips,
                "gpu_driver_installation_config": {"gpu_driver_version": "LATEST"},
            }
        ]
    # No spare slice can be counted on: a node is replaced by stopping it first.
    pool: dict[str, Any] = {
        "management": {"auto_repair": True, "auto_upgrade": True},
        "upgrade_settings": {"strategy": "SURGE", "max_surge": 0, "max_unavailable": 1},
    }
    match args.capacity:
        case OnDemand():
            pass
        case Spot():
            node["spot"] = True
        case Reservation(name=reservation):
            node["reservation_affinity"] = {
                "consume_reservation_type": "SPECIFIC_RESERVATION",
                "key": "compute.googleapis.com/reservation-name",
                "values": [reservation],
            }
        case FlexStart(max_run_hours=hours):
            node |= {
                "flex_start": True,
                "max_run_duration": f"{(hours or FLEX_START_MAX_DAYS * 24) * 60 * 60}s",
                "reservation_affinity": {"consume_reservation_type": "NO_RESERVATION"},
            }
            pool = {"management": {"auto_repair": False, "auto_upgrade": True}}
    return {"node_config": node, **pool}
