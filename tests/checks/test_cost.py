from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.prices import PRICES, price
from slipway.checks import errors
from slipway.checks.bill import PricedItem
from slipway.checks.cost import Estimate, estimate, usd_per_million_tokens

TODAY = date(2026, 8, 10)


def pool(
    low: float = 1, high: float = 2, *, item: str = "ct6e-standard-8t", expected: float | None = None
) -> PricedItem:
    return PricedItem(
        path="pools.trillium", name="trillium", item=item, region="us-east5", low=low, high=high, expected=expected
    )


CONTROL_PLANE = PricedItem(path="cluster", name="control plane", item="gke-cluster", region="us-east5", low=1, high=1)
CACHE = PricedItem(
    path="cache", name="cache", item="efs-standard", region="us-east-1", low=100, high=100, unit="GB-month"
)


def estimated(*items: PricedItem, budget: float | None = None, **prices: float) -> Estimate:
    overrides = {name.replace("_", "-"): usd for name, usd in prices.items()}
    return estimate(items, today=TODAY, budget=budget, overrides=overrides)


def test_a_stack_costs_its_fewest_nodes_at_least_and_its_most_at_most() -> None:
    total = estimated(pool(), CONTROL_PLANE).total
    assert (total.floor, total.ceiling) == (pytest.approx(21.70), pytest.approx(43.30))
    assert total.expected is None


def test_an_expected_cost_needs_an_expectation_wherever_amounts_vary() -> None:
    assert estimated(pool(expected=1.5), CONTROL_PLANE).total.expected == pytest.approx(32.50)
    assert estimated(pool(expected=1.5), pool()).total.expected is None


def test_a_month_has_730_hours() -> None:
    month = estimated(pool(expected=1), CONTROL_PLANE).total.per_month
    assert month.floor == month.expected == pytest.approx(21.70 * 730)


def test_storage_is_priced_by_the_month() -> None:
    assert estimated(CACHE).total.per_month.ceiling == pytest.approx(30.0)


def test_each_line_tells_where_its_price_comes_from() -> None:
    listed, stated = estimated(pool()).lines[0], estimated(pool(), ct6e_standard_8t=10).lines[0]
    assert listed.origin.startswith("2026-01-01, skypilot-org")
    assert (stated.origin, stated.cost.ceiling) == ("the stack file", 20)


def test_a_cost_above_the_budget_is_an_error_with_the_dearest_item() -> None:
    found = estimated(CONTROL_PLANE, pool(high=3), budget=50).findings
    [finding] = errors(found)
    assert str(finding) == (
        "error: budget: the stack can cost 64.90 USD an hour (47377 a month), 14.90 above 50.00; lower the maximum of "
        "trillium (3 x 21.6 USD) at pools.trillium, or raise the budget"
    )


def test_a_cost_at_the_budget_is_none() -> None:
    assert not errors(estimated(pool(high=2), budget=43.20).findings)


def test_an_unknown_price_is_left_out_and_said() -> None:
    answer = estimated(pool(item="a3-ultragpu-8g"), CONTROL_PLANE)
    assert [line.priced for line in answer.lines] == [CONTROL_PLANE]
    [finding] = [finding for finding in answer.findings if finding.path == "pools.trillium"]
    assert finding.severity == "warning"
    assert "no price of a3-ultragpu-8g (on-demand) in us-east5 is known" in finding.message
    assert finding.remedy == "state USD per hour under prices.a3-ultragpu-8g"


def test_an_unknown_price_makes_a_budget_unprovable() -> None:
    assert [finding.path for finding in errors(estimated(pool(item="p5e.48xlarge"), budget=1000).findings)] == [
        "pools.trillium"
    ]


def test_an_unknown_region_names_the_known_ones() -> None:
    elsewhere = PricedItem(path="pools.gpu", name="gpu", item="p4d.24xlarge", region="eu-west-1", low=0, high=1)
    [finding] = estimated(elsewhere).findings
    assert finding.remedy.endswith("it is known for us-east-1")


def test_old_prices_that_decide_are_one_warning_and_small_ones_none() -> None:
    found = estimated(pool(), CONTROL_PLANE, CACHE).findings
    [stale] = [finding for finding in found if finding.path == "prices"]
    assert stale.severity == "warning"
    assert stale.message == ("prices that decide are older than 90 days: ct6e-standard-8t 21.6 of 2026-01-01")


@pytest.mark.parametrize(("days", "stale"), [(90, False), (91, True)])
def test_a_price_is_old_after_90_days(days: int, stale: bool) -> None:
    listed = price("gke-cluster", "us-east5")
    assert listed is not None
    answer = estimate([CONTROL_PLANE], today=listed.as_of + timedelta(days))
    assert bool(answer.findings) is stale


def test_a_stated_price_is_neither_old_nor_unknown_nor_in_doubt() -> None:
    bought = estimated(pool(item="a3-ultragpu-8g"), pool(), a3_ultragpu_8g=80, ct6e_standard_8t=21, budget=1000)
    assert not bought.findings
    assert bought.total.ceiling == 202


def test_a_doubtful_price_says_why() -> None:
    rule = PricedItem(path="exposure", name="lb", item="gcp-forwarding-rule", region="us-central1", low=1, high=1)
    [finding] = [found for found in estimated(rule).findings if found.path == "prices.gcp-forwarding-rule"]
    assert (finding.severity, finding.message) == (
        "warning",
        "0.025 USD is in doubt: another source gives 0.010; the higher is used",
    )


def test_a_stated_price_of_nothing_that_is_bought_is_a_warning() -> None:
    [finding] = estimated(CONTROL_PLANE, ct6e_standard_9t=1).findings
    assert (finding.path, finding.severity) == ("prices.ct6e-standard-9t", "warning")


def test_a_unit_that_is_not_that_of_the_price_is_an_error() -> None:
    by_the_hour = PricedItem(path="cache", name="cache", item="efs-standard", region="us-east-1", low=1, high=1)
    with pytest.raises(ValueError, match=r"cache: efs-standard is priced by the GB-month, not by the hour"):
        estimated(by_the_hour)


@pytest.mark.parametrize(("low", "high", "expected"), [(2, 1, None), (1, 2, 3), (-1, 2, None)])
def test_amounts_that_are_no_range_are_an_error(low: float, high: float, expected: float | None) -> None:
    with pytest.raises(ValueError, match=r"pools\.trillium: .* is not a range"):
        pool(low, high, expected=expected)


def test_a_million_tokens_cost_what_they_take() -> None:
    assert usd_per_million_tokens(21.60, 2000) == pytest.approx(3.00)
    with pytest.raises(ValueError, match="throughput of 0"):
        usd_per_million_tokens(21.60, 0)


@st.composite
def priced_items(draw: st.DrawFn) -> PricedItem:
    row = draw(st.sampled_from(PRICES))
    low, average, high = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    return PricedItem(
        path="pools.it",
        name="it",
        item=row.item,
        region=row.region,
        purchase=row.purchase,
        unit=row.unit,
        low=low,
        expected=average,
        high=high,
    )


@given(st.lists(priced_items(), max_size=6), st.lists(priced_items(), max_size=6))
def test_costs_add_up_and_lie_in_order(some: list[PricedItem], more: list[PricedItem]) -> None:
    parts, whole = [estimated(*some).total, estimated(*more).total], estimated(*some, *more).total
    assert whole.floor == pytest.approx(sum(part.floor for part in parts))
    assert whole.ceiling == pytest.approx(sum(part.ceiling for part in parts))
    assert whole.expected is not None
    assert whole.floor <= whole.expected + 1e-9 <= whole.ceiling + 2e-9


@given(st.lists(priced_items(), min_size=1, max_size=6), st.floats(0, 2000))
def test_the_budget_fails_exactly_when_the_ceiling_is_above_it(items: list[PricedItem], budget: float) -> None:
    answer = estimated(*items, budget=budget)
    assert bool(errors(answer.findings)) == (answer.total.ceiling > budget)
