"""Judgement over the settings of a `gke-tpu` stack: everything that can be known before it exists."""

from datetime import date

from catalog.gke_version import GkeVersion
from catalog.versions import VLLM_TPU
from checks import Finding
from checks.placement import placement_findings
from checks.signals import signal_findings
from checks.tpu import pool_findings, provisioning_findings, region_findings, slice_findings
from components.gke.settings import StandardClusterArgs, TpuPoolArgs, TpuSliceArgs, region_of
from components.serving.settings import Public, PulumiToken
from stacks.further import vllm_findings
from stacks.gke_tpu import GkeTpu
from stacks.gke_tpu.figures import cost_of, fit_of
from stacks.gke_tpu.placement import demands, pools, taken
from stacks.gke_tpu.signals import monitoring
from stacks.gke_tpu.ways_out import offered
from stacks.models import model_findings
from stacks.surroundings import Surroundings

MAINTENANCE_HOURS = 48
"""What GKE wants to be open for upgrades within 32 days."""


def judge(settings: GkeTpu, surroundings: Surroundings) -> list[Finding]:
    """Return everything that is wrong with the settings, in the order of the stack file."""
    return [
        *_surroundings_findings(settings, surroundings),
        *_cluster_findings(settings),
        *settings.quota.findings(list(taken(settings))),
        *settings.own_model_findings,
        *(finding for name, pool in settings.cluster.pools.items() for finding in _pool_findings(settings, name, pool)),
        *(finding for name in settings.servers for finding in _server_findings(settings, name)),
        *(
            finding
            for name, server in settings.servers.items()
            for finding in vllm_findings(f"servers.{name}", server, VLLM_TPU)
        ),
        *placement_findings(pools(settings), demands(settings)),
        *signal_findings(monitoring(settings)),
        *_name_findings(settings),
        *cost_of(settings, date.today()).findings,
    ]


def _surroundings_findings(settings: GkeTpu, surroundings: Surroundings) -> list[Finding]:
    findings: list[Finding] = []
    if not surroundings.gcp_project:
        findings.append(
            Finding(
                "cluster.surroundings",
                "gcp:project",
                "is missing: a stack lives in one project",
                "run pulumi config set gcp:project <id>",
            )
        )
    if isinstance(settings.hugging_face, PulumiToken) and surroundings.hugging_face_token is None:
        findings.append(
            Finding(
                "cluster.surroundings",
                "slipway:huggingFaceToken",
                "is missing: huggingFace.source is 'pulumi', and models cannot be downloaded without a token",
                "run pulumi config set --secret slipway:huggingFaceToken <token>, or set huggingFace.source to "
                "'kubernetes' or 'secret-manager'",
            )
        )
    if surroundings.api_key is None:
        findings += [
            Finding(
                "cluster.surroundings",
                f"servers.{name}.exposure",
                "'public' lets everybody in sourceRanges use the model, and there is no API key",
                "run pulumi config set --secret slipway:apiKey <key>, or choose 'internal' or 'cluster'",
            )
            for name, server in settings.servers.items()
            if isinstance(server.exposure, Public)
        ]
    return findings


def _cluster_findings(settings: GkeTpu) -> list[Finding]:
    findings: list[Finding] = []
    window = settings.cluster.maintenance_window
    if window and window.hours_in_32_days < MAINTENANCE_HOURS:
        findings.append(
            Finding(
                "cluster.cluster",
                "cluster.maintenanceWindow",
                f"{window.hours_in_32_days} hours within 32 days are fewer than the {MAINTENANCE_HOURS} that GKE wants",
                "add days or lengthen the window",
            )
        )
    system = settings.cluster.system_pool if isinstance(settings.cluster, StandardClusterArgs) else None
    if system and system.max_nodes < system.min_nodes:
        findings.append(
            Finding(
                "cluster.cluster",
                "cluster.systemPool.maxNodes",
                f"{system.max_nodes} is below minNodes {system.min_nodes}",
                f"raise maxNodes to {system.min_nodes} or lower minNodes",
            )
        )
    return findings


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
                "cluster.pool",
                f"{path}.zones",
                f"is missing: the cluster is in region {cluster.location}, whose zones do not all have TPUs",
                "name the zones of the pool",
            )
        )
    findings += [
        Finding(
            "cluster.pool",
            f"{path}.zones",
            f"{zone!r} is not in {region}, where the cluster is",
            f"name zones of {region}",
        )
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
    if server.model in settings.unreadable_models:
        return []
    if unknown := model_findings(path, server.model, settings.models):
        return unknown
    if server.lora is not None:
        reason = "vLLM on TPU has no adapters whose memory is known"
        return [
            Finding(
                "cluster.server",
                f"{path}.lora",
                reason,
                "leave it out, and merge the adapter into a checkpoint of its own",
            )
        ]
    found = fit_of(settings, name)
    if found is None:
        return []
    refusal = found.refusal
    if refusal is None:
        return list(found.findings)
    return [offered(settings, name, found, refusal) if one == refusal else one for one in found.findings]


def _name_findings(settings: GkeTpu) -> list[Finding]:
    return [
        Finding(
            "cluster.name",
            f"servers.{name}",
            f"is also the name of the load clients of server {other!r}",
            "choose another name",
        )
        for other in settings.servers
        if (name := f"{other}-load") in settings.servers
    ]
