"""TPU machines of GKE, the slices they form and where Google Cloud offers them.

Sources: the GKE pages "Plan TPUs in GKE" and "About TPUs in GKE" (machines, topologies, zones, lowest versions) and
"About flex-start provisioning" (its zones).
"""

from catalog.machines.chip import V6E
from catalog.machines.machine import Machine, Places, Purchase

_PURCHASES: tuple[Purchase, ...] = ("on-demand", "spot", "reservation", "flex-start")

_V6E_PLACES = Places(
    zones=("asia-northeast1-b", "europe-west4-a", "us-central1-b", "us-east1-d", "us-east5-a", "us-east5-b"),
    single_tenant_zones=("us-east4-a", "us-east4-b", "us-east5-c", "us-west1-c"),
    flex_start_zones=("asia-northeast1-b", "us-east5-a", "us-east5-b"),
)


def _v6e(name: str, chips: int, vcpus: int, memory_gib: int, *topologies: str) -> Machine:
    return Machine(
        name=name,
        provider="gke",
        chip=V6E,
        chips=chips,
        vcpus=vcpus,
        memory_gib=memory_gib,
        max_pods=110,
        purchases=_PURCHASES,
        topologies=topologies,
        lowest_version="1.31.2-gke.1115000",
        places=_V6E_PLACES,
    )


TPU_MACHINES = (
    _v6e("ct6e-standard-1t", 1, 44, 176, "1x1"),
    _v6e("ct6e-standard-4t", 4, 180, 720, "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16"),
    _v6e("ct6e-standard-8t", 8, 180, 1440, "2x4"),
)
