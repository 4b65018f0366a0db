"""Judgement over the settings of a `gke-tpu` stack: everything that can be known before it exists."""

from catalog.accelerators import TPU_MACHINES, TpuSlice, tpu_slice
from catalog.footprint import RUNTIME_MEMORY_GIB, SHARED_MEMORY_GIB, file_cache_gib
from catalog.gke_version import GkeVersion
from catalog.models import MODELS, UnknownModelError, model
from checks import Finding
from checks.fit import Replica, fit
from checks.placement import Demand, Pool, placement_findings
from checks.tpu import pool_findings, provisioning_findings, region_findings, slice_findings
from components.gke.settings import TpuPoolArgs, TpuSliceArgs, region_of
from components.serving.settings import Public, PulumiToken
from stacks.gke_tpu import GkeTpu, TpuServer
from stacks.surroundings import Surroundings

MAINTENANCE_HOURS = 48
"""What GKE wants to be open for upgrades within 32 days."""


def judge(settings: GkeTpu, surroundings: Surroundings) -> list[Finding]:
    """Return everything that is wrong with the settings, in the order of the stack file."""
    return [
        *_surroundings_findings(settings, surroundings),
        *_cluster_findings(settings),
        *(finding for name, pool in settings.cluster.pools.items() for finding in _pool_findings(settings, name, pool)),
        *(finding for name in settings.servers for finding in _server_findings(settings, name)),
        *placement_findings(_pools(settings), _demands(settings)),
        *_name_findings(settings),
    ]


def _surroundings_findings(settings: GkeTpu, surroundings: Surroundings) -> list[Finding]:
    findings: list[Finding] = []
    if not surroundings.gcp_project:
        findings.append(
            Finding("gcp:project", "is missing: a stack lives in one project", "run pulumi config set gcp:project <id>")
        )
    if isinstance(settings.hugging_face, PulumiToken) and surroundings.hugging_face_token is None:
        findings.append(
            Finding(
                "slipway:huggingFaceToken",
                "is missing: huggingFace.source is 'pulumi', and models cannot be downloaded without a token",
                "run pulumi config set --secret slipway:huggingFaceToken <token>, or set huggingFace.source to "
                "'kubernetes' or 'secret-manager'",
            )
        )
    if surroundings.api_key is None:
        findings += [
            Finding(
                f"servers.{name}.exposure",
                "'public' lets everybody in sourceRanges use the model, and there is no API key",
                "run pulumi config set --secret slipway:apiKey <key>, or choose 'internal' or 'cluster'",
            )
            for name, server in settings.servers.items()
            if isinstance(server.exposure, Public)
        ]
    return findings


def _cluster_findings(settings: GkeTpu) -> list[Finding]:
    window = settings.cluster.maintenance_window
    if window is None or window.hours_in_32_days >= MAINTENANCE_HOURS:
        return []
    return [
        Finding(
            "cluster.maintenanceWindow",
            f"{window.hours_in_32_days} hours within 32 days are fewer than the {MAINTENANCE_HOURS} that GKE asks for",
            "add days or lengthen the window",
        )
    ]


def _pool_findings(settings: GkeTpu, name: str, pool: TpuSliceArgs) -> list[Finding]:
    cluster, path = settings.cluster, f"cluster.pools.{name}"
    provisioning = pool.capacity.type
    version = GkeVersion.parse(cluster.min_version)
    if not isinstance(pool, TpuPoolArgs):
        return [
            *slice_findings(path, pool.machine_type, pool.topology),
            *provisioning_findings(path, pool.machine_type, provisioning, version),
            *region_findings("cluster.location", pool.machine_type, provisioning, cluster.location),
        ]
    zones, region = settings.zones(pool), region_of(cluster.location)
    findings: list[Finding] = []
    if not zones:
        findings.append(
            Finding(
                f"{path}.zones",
                f"is missing: the cluster is in region {cluster.location}, whose zones do not all have TPUs",
                "name the zones of the pool",
            )
        )
    findings += [
        Finding(f"{path}.zones", f"{zone!r} is not in {region}, where the cluster is", f"name zones of {region}")
        for zone in zones
        if region_of(zone) != region
    ]
    return findings + pool_findings(
        path,
        pool.machine_type,
        pool.topology,
        provisioning=provisioning,
        min_nodes=pool.min_nodes,
        max_nodes=pool.max_nodes,
        zones=zones,
        zones_path=f"{path}.zones" if pool.zones else "cluster.location",
        version=version,
    )


def _server_findings(settings: GkeTpu, name: str) -> list[Finding]:
    server, path = settings.servers[name], f"servers.{name}"
    try:
        chosen = model(server.model)
    except UnknownModelError as error:
        closest = ", ".join(error.closest or sorted(MODELS))
        return [
            Finding(
                f"{path}.model",
                f"{server.model!r} is not in the catalog, so neither its size nor its load time is known",
                f"use {closest}, or add the model to catalog/models/",
            )
        ]
    chips = _slice(settings, server.pool)
    if chips is None or chips.chips != server.tensor_parallel:
        return []
    replica = Replica(
        engine="vllm-tpu",
        model=chosen,
        memory_gib=chips.machine.generation.hbm_gib,
        chips=chips.chips,
        memory_utilization=server.memory_utilization,
        max_model_len=server.max_model_len,
        max_num_seqs=server.max_num_seqs,
        max_num_batched_tokens=server.max_num_batched_tokens,
        tensor_parallel=server.tensor_parallel,
    )
    return list(fit(replica, path).findings)


def _slice(settings: GkeTpu, pool: str) -> TpuSlice | None:
    """Return the slice of a pool where it is certain; otherwise a finding of its own says what is wrong."""
    args = settings.cluster.pools.get(pool)
    machine = TPU_MACHINES.get(args.machine_type) if args else None
    if args is None or machine is None:
        return None
    if args.topology in machine.topologies:
        return tpu_slice(machine.name, args.topology)
    return tpu_slice(machine.name, machine.topologies[0]) if len(machine.topologies) == 1 else None


def _pools(settings: GkeTpu) -> dict[str, Pool]:
    return {
        name: Pool(
            path=f"cluster.pools.{name}",
            max_nodes=args.max_nodes,
            chips=chips.chips,
            hosts=chips.hosts,
            memory_gib=chips.machine.allocatable_memory_gib,
        )
        for name, args in settings.cluster.pools.items()
        if (chips := _slice(settings, name))
    }


def _demands(settings: GkeTpu) -> list[Demand]:
    """Return what servers ask of their pools, except of pools that have a finding of their own."""
    return [
        Demand(
            path=f"servers.{name}",
            pool=server.pool,
            chips=server.tensor_parallel,
            min_replicas=server.autoscaling.min_replicas,
            max_replicas=server.autoscaling.max_replicas,
            memory_gib=_memory_gib(server),
        )
        for name, server in settings.servers.items()
        if server.pool not in settings.cluster.pools or _slice(settings, server.pool)
    ]


def _memory_gib(server: TpuServer) -> int:
    """Return main memory of a pod, GiB; of an unknown model, which has a finding of its own, without its files."""
    cache = file_cache_gib(MODELS[server.model]) if server.model in MODELS else 0
    return RUNTIME_MEMORY_GIB + SHARED_MEMORY_GIB + cache


def _name_findings(settings: GkeTpu) -> list[Finding]:
    return [
        Finding(f"servers.{name}", f"is also the name of the load clients of server {other!r}", "choose another name")
        for other in settings.servers
        if (name := f"{other}-load") in settings.servers
    ]
