"""TPU machines of GKE, the slices they form and where Google Cloud offers them.

Sources: the GKE pages "Plan TPUs in GKE", "About TPUs in GKE" and "About Ironwood (TPU7x) in GKE" (machines,
topologies, zones, lowest versions) and "About flex-start provisioning" (its zones; of TPU7x, deployments that are
published); the Cloud TPU pages "TPU regions and zones", "TPU v5p" and "TPU7x" (zones, cores and memory); of v5e's cores
and memory what Compute Engine answers (Cyclenerd/google-cloud-pricing-cost-calculator#89); topologies also
AI-Hypercomputer/xpk:src/xpk/core/system_characteristics.py@367c8382.

A slice of TPU7x over several hosts takes a workload policy (vllm-project/ci-infra#547: "Creation of a managed instance
group with tpu7x-standard-4t machine type with placement policy is not supported. Use workload policy instead").

AI zones (`us-central1-ai1a`) are left out. Every version that GKE still offers has v5e and v5p.
"""

from slipway.catalog.machines.chips import V5E, V5P, V6E, V7X, Chip
from slipway.catalog.machines.machine import GKE_PODS, Machine, Purchase
from slipway.catalog.machines.parts import Places

_PURCHASES: tuple[Purchase, ...] = ("on-demand", "spot", "reservation", "flex-start")

_OF_EIGHT = ("2x4",)
_FLAT = ("2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16")
_CUBES = ("2x2x1", "2x2x2", "2x2x4", "2x4x4", "4x4x4", "4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16")

_LOWEST_VERSIONS = {"v6e": "1.31.2-gke.1115000", "v7x": "1.34.0-gke.2201000"}

_PLACES = {
    "v5e": Places(
        zones=("europe-west4-b", "us-central1-a", "us-south1-a", "us-west1-c", "us-west4-a"),
        flex_start_zones=("us-west4-a",),
    ),
    "v5p": Places(
        zones=("europe-west4-b", "us-central1-a", "us-east5-a"),
        flex_start_zones=("us-east5-a",),
    ),
    "v6e": Places(
        zones=("asia-northeast1-b", "europe-west4-a", "us-central1-b", "us-east1-d", "us-east5-a", "us-east5-b"),
        single_tenant_zones=("us-east4-a", "us-east4-b", "us-east5-c", "us-west1-c"),
        flex_start_zones=("asia-northeast1-b", "us-east5-a", "us-east5-b"),
    ),
    "v7x": Places(zones=("us-central1-c",)),
}


def _tpu(name: str, chip: Chip, chips: int, vcpus: int, memory_gib: int, topologies: tuple[str, ...]) -> Machine:
    return Machine(
        name=name,
        provider="gke",
        chip=chip,
        chips=chips,
        vcpus=vcpus,
        memory_gib=memory_gib,
        max_pods=GKE_PODS,
        purchases=_PURCHASES,
        topologies=topologies,
        lowest_version=_LOWEST_VERSIONS.get(chip.name),
        places=_PLACES[chip.name],
        workload_policy=chip is V7X,
    )


TPU_MACHINES = (
    _tpu("ct6e-standard-1t", V6E, 1, 44, 176, ("1x1",)),
    _tpu("ct6e-standard-4t", V6E, 4, 180, 720, _FLAT),
    _tpu("ct6e-standard-8t", V6E, 8, 180, 1440, _OF_EIGHT),
    _tpu("ct5lp-hightpu-1t", V5E, 1, 24, 48, ("1x1",)),
    _tpu("ct5lp-hightpu-4t", V5E, 4, 112, 192, _FLAT),
    _tpu("ct5lp-hightpu-8t", V5E, 8, 224, 384, _OF_EIGHT),
    _tpu("ct5p-hightpu-4t", V5P, 4, 208, 448, _CUBES),
    _tpu("tpu7x-standard-4t", V7X, 4, 224, 960, _CUBES),
)
