"""GPU machines of GKE: what they carry, how they can be had and where.

Sources: the Compute Engine page "GPU machine types" (cores, memory, Local SSD; "you must create instances by using Spot
VMs or Flex-start VMs" of A3 High with less than eight GPUs); the AI Hypercomputer page on consumption options (A3 Ultra
and A4: future reservations, flex-start, spot); the GKE page on AI-optimized clusters (lowest versions of A3 Ultra, from
which GKE brings its driver by itself, and of A4; Hyperdisk Balanced); zones, cores and memory also skypilot-org/
skypilot-catalog:catalogs/v9/gcp/vms.csv@2c3d7ea7d7, which is made from Compute Engine's answers.
"""

from slipway.catalog.machines.chips import A100, A100_80GB, B200, H100, H100_MEGA, H200, L4, Chip
from slipway.catalog.machines.gke_zones import A2_HIGH, A2_ULTRA, A3_HIGH, A3_MEGA, A3_ULTRA, A4, G2
from slipway.catalog.machines.machine import GKE_PODS, LOCAL_SSD_GIB, Machine, Purchase
from slipway.catalog.machines.parts import Places

_ANY: tuple[Purchase, ...] = ("on-demand", "spot", "reservation", "flex-start")
_RESERVED: tuple[Purchase, ...] = ("spot", "reservation", "flex-start")
_WITHOUT_PROMISE: tuple[Purchase, ...] = ("spot", "flex-start")

_HYPERDISK = "hyperdisk-balanced"


def _gke(
    name: str,
    chip: Chip,
    chips: int,
    vcpus: int,
    memory_gib: int,
    zones: tuple[str, ...],
    *,
    local_ssds: int = 0,
    purchases: tuple[Purchase, ...] = _ANY,
    lowest_version: str | None = None,
    boot_disk_type: str | None = None,
) -> Machine:
    return Machine(
        name=name,
        provider="gke",
        chip=chip,
        chips=chips,
        vcpus=vcpus,
        memory_gib=memory_gib,
        max_pods=GKE_PODS,
        local_disk_gb=round(local_ssds * LOCAL_SSD_GIB * 2**30 / 10**9),
        purchases=purchases,
        lowest_version=lowest_version,
        places=Places(zones=zones),
        boot_disk_type=boot_disk_type,
    )


GKE_GPU_MACHINES = (
    _gke("g2-standard-4", L4, 1, 4, 16, G2),
    _gke("g2-standard-8", L4, 1, 8, 32, G2),
    _gke("g2-standard-12", L4, 1, 12, 48, G2),
    _gke("g2-standard-16", L4, 1, 16, 64, G2),
    _gke("g2-standard-32", L4, 1, 32, 128, G2),
    _gke("g2-standard-24", L4, 2, 24, 96, G2),
    _gke("g2-standard-48", L4, 4, 48, 192, G2),
    _gke("g2-standard-96", L4, 8, 96, 384, G2),
    _gke("a2-highgpu-1g", A100, 1, 12, 85, A2_HIGH),
    _gke("a2-highgpu-2g", A100, 2, 24, 170, A2_HIGH),
    _gke("a2-highgpu-4g", A100, 4, 48, 340, A2_HIGH),
    _gke("a2-highgpu-8g", A100, 8, 96, 680, A2_HIGH),
    _gke("a2-ultragpu-1g", A100_80GB, 1, 12, 170, A2_ULTRA, local_ssds=1),
    _gke("a2-ultragpu-2g", A100_80GB, 2, 24, 340, A2_ULTRA, local_ssds=2),
    _gke("a2-ultragpu-4g", A100_80GB, 4, 48, 680, A2_ULTRA, local_ssds=4),
    _gke("a2-ultragpu-8g", A100_80GB, 8, 96, 1360, A2_ULTRA, local_ssds=8),
    _gke("a3-highgpu-1g", H100, 1, 26, 234, A3_HIGH, local_ssds=2, purchases=_WITHOUT_PROMISE),
    _gke("a3-highgpu-2g", H100, 2, 52, 468, A3_HIGH, local_ssds=4, purchases=_WITHOUT_PROMISE),
    _gke("a3-highgpu-4g", H100, 4, 104, 936, A3_HIGH, local_ssds=8, purchases=_WITHOUT_PROMISE),
    _gke("a3-highgpu-8g", H100, 8, 208, 1872, A3_HIGH, local_ssds=16),
    _gke("a3-megagpu-8g", H100_MEGA, 8, 208, 1872, A3_MEGA, local_ssds=16),
    _gke(
        "a3-ultragpu-8g",
        H200,
        8,
        224,
        2952,
        A3_ULTRA,
        local_ssds=32,
        purchases=_RESERVED,
        lowest_version="1.31.5-gke.1169000",
        boot_disk_type=_HYPERDISK,
    ),
    _gke(
        "a4-highgpu-8g",
        B200,
        8,
        224,
        3968,
        A4,
        local_ssds=32,
        purchases=_RESERVED,
        lowest_version="1.32.1-gke.1729000",
        boot_disk_type=_HYPERDISK,
    ),
)
