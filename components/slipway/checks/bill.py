"""What is bought, and between which bounds its cost is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slipway.catalog.machines import Purchase
from slipway.catalog.prices import Unit

HOURS_PER_MONTH = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedItem:
    """Something in a stack that costs money.

    Attributes:
        path: where in the stack file it is decided.
        name: what a person calls it, such as the pool's name.
        item: what is bought, as the catalog of prices names it.
        others: what may be bought in its place: the cheapest makes the floor, the dearest the ceiling.
        region: the provider's name of the region.
        low: fewest at any time: nodes, GB, load balancers.
        high: most at any time.
        expected: how many on average, if somebody says so.
    """

    path: str
    name: str
    item: str
    others: tuple[str, ...] = ()
    region: str
    low: float
    high: float
    expected: float | None = None
    purchase: Purchase = "on-demand"
    unit: Unit = "hour"

    def __post_init__(self) -> None:
        average = self.low if self.expected is None else self.expected
        if not 0 <= self.low <= average <= self.high:
            raise ValueError(f"{self.path}: {self.low} to {self.high}, {self.expected} expected, is not a range")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """USD an hour; a month has 730 hours."""

    floor: float
    expected: float | None
    ceiling: float

    @property
    def per_month(self) -> "Cost":
        """The same in USD a month."""
        expected = None if self.expected is None else self.expected * HOURS_PER_MONTH
        return Cost(floor=self.floor * HOURS_PER_MONTH, expected=expected, ceiling=self.ceiling * HOURS_PER_MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item with its price and its cost.

    Attributes:
        usd: USD for one item and unit.
        origin: date and source of the price, or that the stack file states it.
    """

    priced: PricedItem
    usd: float
    origin: str
    cost: Cost


def bought(items: Iterable[PricedItem]) -> Iterator[tuple[PricedItem, str]]:
    """Yield each item with the name of everything that may be bought for it."""
    return ((item, name) for item in items for name in (item.item, *item.others))
