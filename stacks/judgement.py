"""Judgement over a stack, whatever its cluster and its servers: everything that can be known before it exists."""

from collections.abc import Iterator
from datetime import date

from slipway.checks import Finding
from slipway.checks.names import namespace_findings
from slipway.checks.placement import placement_findings
from slipway.servers.exposed import exposure_findings
from slipway.servers.judgement import path_findings, server_findings
from slipway.servers.nim.operator import operator_findings
from slipway.serving.nim.settings import PulumiNgcKey
from slipway.serving.settings import PulumiToken
from stacks.alerts import alert_findings
from stacks.figures import cost_of, demands
from stacks.signals import shapes
from stacks.stack import Stack
from stacks.surroundings import Surroundings

OWN_NAMESPACES = {
    "custom-metrics": "the metric adapter",
    "gpu-operator": "the GPU operator",
    "keda": "KEDA",
    "lws-system": "the controller of LeaderWorkerSets",
    "monitoring": "Prometheus",
    "nim-operator": "the NIM operator",
}
"""Namespaces that add-ons of some stack have."""

OWN_SUFFIXES = {
    "load": "the load clients",
    "load-test": "the load test",
    "cache": "the cached model",
    "weights": "the weights",
}
"""What the names of a server's further pods end in."""


def judge(stack: Stack, surroundings: Surroundings) -> list[Finding]:
    """Return everything that is wrong with a stack, in the order of its file."""
    cost = cost_of(stack, date.today())
    return [
        *_key_findings(stack, surroundings),
        *stack.cluster_findings(surroundings),
        *namespace_findings("namespace", stack.namespace, OWN_NAMESPACES),
        *stack.own_model_findings,
        *(finding for name in stack.servers for finding in _server_findings(stack, name)),
        *placement_findings(stack.pools, demands(stack)),
        *_signal_findings(stack),
        *alert_findings(stack, surroundings),
        *(finding for name in stack.servers for finding in _exposure_findings(stack, name, surroundings)),
        *_name_findings(stack),
        *(cost.findings if cost else ()),
    ]


def _key_findings(stack: Stack, surroundings: Surroundings) -> Iterator[Finding]:
    """Say which secrets are missing that a server needs."""
    servers = stack.servers.values()
    keyless = isinstance(stack.ngc, PulumiNgcKey) and surroundings.ngc_api_key is None
    if keyless and any(server.needs_ngc_key for server in servers):
        yield Finding(
            "keys.ngc",
            "slipway:ngcApiKey",
            "is missing: ngc.source is 'pulumi', and neither images nor models can be fetched without a key",
            "run pulumi config set --secret slipway:ngcApiKey <key>, or set ngc.source to 'kubernetes'",
        )
    tokenless = isinstance(stack.token, PulumiToken) and surroundings.hugging_face_token is None
    if tokenless and stack.needs_hugging_face_token:
        yield Finding(
            "keys.hugging-face",
            "slipway:huggingFaceToken",
            "is missing: huggingFace.source is 'pulumi', and models cannot be downloaded without a token",
            "run pulumi config set --secret slipway:huggingFaceToken <token>, or set huggingFace.source to "
            "'kubernetes'",
        )


def _server_findings(stack: Stack, name: str) -> Iterator[Finding]:
    """Judge a server by itself, on each machine of its pool."""
    server, place = stack.servers[name], stack.place(name)
    unreadable = {f"models.{model}" for model in stack.unreadable_models}
    found = server_findings(server, place, stack.pools)
    yield from (finding for finding in found if finding.about not in unreadable)
    if place.slice is not None:
        yield from _writer_findings(stack, name)


def _writer_findings(stack: Stack, name: str) -> Iterator[Finding]:
    """Say that several servers download a model into storage that knows no locks.

    Of one server, a replica alone does: its autoscaler comes when that is Ready, and a rollout adds one at a time.
    """
    server = stack.servers[name]
    model = getattr(server, "model", None)
    if stack.storage != "cached" or stack.reads_only or model is None or server.bucket_uri:
        return
    alike = [other for other, each in stack.servers.items() if getattr(each, "model", None) == model]
    if len(alike) > 1 and name == alike[0]:
        message = f"{' and '.join(alike)} download {model} into the bucket at once, which knows no locks"
        remedy = "create the stack with one of them, and add the others once that one answers"
        yield Finding("storage.writers", f"servers.{name}.model", message, remedy, "warning")


def _signal_findings(stack: Stack) -> list[Finding]:
    return [
        *(
            finding
            for name, server in stack.servers.items()
            for finding in operator_findings(server, stack.place(name), stack.metrics)
        ),
        *path_findings(stack.metrics, shapes(stack)),
    ]


def _exposure_findings(stack: Stack, name: str, surroundings: Surroundings) -> Iterator[Finding]:
    server = stack.servers[name]
    lacking = stack.exposures.get(server.exposure.type)
    return exposure_findings(server, f"servers.{name}", keyed=surroundings.api_key is not None, lacking=lacking)


def _name_findings(stack: Stack) -> Iterator[Finding]:
    for other in stack.servers:
        for suffix, what in OWN_SUFFIXES.items():
            if (name := f"{other}-{suffix}") in stack.servers:
                message = f"is also the name of {what} of server {other!r}"
                yield Finding("names.taken", f"servers.{name}", message, f"call it {name}-2")
