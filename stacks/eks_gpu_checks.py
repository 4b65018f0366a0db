"""Judgement over the settings of an `eks-gpu` stack: everything that can be known before it exists."""

from datetime import date
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from catalog.models import MODELS, UnknownModelError, model
from catalog.nim import IMAGE_GIB, MEMORY_GIB, SHARED_MEMORY_GIB, cache_gib
from checks import Finding
from checks.gpu import GpuDemand, GpuPool, bound_findings, gpu_placement_findings, machine_findings
from checks.signals import signal_findings
from components.eks.settings import GpuPoolArgs, region_of
from components.serving.nim_settings import PulumiNgcKey
from stacks.eks_gpu import EksGpu
from stacks.eks_gpu_figures import cost_of, fit_of, machine_of
from stacks.eks_gpu_signals import monitoring
from stacks.surroundings import Surroundings

VPC_PREFIXES = range(16, 21)
"""AWS makes VPCs of a /16 at most; of less than a /20, an eighth has too few addresses for pods."""


def judge(settings: EksGpu, surroundings: Surroundings) -> list[Finding]:
    """Return everything that is wrong with the settings, in the order of the stack file."""
    return [
        *_key_findings(settings, surroundings),
        *_network_findings(settings),
        *_system_findings(settings),
        *(finding for name, pool in settings.cluster.pools.items() for finding in _pool_findings(settings, name, pool)),
        *(finding for name in settings.servers for finding in _server_findings(settings, name)),
        *gpu_placement_findings(_pools(settings), _demands(settings)),
        *_signal_findings(settings),
        *_name_findings(settings),
        *cost_of(settings, date.today()).findings,
    ]


def _key_findings(settings: EksGpu, surroundings: Surroundings) -> list[Finding]:
    if not isinstance(settings.ngc, PulumiNgcKey) or surroundings.ngc_api_key is not None:
        return []
    return [
        Finding(
            "slipway:ngcApiKey",
            "is missing: ngc.source is 'pulumi', and neither images nor models can be fetched without a key",
            "run pulumi config set --secret slipway:ngcApiKey <key>, or set ngc.source to 'kubernetes'",
        )
    ]


def _network_findings(settings: EksGpu) -> list[Finding]:
    network = settings.network
    findings = [
        Finding("network.zones", f"{zone!r} is not in {settings.region}, as the first is", "name zones of one region")
        for zone in network.zones
        if region_of(zone) != settings.region
    ]
    if len(set(network.zones)) < len(network.zones):
        findings.append(Finding("network.zones", "names a zone twice", "name each zone once"))
    try:
        prefix = IPv4Network(network.vpc).prefixlen
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        findings.append(Finding("network.vpc", f"{network.vpc!r} is no network: {error}", "write 10.0.0.0/16"))
    else:
        if prefix not in VPC_PREFIXES:
            findings.append(
                Finding(
                    "network.vpc",
                    f"/{prefix} is not between /{VPC_PREFIXES[0]} and /{VPC_PREFIXES[-1]}: AWS has no larger VPC, and "
                    "in a smaller one an eighth has too few addresses for a zone's pods",
                    "write 10.0.0.0/16",
                )
            )
    return findings


def _system_findings(settings: EksGpu) -> list[Finding]:
    system = settings.cluster.system_pool
    if system.max_nodes >= system.min_nodes:
        return []
    return [
        Finding(
            "cluster.systemPool.maxNodes",
            f"{system.max_nodes} is below minNodes {system.min_nodes}",
            f"raise maxNodes to {system.min_nodes} or lower minNodes",
        )
    ]


def _pool_findings(settings: EksGpu, name: str, pool: GpuPoolArgs) -> list[Finding]:
    path, zones = f"cluster.pools.{name}", settings.zones(pool)
    return [
        *machine_findings(path, pool.instance_type, pool.capacity.type),
        *(
            Finding(
                f"{path}.zones",
                f"{zone!r} is not a zone of the network, which has subnets in {', '.join(settings.network.zones)}",
                "use some of these, or add it to network.zones",
            )
            for zone in pool.zones
            if zone not in settings.network.zones
        ),
        *bound_findings(
            path, purchase=pool.capacity.type, min_nodes=pool.min_nodes, max_nodes=pool.max_nodes, zones=zones
        ),
    ]


def _server_findings(settings: EksGpu, name: str) -> list[Finding]:
    server, path = settings.servers[name], f"servers.{name}"
    try:
        model(server.model)
    except UnknownModelError as error:
        closest = ", ".join(error.closest or sorted(MODELS))
        return [
            Finding(
                f"{path}.model",
                f"{server.model!r} is not in the catalog, so neither its size nor its load time is known",
                f"use {closest}, or add the model to catalog/models/",
            )
        ]
    found = fit_of(settings, name)
    return list(found.findings) if found else []


def _pools(settings: EksGpu) -> dict[str, GpuPool]:
    return {
        name: GpuPool(f"cluster.pools.{name}", machine, args.max_nodes, args.root_volume_gib)
        for name, args in settings.cluster.pools.items()
        if (machine := machine_of(settings, name))
    }


def _demands(settings: EksGpu) -> list[GpuDemand]:
    """Return what servers ask of their pools, except of pools that have a finding of their own."""
    return [
        GpuDemand(
            path=f"servers.{name}",
            pool=server.pool,
            gpus=server.tensor_parallel,
            memory_gib=MEMORY_GIB + SHARED_MEMORY_GIB,
            disk_gib=cache_gib(MODELS[server.model]) if server.model in MODELS else 0,
            image_gib=IMAGE_GIB,
            min_replicas=server.autoscaling.min_replicas,
            max_replicas=server.autoscaling.max_replicas,
        )
        for name, server in settings.servers.items()
        if server.pool not in settings.cluster.pools or machine_of(settings, server.pool)
    ]


def _signal_findings(settings: EksGpu) -> list[Finding]:
    try:
        return signal_findings(monitoring(settings))
    except ValueError as error:
        return [Finding("values", f"cannot be judged: {error}", "correct it under values, or in extraEnv of a server")]


def _name_findings(settings: EksGpu) -> list[Finding]:
    return [
        Finding(f"servers.{name}", f"is also the name of the load clients of server {other!r}", "choose another name")
        for other in settings.servers
        if (name := f"{other}-load") in settings.servers
    ]
