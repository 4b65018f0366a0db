from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.machines import MACHINES, Purchase
from slipway.catalog.prices import EVERYWHERE, PRICES, SOURCE_OF_LISTS, SOURCES, Price, Unit, price, regions


@pytest.mark.parametrize(
    ("item", "region", "purchase", "usd"),
    [
        ("p5en.48xlarge", "us-east-1", "on-demand", 63.296),
        ("p5en.48xlarge", "us-west-2", "on-demand", 63.296),
        ("p5en.48xlarge", "ap-northeast-1", "on-demand", 79.12),
        ("p5en.48xlarge", "us-east-1", "capacity-block", 41.61),
        ("g5.4xlarge", "us-east-1", "on-demand", 1.624),
        ("ct6e-standard-8t", "us-east5", "on-demand", 21.60),
        ("ct6e-standard-8t", "europe-west4", "on-demand", 23.76),
        ("ct6e-standard-4t", "asia-northeast1", "on-demand", 12.96),
        ("ct6e-standard-1t", "us-east5", "spot", 1.27575),
        ("ct5lp-hightpu-8t", "us-west4", "on-demand", 9.6),
        ("ct5p-hightpu-4t", "us-east5", "spot", 5.19981),
        ("g7e.48xlarge", "us-east-1", "on-demand", 33.14432),
        ("g2-standard-32", "us-central1", "on-demand", 1.734376),
        ("n4-standard-4", "us-east1", "on-demand", 0.1814),
        ("a3-highgpu-8g", "europe-west4", "spot", 44.119),
        ("g2-standard-4", "us-east4", "spot", 0.310596),
        ("eks-cluster", "eu-north-1", "on-demand", 0.10),
        ("gke-cluster", "us-east5", "on-demand", 0.10),
        ("efs-standard", "us-east-1", "on-demand", 0.30),
    ],
)
def test_a_price_is_that_of_its_source(item: str, region: str, purchase: Purchase, usd: float) -> None:
    found = price(item, region, purchase)
    assert found is not None
    assert found.usd == pytest.approx(usd, abs=1e-9)


@pytest.mark.parametrize(
    ("item", "region", "purchase"),
    [
        ("p5e.48xlarge", "us-east-1", "on-demand"),
        ("a3-ultragpu-8g", "us-central1", "on-demand"),
        ("ct6e-standard-8t", "us-east5", "flex-start"),
        ("ct6e-standard-8t", "asia-east1", "on-demand"),
        ("ct6e-standard-8t", "southamerica-west1", "spot"),
        ("a3-highgpu-8g", "us-east1", "on-demand"),
    ],
)
def test_what_no_source_prices_has_no_price(item: str, region: str, purchase: Purchase) -> None:
    assert price(item, region, purchase) is None


UNPRICED = {"a3-ultragpu-8g", "a4-highgpu-8g", "tpu7x-standard-4t"}


@pytest.mark.parametrize("name", MACHINES)
def test_each_machine_has_a_price_unless_no_source_has_one(name: str) -> None:
    assert any(row.item == name for row in PRICES) != (name in UNPRICED)


def test_every_row_is_sound_and_the_only_one_of_its_kind() -> None:
    keys = [(row.item, row.region, row.purchase) for row in PRICES]
    assert len(set(keys)) == len(keys)
    for row in PRICES:
        assert 0 < row.usd < 200, row
        assert row.purchase in get_args(Purchase), row
        assert row.unit in get_args(Unit), row
        assert date(2024, 1, 1) <= row.as_of <= date.today(), row


def test_every_source_is_used() -> None:
    assert {row.source for row in PRICES} | {SOURCES[SOURCE_OF_LISTS]} == set(SOURCES.values())


spot = [row for row in PRICES if row.purchase == "spot"]


@given(st.sampled_from(spot))
def test_spot_costs_less_than_on_demand(row: Price) -> None:
    on_demand = price(row.item, row.region)
    assert on_demand is not None
    assert row.usd < on_demand.usd


@given(st.sampled_from([row for row in PRICES if row.item == "ct6e-standard-1t"]), st.sampled_from([4, 8]))
def test_a_tpu_machine_costs_as_much_as_its_chips(chip: Price, chips: int) -> None:
    machine = price(f"ct6e-standard-{chips}t", chip.region, chip.purchase)
    assert machine is not None
    assert machine.usd == pytest.approx(chips * chip.usd, abs=1e-6)


@given(st.sampled_from(PRICES))
def test_a_row_is_found_in_its_region_and_a_worldwide_one_in_any(row: Price) -> None:
    assert row.region in regions(row.item, row.purchase)
    assert price(row.item, row.region, row.purchase) == row
    elsewhere = price(row.item, "somewhere-else-9", row.purchase)
    assert elsewhere == (row if row.region == EVERYWHERE else None)
