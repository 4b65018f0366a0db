"""Judgement over one server on the machines of its pool: everything that needs no stack around it."""

from collections.abc import Iterator, Mapping, Sequence

from slipway.addons.metrics import Metrics
from slipway.catalog.machines import SPOT_NOTICE_SECONDS
from slipway.checks import Finding
from slipway.checks.driver import driver_findings
from slipway.checks.fit import Fit
from slipway.checks.placement import Pool, placement_findings
from slipway.checks.precision import precision_findings
from slipway.checks.signals import signal_findings
from slipway.servers import AnyServer
from slipway.servers.demand import demand, fits
from slipway.servers.nim.operator import operator_findings
from slipway.servers.server import Place
from slipway.servers.signals import monitoring
from slipway.servers.ways_out import offered
from slipway.serving.shape import Shape


def judge(server: AnyServer, place: Place, pool: Pool, *, metrics: Metrics | None = None) -> list[Finding]:
    """Return everything that is wrong with a server that has a pool to itself, as a stack file would be told.

    Args:
        metrics: the way of its signal, where that is known.
    """
    pools = {server.pool: pool}
    found = [
        *server_findings(server, place, pools),
        *placement_findings(pools, [demand(server, place)]),
    ]
    if metrics is not None:
        found += operator_findings(server, place, metrics)
        found += path_findings(metrics, [server.shape(place)])
    return found


def server_findings(server: AnyServer, place: Place, pools: Mapping[str, Pool]) -> Iterator[Finding]:
    """Judge a server by itself, on each machine of its pool.

    Args:
        pools: where else it could be.
    """
    yield from server.findings(place)
    yield from server.further_findings(place.path)
    if place.slice is None:
        return
    pool = pools[server.pool]
    yield from _drain_findings(server, place, pool)
    yield from _client_findings(server, place.path)
    yield from _spanning_findings(place)
    if (kind := place.slice.machine.chip.kind) not in server.chips:
        message = f"{server.pool!r} has {kind.upper()}s, and this engine runs on {' and '.join(sorted(server.chips))}s"
        yield Finding("servers.chips", f"{place.path}.pool", message, "choose another pool, or engine: vllm")
        return
    if kind == "gpu":
        yield from driver_findings(place.path, server.cuda, pool.driver, driver_path=pool.path)
    said: set[Finding] = set()
    for fit, slice_ in zip(fits(server, place), place.slices, strict=False):
        found = _fit_findings(server, place, pools, fit)
        if kind == "gpu":
            found += precision_findings(place.path, fit.replica, slice_.machine.chip)
        yield from (finding for finding in found if finding not in said)
        said |= set(found)


def path_findings(metrics: Metrics, servers: Sequence[Shape]) -> list[Finding]:
    """Judge the way of servers' signals to their autoscalers."""
    try:
        return signal_findings(monitoring(metrics, servers))
    except ValueError as error:
        remedy = "correct it under values, or in env of a server"
        return [Finding("signals.unreadable", "values", f"cannot be judged: {error}", remedy)]


def _drain_findings(server: AnyServer, place: Place, pool: Pool) -> Iterator[Finding]:
    """Say that a node which goes may not wait for the requests of its pods."""
    notice = SPOT_NOTICE_SECONDS[pool.machine.provider]
    if pool.purchase == "spot" and server.drain_seconds > notice:
        message = f"{server.drain_seconds} s, and a spot node goes {notice} s after its notice: what runs is cut off"
        yield Finding(
            "placement.spot-drain", f"{place.path}.drainSeconds", message, f"write {notice} or less", "warning"
        )


def _client_findings(server: AnyServer, path: str) -> Iterator[Finding]:
    """Say that a client of Slipway's own would ask for more tokens than the server answers with."""
    longest = server.longest_request
    for key, tokens in server.asked_for.items():
        if longest is not None and tokens > longest:
            message = f"{tokens} tokens with the prompt, and a request has {longest} at most: each is refused"
            yield Finding("servers.client-tokens", f"{path}.{key}", message, f"write {tokens - longest} fewer")


def _spanning_findings(place: Place) -> Iterator[Finding]:
    """Say that nobody has seen a replica over several hosts run."""
    slice_ = place.slice
    if slice_ and slice_.hosts > 1:
        message = f"a replica is {slice_.hosts} hosts of {slice_.topology}, and no such group has run on chips yet"
        one = f"choose a slice of one host where the model fits, or try {place.name} before anything relies on it"
        yield Finding("placement.unproven-group", f"{place.path}.pool", message, one, "warning")


def _fit_findings(server: AnyServer, place: Place, pools: Mapping[str, Pool], fit: Fit) -> list[Finding]:
    return [offered(server, place, pools, fit) if finding == fit.refusal else finding for finding in fit.findings]
