"""Judgement over a stack, whatever its cluster and its servers: everything that can be known before it exists."""

from collections.abc import Iterator
from datetime import date

from slipway.catalog.machines import SPOT_NOTICE_SECONDS
from slipway.checks import Finding
from slipway.checks.driver import driver_findings
from slipway.checks.fit import Fit
from slipway.checks.names import namespace_findings
from slipway.checks.networks import admitted_findings
from slipway.checks.placement import placement_findings
from slipway.checks.precision import precision_findings
from slipway.checks.signals import signal_findings
from slipway.serving.exposure import ClusterOnly, PublicAlb
from slipway.serving.nim.settings import PulumiNgcKey
from slipway.serving.settings import PulumiToken
from stacks.alerts import alert_findings
from stacks.figures import cost_of, demands, fits_of
from stacks.servers import Server
from stacks.servers.nim.operator import operator_findings
from stacks.signals import monitoring
from stacks.stack import Stack
from stacks.surroundings import Surroundings
from stacks.ways_out import offered

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
    yield from (finding for finding in server.findings(place) if finding.about not in unreadable)
    yield from server.further_findings(place.path)
    if place.slice is None:
        return
    yield from _drain_findings(stack, name)
    yield from _client_findings(server, place.path)
    yield from _spanning_findings(stack, name)
    yield from _writer_findings(stack, name)
    if (kind := place.slice.machine.chip.kind) not in server.chips:
        message = f"{server.pool!r} has {kind.upper()}s, and this engine runs on {' and '.join(sorted(server.chips))}s"
        yield Finding("servers.chips", f"{place.path}.pool", message, "choose another pool, or engine: vllm")
        return
    if kind == "gpu":
        pool = f"cluster.pools.{server.pool}"
        yield from driver_findings(place.path, server.cuda, stack.driver(server.pool), driver_path=pool)
    said: set[Finding] = set()
    for fit, slice_ in zip(fits_of(stack, name), place.slices, strict=False):
        found = _fit_findings(stack, name, fit)
        if kind == "gpu":
            found += precision_findings(place.path, fit.replica, slice_.machine.chip)
        yield from (finding for finding in found if finding not in said)
        said |= set(found)


def _drain_findings(stack: Stack, name: str) -> Iterator[Finding]:
    """Say that a node which goes may not wait for the requests of its pods."""
    server = stack.servers[name]
    pool = stack.pools[server.pool]
    notice = SPOT_NOTICE_SECONDS[pool.machine.provider]
    if pool.purchase == "spot" and server.drain_seconds > notice:
        message = f"{server.drain_seconds} s, and a spot node goes {notice} s after its notice: what runs is cut off"
        path = f"servers.{name}.drainSeconds"
        yield Finding("placement.spot-drain", path, message, f"write {notice} or less", "warning")


def _client_findings(server: Server, path: str) -> Iterator[Finding]:
    """Say that a client of Slipway's own would ask for more tokens than the server answers with."""
    longest = server.longest_request
    for key, tokens in server.asked_for.items():
        if longest is not None and tokens > longest:
            message = f"{tokens} tokens with the prompt, and a request has {longest} at most: each is refused"
            yield Finding("servers.client-tokens", f"{path}.{key}", message, "write fewer")


def _spanning_findings(stack: Stack, name: str) -> Iterator[Finding]:
    """Say that nobody has seen a replica over several hosts run."""
    slice_ = stack.place(name).slice
    if slice_ and slice_.hosts > 1:
        message = f"a replica is {slice_.hosts} hosts of {slice_.topology}, and no such group has run on chips yet"
        one = f"choose a slice of one host where the model fits, or try {name} before anything relies on it"
        yield Finding("placement.unproven-group", f"servers.{name}.pool", message, one, "warning")


def _writer_findings(stack: Stack, name: str) -> Iterator[Finding]:
    """Say that several replicas download a model into storage that knows no locks."""
    server = stack.servers[name]
    model = getattr(server, "model", None)
    if stack.storage != "cached" or stack.reads_only or model is None or server.bucket_uri:
        return
    alike = [other for other, each in stack.servers.items() if getattr(each, "model", None) == model]
    first = sum(stack.servers[other].scaling.min_replicas for other in alike)
    if first > 1 and name == alike[0]:
        message = f"{first} replicas start at once, and each downloads {model} into the bucket, which knows no locks"
        remedy = "create the stack with one replica of it, and add the others once that one answers"
        yield Finding("storage.writers", f"servers.{name}.model", message, remedy, "warning")


def _fit_findings(stack: Stack, name: str, fit: Fit) -> list[Finding]:
    return [offered(stack, name, fit) if finding == fit.refusal else finding for finding in fit.findings]


def _signal_findings(stack: Stack) -> list[Finding]:
    try:
        return [*operator_findings(stack), *signal_findings(monitoring(stack))]
    except ValueError as error:
        remedy = "correct it under values, or in env of a server"
        return [Finding("signals.unreadable", "values", f"cannot be judged: {error}", remedy)]


def _exposure_findings(stack: Stack, name: str, surroundings: Surroundings) -> Iterator[Finding]:
    """Say whether a server would be open to everybody, or wait for a load balancer that nothing makes."""
    server, path = stack.servers[name], f"servers.{name}.exposure"
    given = enumerate(getattr(server.exposure, "source_ranges", ()))
    yield from admitted_findings({f"{path}.sourceRanges.{index}": text for index, text in given}, internet=True)
    kind, public = server.exposure.type, isinstance(server.exposure, PublicAlb)
    if public and not server.asks_for_key:
        yield Finding(
            "exposure.no-authentication",
            path,
            f"{kind!r} lets everybody in sourceRanges use the model, and this engine asks nobody for a key",
            "write 'internal', and put a gateway that authenticates before it",
        )
    elif public and surroundings.api_key is None:
        yield Finding(
            "exposure.no-key",
            path,
            f"{kind!r} lets everybody in sourceRanges use the model, and there is no API key",
            "run pulumi config set --secret slipway:apiKey <key>, or choose 'internal' or 'cluster'",
        )
    elif not isinstance(server.exposure, ClusterOnly) and (lacking := stack.exposures.get(kind)):
        message = f"{kind!r} needs a load balancer, and {lacking.reason}"
        yield Finding("exposure.no-load-balancer", path, message, lacking.remedy)


def _name_findings(stack: Stack) -> Iterator[Finding]:
    for other in stack.servers:
        for suffix, what in OWN_SUFFIXES.items():
            if (name := f"{other}-{suffix}") in stack.servers:
                message = f"is also the name of {what} of server {other!r}"
                yield Finding("names.taken", f"servers.{name}", message, "choose another name")
