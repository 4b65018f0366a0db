"""Judgement over the servers of a stack with GPU nodes: their keys, their fit, their place and their signals."""

from collections.abc import Iterable

from checks import Finding
from checks.driver import driver_findings
from checks.gpu import GpuDemand, gpu_placement_findings
from checks.precision import precision_findings
from checks.signals import signal_findings
from components.serving.nim_settings import PulumiNgcKey
from components.serving.settings import PulumiToken
from stacks.gpu.exposure import exposure_findings
from stacks.gpu.nim_operator import operator_findings
from stacks.gpu.serving import GpuServing
from stacks.gpu.signals import monitoring
from stacks.gpu.ways_out import demand, offered
from stacks.surroundings import Surroundings

OWN_SUFFIXES = {"load": "the load clients", "load-test": "the load test", "cache": "the cached model"}
"""What the names of a server's further pods end in."""


def key_findings(settings: GpuServing, surroundings: Surroundings) -> list[Finding]:
    """Say which secrets are missing that a server needs."""
    servers = settings.servers.values()
    findings: list[Finding] = []
    if (
        isinstance(settings.ngc, PulumiNgcKey)
        and surroundings.ngc_api_key is None
        and any(server.needs_ngc_key for server in servers)
    ):
        findings.append(
            Finding(
                "cluster.key",
                "slipway:ngcApiKey",
                "is missing: ngc.source is 'pulumi', and neither images nor models can be fetched without a key",
                "run pulumi config set --secret slipway:ngcApiKey <key>, or set ngc.source to 'kubernetes'",
            )
        )
    if (
        isinstance(settings.hugging_face, PulumiToken)
        and surroundings.hugging_face_token is None
        and any(server.needs_hugging_face_token for server in servers)
    ):
        findings.append(
            Finding(
                "cluster.key",
                "slipway:huggingFaceToken",
                "is missing: huggingFace.source is 'pulumi', and models cannot be downloaded without a token",
                "run pulumi config set --secret slipway:huggingFaceToken <token>, or set huggingFace.source to "
                "'kubernetes'",
            )
        )
    return [*findings, *exposure_findings(settings, surroundings)]


def server_findings(settings: GpuServing) -> list[Finding]:
    """Return everything that is wrong with the servers and with what they share."""
    return [
        *settings.own_model_findings,
        *(finding for name in settings.servers for finding in _own_findings(settings, name)),
        *gpu_placement_findings(settings.gpu_pools, list(_demands(settings))),
        *_signal_findings(settings),
        *operator_findings(settings),
        *_name_findings(settings),
    ]


def _own_findings(settings: GpuServing, name: str) -> list[Finding]:
    """Judge a server by itself, on the machine of its pool."""
    server, path, machine = settings.servers[name], f"servers.{name}", settings.machine(settings.servers[name].pool)
    found = [
        finding
        for finding in (*server.findings(path, settings.models, machine), *server.further_findings(path))
        if not any(repr(model) in finding.message for model in settings.unreadable_models)
    ]
    if machine is None:
        return found
    pool = f"cluster.pools.{server.pool}"
    found += driver_findings(path, server.cuda, settings.driver(server.pool), driver_path=pool)
    if (fits := server.fit(path, settings.models, machine)) is None:
        return found
    if (refusal := fits.refusal) is not None:
        found = [offered(settings, name, fits, refusal, machine) if one == refusal else one for one in found]
    return found + precision_findings(path, fits.replica, machine.gpu)


def _demands(settings: GpuServing) -> Iterable[GpuDemand]:
    """Return what servers ask of their pools, except of pools that have a finding of their own."""
    for name, server in settings.servers.items():
        if server.pool in settings.instance_types and settings.machine(server.pool) is None:
            continue
        yield demand(f"servers.{name}", server, settings.models)


def _signal_findings(settings: GpuServing) -> list[Finding]:
    try:
        return signal_findings(monitoring(settings))
    except ValueError as error:
        return [
            Finding(
                "cluster.signal",
                "values",
                f"cannot be judged: {error}",
                "correct it under values, or in env of a server",
            )
        ]


def _name_findings(settings: GpuServing) -> list[Finding]:
    return [
        Finding(
            "cluster.name", f"servers.{name}", f"is also the name of {what} of server {other!r}", "choose another name"
        )
        for other in settings.servers
        for suffix, what in OWN_SUFFIXES.items()
        if (name := f"{other}-{suffix}") in settings.servers
    ]
