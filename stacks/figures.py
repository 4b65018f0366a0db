"""What a stack amounts to: how its servers fit their chips, how they scale, what they can do and what it costs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from slipway.catalog.units import GIB
from slipway.checks.bill import Cost, Line
from slipway.checks.capacity import Nodes, Rung, Server, capacity_ladder
from slipway.checks.cost import Estimate, estimate
from slipway.checks.fit import Fit
from slipway.checks.judged import Judged, JudgedServer
from slipway.checks.placement import RESERVED, Demand, Packing, Pool
from slipway.serving.scaling import Scaling
from stacks.outputs import CostOutput, Figures, FitOutput, RangeOutput, RungOutput, ScalingOutput
from stacks.servers import Place
from stacks.servers import Server as AnyKindOfServer
from stacks.signals import monitoring
from stacks.stack import Stack


def figures(stack: Stack) -> Figures:
    """Return fit, scaling, capacity and cost; they depend on the settings alone."""
    found: Figures = {
        "fit": {name: _fit_output(fits[0]) for name in stack.servers if (fits := fits_of(stack, name))},
        "scaling": {name: _scaling_output(server.scaling) for name, server in stack.servers.items()},
        "capacity": {name: _ladder(server) for name, server in _servers(stack)},
    }
    if (cost := cost_of(stack, date.min)) is not None:
        found["costUsd"] = CostOutput(perHour=_range(cost.total), perMonth=_range(cost.total.per_month))
    return found


def judged(stack: Stack) -> Judged:
    """Return what was judged of a stack that has no error."""
    estimate = cost_of(stack, date.min)
    servers: dict[str, JudgedServer] = {}
    for name, server in stack.servers.items():
        pool, fits = stack.pools[server.pool], fits_of(stack, name)
        servers[name] = JudgedServer(
            pool=server.pool,
            slice=pool.slices[0],
            purchase=pool.purchase,
            usd_per_node_hour=_usd_per_node(estimate, pool),
            fit=fits[0] if fits else None,
            startup_seconds=server.shape(stack.place(name)).startup_seconds,
            max_nodes=pool.max_nodes,
            disk_gib=pool.disk_gib,
            exposure=server.exposure.type,
            source_ranges=getattr(server.exposure, "source_ranges", ()),
        )
    return Judged(
        servers=servers,
        models=stack.models,
        signals=monitoring(stack),
        there=stack.there,
        allow_replacement=stack.allow_replacement,
    )


def fits_of(stack: Stack, name: str) -> list[Fit]:
    """Return how a server fits each machine of its pool; none where something else of it is wrong already."""
    server, place = stack.servers[name], stack.place(name)
    return [fit for slice_ in place.slices if (fit := server.fit(place, slice_))]


def demand(server: AnyKindOfServer, place: Place) -> Demand:
    """Return what a server asks of its pool."""
    needs = server.needs(place)
    return Demand(
        path=place.path,
        pool=server.pool,
        chips=needs.chips,
        memory_gib=needs.memory_gib + needs.shared_memory_gib + needs.cache_gib,
        disk_gib=needs.disk_gib,
        image_gib=needs.image_gib,
        cpus=needs.cpus,
        min_replicas=server.scaling.min_replicas,
        max_replicas=server.scaling.max_replicas,
        surge=server.rollout.surge,
    )


def demands(stack: Stack) -> list[Demand]:
    """Return what servers ask of their pools, except of pools that have a finding of their own."""
    return [
        demand(server, stack.place(name))
        for name, server in stack.servers.items()
        if server.pool in stack.pools or server.pool not in stack.machine_names
    ]


def cost_of(stack: Stack, today: date) -> Estimate | None:
    """Return what the stack costs, with prices as they are known on a day; None where nothing of it is bought."""
    packed = _packed(stack)
    fewest = {name: paid_nodes(pool, packed[name].nodes) for name, pool in stack.pools.items()}
    items = stack.priced(fewest)
    return estimate(items, today=today, budget=stack.budget, overrides=stack.prices) if items else None


def paid_nodes(pool: Pool, nodes: int) -> int:
    """Return the machines of a pool that are paid for when so many hold pods: what is reserved is, in any case."""
    return pool.max_nodes if pool.purchase in RESERVED else min(max(pool.min_nodes, nodes), pool.max_nodes)


def _packed(stack: Stack) -> Mapping[str, Packing]:
    """Return the machines of each pool that hold its servers' fewest replicas."""
    pods: dict[str, list[Demand]] = defaultdict(list)
    for each in demands(stack):
        pods[each.pool] += each.min_replicas * [each]
    return {name: Packing(pool, pods[name]) for name, pool in stack.pools.items()}


def _servers(stack: Stack) -> Iterator[tuple[str, Server]]:
    """Yield each server as its cost and its capacity see it."""
    packed, estimate = _packed(stack), cost_of(stack, date.min)
    asked = {name: demand(server, stack.place(name)) for name, server in stack.servers.items()}
    prices = {name: _usd_per_node(estimate, pool) for name, pool in stack.pools.items()}
    weights = {
        name: each.chips * (prices[each.pool] or 0) / stack.pools[each.pool].devices_of_node
        for name, each in asked.items()
    }
    fewest = {name: each.min_replicas * weights[name] for name, each in asked.items()}
    for name, each in asked.items():
        pool = stack.pools[each.pool]
        yield (
            name,
            Server(
                min_replicas=each.min_replicas,
                max_replicas=each.max_replicas,
                tokens_per_second=stack.servers[name].throughput,
                nodes=Nodes(count=partial(_nodes, pool, packed[each.pool], each), usd_per_hour=prices[each.pool]),
                usd_per_hour_beside=_usd_beside(estimate, pool),
                weight=weights[name] or 1,
                other_weight=sum(fewest.values()) - fewest[name],
            ),
        )


def _nodes(pool: Pool, packed: Packing, pod: Demand, replicas: int) -> int:
    return paid_nodes(pool, packed.nodes_with(pod, replicas - pod.min_replicas))


def _usd_per_node(estimate: Estimate | None, pool: Pool) -> float | None:
    """Return what a machine of a pool costs with its disks; None where its own price is not known."""
    lines = _lines(estimate, pool)
    machine = next((line for line in lines if line.priced.path == pool.path), None)
    return sum(line.cost.ceiling for line in lines) / machine.priced.high if machine else None


def _usd_beside(estimate: Estimate | None, pool: Pool) -> float:
    return (estimate.total.floor if estimate else 0) - sum(line.cost.floor for line in _lines(estimate, pool))


def _lines(estimate: Estimate | None, pool: Pool) -> list[Line]:
    """Return what is paid for a pool."""
    return [line for line in (estimate.lines if estimate else ()) if f"{line.priced.path}.".startswith(f"{pool.path}.")]


def _ladder(server: Server) -> dict[str, RungOutput]:
    return {str(rung.replicas): _rung_output(rung) for rung in capacity_ladder(server)}


def _rung_output(rung: Rung) -> RungOutput:
    found: RungOutput = {"nodes": rung.nodes}
    if rung.usd_per_hour is not None:
        found["usdPerHour"] = round(rung.usd_per_hour, 2)
    if rung.tokens_per_second is not None:
        found["tokensPerSecond"] = round(rung.tokens_per_second, 2)
    if rung.usd_per_million_tokens is not None:
        found["usdPerMillionTokens"] = round(rung.usd_per_million_tokens, 2)
    return found


def _fit_output(fit: Fit) -> FitOutput:
    use, band = fit.memory, fit.band
    found: FitOutput = {
        "gibPerChip": round(use.chip / GIB, 2),
        "weightsGibPerChip": round(use.weights / GIB, 2),
        "kvCacheGibPerChip": round(use.kv_cache / GIB, 2),
        "kvCacheTokens": use.tokens,
        "fullLengthRequests": round(use.requests, 1),
    }
    if band is not None:
        found["weightsWithin"], found["tokensWithin"] = band.weights, band.tokens
    return found


def _scaling_output(scaling: Scaling) -> ScalingOutput:
    return {
        "series": scaling.series.name,
        "target": scaling.target,
        "minReplicas": scaling.min_replicas,
        "maxReplicas": scaling.max_replicas,
    }


def _range(cost: Cost) -> RangeOutput:
    return {"floor": round(cost.floor, 2), "ceiling": round(cost.ceiling, 2)}
