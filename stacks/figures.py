"""How the outputs of every stack say fit, scaling and cost."""

from typing import Any

from catalog.units import GIB
from checks.cost import Cost
from checks.fit import Fit
from stacks.scaling import Scaling


def fit_figures(found: Fit) -> dict[str, Any]:
    """Return where the memory of a replica's fullest chip goes."""
    use = found.memory
    return {
        "gibPerChip": round(use.chip / GIB, 2),
        "weightsGibPerChip": round(use.weights / GIB, 2),
        "kvCacheGibPerChip": round(use.kv_cache / GIB, 2),
        "kvCacheTokens": use.tokens,
        "fullLengthRequests": round(use.requests, 1),
    }


def scaling_figures(scaling: Scaling) -> dict[str, Any]:
    """Return what a server is scaled on, and within which bounds."""
    return {
        "series": scaling.series.name,
        "target": scaling.target,
        "minReplicas": scaling.min_replicas,
        "maxReplicas": scaling.max_replicas,
    }


def cost_figures(total: Cost) -> dict[str, Any]:
    """Return floor and ceiling in USD, by the hour and by the month."""
    return {"perHour": _range(total), "perMonth": _range(total.per_month)}


def _range(cost: Cost) -> dict[str, float]:
    return {"floor": round(cost.floor, 2), "ceiling": round(cost.ceiling, 2)}
