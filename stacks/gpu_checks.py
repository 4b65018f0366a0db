"""Judgement over the servers of a stack with GPU nodes: their keys, their fit, their place and their signals."""

from collections.abc import Iterable

from checks import Finding
from checks.gpu import GpuDemand, gpu_placement_findings
from checks.signals import signal_findings
from components.serving.nim_settings import PulumiNgcKey
from components.serving.settings import PulumiToken
from stacks.gpu_serving import GpuServing
from stacks.gpu_signals import monitoring
from stacks.surroundings import Surroundings


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
                "slipway:huggingFaceToken",
                "is missing: huggingFace.source is 'pulumi', and models cannot be downloaded without a token",
                "run pulumi config set --secret slipway:huggingFaceToken <token>, or set huggingFace.source to "
                "'kubernetes'",
            )
        )
    return findings


def server_findings(settings: GpuServing) -> list[Finding]:
    """Return everything that is wrong with the servers and with what they share."""
    return [
        *(
            finding
            for name, server in settings.servers.items()
            for finding in server.findings(f"servers.{name}", settings.models, settings.machine(server.pool))
        ),
        *gpu_placement_findings(settings.gpu_pools, list(_demands(settings))),
        *_signal_findings(settings),
        *_name_findings(settings),
    ]


def _demands(settings: GpuServing) -> Iterable[GpuDemand]:
    """Return what servers ask of their pools, except of pools that have a finding of their own."""
    for name, server in settings.servers.items():
        if server.pool in settings.instance_types and settings.machine(server.pool) is None:
            continue
        needs = server.needs(settings.models)
        yield GpuDemand(
            path=f"servers.{name}",
            pool=server.pool,
            gpus=needs.gpus,
            memory_gib=needs.memory_gib + needs.shared_memory_gib,
            disk_gib=needs.disk_gib,
            image_gib=needs.image_gib,
            min_replicas=server.scaling.min_replicas,
            max_replicas=server.scaling.max_replicas,
        )


def _signal_findings(settings: GpuServing) -> list[Finding]:
    try:
        return signal_findings(monitoring(settings))
    except ValueError as error:
        return [Finding("values", f"cannot be judged: {error}", "correct it under values, or in extraEnv of a server")]


def _name_findings(settings: GpuServing) -> list[Finding]:
    return [
        Finding(f"servers.{name}", f"is also the name of the load clients of server {other!r}", "choose another name")
        for other in settings.servers
        if (name := f"{other}-load") in settings.servers
    ]
