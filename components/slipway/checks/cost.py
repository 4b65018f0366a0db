"""What a stack costs, before it runs: floor, expected and ceiling, and whether that stays within a budget.

Only what is bought by time or by size is counted: machines, storage, load balancers, control planes. Traffic and
requests are not, since nothing is known of them beforehand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from slipway.catalog.prices import Price, price, regions
from slipway.checks import Finding
from slipway.checks.bill import HOURS_PER_MONTH, Cost, Line, PricedItem, bought

STALE_DAYS = 90

DECIDING_SHARE = 0.05
"""Of a stack's highest cost: what is less may be old, for it changes no decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The cost of a stack.

    Attributes:
        lines: the items whose price is known, in their order.
        total: their sum; what it leaves out is in the findings.
        findings: budget exceeded, prices unknown, old or in doubt.
    """

    lines: tuple[Line, ...]
    total: Cost
    findings: tuple[Finding, ...]


def estimate(
    items: Sequence[PricedItem],
    *,
    today: date,
    budget: float | None = None,
    overrides: Mapping[str, float] | None = None,
) -> Estimate:
    """Return what the items cost, and what is to be said about it.

    Args:
        items: what is bought.
        today: the day on which prices count as fresh or old.
        budget: the most that the stack may cost, USD an hour at its ceiling; the key `budget` of the stack file.
        overrides: prices that the stack file states under `prices`, by item, in USD for the item's unit.
    """
    overrides = overrides or {}
    lines = [line for item in items if (line := _line(item, overrides))]
    total = _sum(line.cost for line in lines)
    listed = [(item, price(name, item.region, item.purchase)) for item, name in bought(items) if name not in overrides]
    unpriced = list(dict.fromkeys(item for item, row in listed if row is None))
    relied_on = list(dict.fromkeys(row for _, row in listed if row is not None))
    deciding = {line.priced for line in lines if line.cost.ceiling >= DECIDING_SHARE * total.ceiling}
    decisive = list(dict.fromkeys(row for item, row in listed if row is not None and item in deciding))
    findings = [
        *_unknown(unpriced, budget),
        *_stale(decisive, today),
        *_doubtful(relied_on),
        *_unused(items, overrides),
        *_over_budget(lines, total, budget),
    ]
    return Estimate(lines=tuple(lines), total=total, findings=tuple(findings))


def usd_per_million_tokens(usd_per_hour: float, tokens_per_second: float) -> float:
    """Return what a million tokens cost at a steady throughput.

    Raises:
        ValueError: the throughput is not positive.
    """
    if tokens_per_second <= 0:
        raise ValueError(f"a throughput of {tokens_per_second} tokens a second has no price a token")
    return usd_per_hour / (tokens_per_second * 3600) * 1_000_000


def _line(item: PricedItem, overrides: Mapping[str, float]) -> Line | None:
    """Return an item with its cost; None where the price of something that may be bought for it is not known."""
    known = [found for _, name in bought([item]) if (found := _price(item, name, overrides))]
    if len(known) <= len(item.others):
        return None
    (usd, origin), hours = known[0], 1 if item.unit == "hour" else HOURS_PER_MONTH
    cheapest, dearest = min(known)[0] / hours, max(known)[0] / hours
    average = item.low if item.low == item.high and cheapest == dearest else item.expected
    expected = None if average is None else average * dearest
    return Line(
        priced=item,
        usd=usd,
        origin=origin,
        cost=Cost(floor=item.low * cheapest, expected=expected, ceiling=item.high * dearest),
    )


def _price(item: PricedItem, name: str, overrides: Mapping[str, float]) -> tuple[float, str] | None:
    """Return USD for one of an item's unit, and who says so."""
    if name in overrides:
        return overrides[name], "the stack file"
    listed = price(name, item.region, item.purchase)
    if listed is None:
        return None
    if listed.unit != item.unit:
        raise ValueError(f"{item.path}: {name} is priced by the {listed.unit}, not by the {item.unit}")
    return listed.usd, f"{listed.as_of}, {listed.source}"


def _sum(costs: Iterable[Cost]) -> Cost:
    """Add up; the expected cost is known only if that of every item is."""
    parts = list(costs)
    expected = [cost.expected for cost in parts if cost.expected is not None]
    return Cost(
        floor=sum(cost.floor for cost in parts),
        expected=sum(expected) if len(expected) == len(parts) else None,
        ceiling=sum(cost.ceiling for cost in parts),
    )


def _unknown(items: Sequence[PricedItem], budget: float | None) -> Iterator[Finding]:
    """An unknown price makes a budget unprovable, so there it is an error."""
    for item in items:
        message = (
            f"no price of {item.item} ({item.purchase}) in {item.region} is known, so {item.name} is not in the cost"
        )
        remedy = f"state USD per {item.unit} under prices.{item.item}{_elsewhere(item)}"
        yield Finding("cost.unknown", item.path, message, remedy, "warning" if budget is None else "error")


def _elsewhere(item: PricedItem) -> str:
    known = regions(item.item, item.purchase)
    return f"; it is known for {', '.join(known)}" if known else ""


def _stale(prices: Sequence[Price], today: date) -> Iterator[Finding]:
    if old := [row for row in prices if (today - row.as_of).days > STALE_DAYS]:
        named = ", ".join(f"{row.item} {row.usd:g} of {row.as_of}" for row in old)
        message = f"prices that decide are older than {STALE_DAYS} days: {named}"
        remedy = "run make prices, and state those under prices that no public list has"
        yield Finding("cost.stale", "prices", message, remedy, "warning")


def _doubtful(prices: Sequence[Price]) -> Iterator[Finding]:
    for row in prices:
        if row.doubt:
            message = f"{row.usd:g} USD is in doubt: {row.doubt}"
            yield Finding("cost.doubtful", f"prices.{row.item}", message, "state the price there", "warning")


def _unused(items: Sequence[PricedItem], overrides: Mapping[str, float]) -> Iterator[Finding]:
    names = sorted({name for _, name in bought(items)})
    for item in overrides:
        if item not in names:
            remedy = f"use one of {', '.join(names)}"
            yield Finding("cost.unused", f"prices.{item}", "nothing of that name is bought", remedy, "warning")


def _over_budget(lines: Sequence[Line], total: Cost, budget: float | None) -> Iterator[Finding]:
    if budget is None or total.ceiling <= budget:
        return
    dearest = max(lines, key=lambda line: line.cost.ceiling)
    message = (
        f"the stack can cost {total.ceiling:.2f} USD an hour ({total.per_month.ceiling:.0f} a month), "
        f"{total.ceiling - budget:.2f} above {budget:.2f}"
    )
    remedy = (
        f"lower the maximum of {dearest.priced.name} ({dearest.priced.high:g} x {dearest.usd:g} USD) at "
        f"{dearest.priced.path}, or raise the budget"
    )
    yield Finding("cost.over-budget", "budget", message, remedy)
