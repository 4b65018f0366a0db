"""Refresh prices.csv from the price lists that a cloud publishes for anybody: `python -m slipway.catalog.price_lists`.

AWS publishes a list for each region (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-bulk-api.html);
the on-demand rows of EC2 machines come from it. Google's Cloud Billing Catalog API answers only to an API key, spot
prices of EC2 only to an account, and Capacity Blocks are in no list: their rows stay as they are, each with its date.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from slipway.catalog.prices import EVERYWHERE, SOURCE_OF_LISTS, TABLE

LISTS = "https://pricing.us-east-1.amazonaws.com"
EC2_MACHINE = re.compile(r"[a-z][\w-]*\.\w+")
HEAD_ROWS = 5
"""Rows of a list before its columns: the third has the day of its publication."""

SOLD = {
    "TermType": "OnDemand",
    "Currency": "USD",
    "Unit": "Hrs",
    "Operating System": "Linux",
    "Tenancy": "Shared",
    "Pre Installed S/W": "NA",
    "CapacityStatus": "Used",
}
"""What the row of a machine says that is bought by the hour, with nothing installed."""

MOST_CHANGE = 4.0
"""Times that a price may have risen or fallen; what has changed more is taken for a damaged list."""

SECONDS = 60.0
"""For each piece of an answer."""

Row = dict[str, str]


class DamagedListError(Exception):
    """A list cannot be had as a whole, or does not say what lists say."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh the table, or leave it as it was and return 1."""
    parser = argparse.ArgumentParser(prog="python -m slipway.catalog.price_lists", description=__doc__)
    parser.add_argument("--table", type=Path, default=TABLE, help="default: prices.csv of the catalog")
    parser.add_argument("--lists", default=LISTS, help=f"where the lists are; default: {LISTS}")
    options = parser.parse_args(arguments)
    table: Path = options.table
    with table.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    regions = sorted({row["region"] for row in rows if _is_listed(row)})
    try:
        fresh = {region: _fresh(options.lists, region, rows) for region in regions}
    except DamagedListError as error:
        sys.stderr.write(f"error: {error}; {table.name} is as it was\n")
        return 1
    new = [fresh[row["region"]].get(row["item"], row) if _is_listed(row) else row for row in rows]
    _write(table, new)
    changed = sum(old["usd"] != row["usd"] for old, row in zip(rows, new, strict=True))
    dated = sum(old["as_of"] != row["as_of"] for old, row in zip(rows, new, strict=True))
    sys.stdout.write(f"{table.name}: {changed} of {len(rows)} prices changed, {dated} have a newer date\n")
    if kept := [f"{row['item']} in {row['region']}" for old, row in zip(rows, new, strict=True) if _kept(old, row)]:
        sys.stdout.write(f"not in the lists, and kept as they were: {', '.join(kept)}\n")
    return 0


def _is_listed(row: Mapping[str, str]) -> bool:
    bought = (row["purchase"], row["unit"]) == ("on-demand", "hour")
    return bought and row["region"] != EVERYWHERE and EC2_MACHINE.fullmatch(row["item"]) is not None


def _kept(old: Row, new: Row) -> bool:
    return old is new and _is_listed(old)


def _fresh(lists: str, region: str, rows: Sequence[Row]) -> dict[str, Row]:
    """Return the rows of a region as its list has them, by machine."""
    wanted = {row["item"]: row for row in rows if row["region"] == region and _is_listed(row)}
    published, found = _read(f"{lists}/offers/v1.0/aws/AmazonEC2/current/{region}/index.csv", wanted)
    if not found:
        raise DamagedListError(f"the list of {region} has none of {', '.join(sorted(wanted))}")
    for item, usd in found.items():
        before = float(wanted[item]["usd"])
        if not before / MOST_CHANGE <= float(usd) <= before * MOST_CHANGE:
            raise DamagedListError(f"the list of {region} has {item} at {usd} USD an hour, and it was {before:g}")
    return {
        item: wanted[item] | {"usd": f"{float(usd):g}", "source": SOURCE_OF_LISTS, "as_of": published, "doubt": ""}
        for item, usd in found.items()
    }


def _read(address: str, wanted: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the day of a list and the prices of some machines in it; a list has hundreds of megabytes."""
    try:
        with urlopen(address, timeout=SECONDS) as answer:
            return _prices(csv.reader(_lines(answer)), set(wanted))
    except (URLError, HTTPException, OSError, ValueError, LookupError, csv.Error) as error:
        raise DamagedListError(f"{address} cannot be read ({type(error).__name__}: {error})") from None


def _lines(answer: HTTPResponse) -> Iterator[str]:
    """Yield lines, and fail where the answer ends before it is whole."""
    size, expected = 0, answer.headers["Content-Length"]
    for line in answer:
        size += len(line)
        yield line.decode("utf-8")
    if expected is not None and size != int(expected):
        raise ValueError(f"it ends after {size} of {expected} bytes")


def _prices(rows: Iterator[list[str]], wanted: set[str]) -> tuple[str, dict[str, str]]:
    head = dict(next(rows)[:2] for _ in range(HEAD_ROWS))
    published = date.fromisoformat(head["Publication Date"][:10]).isoformat()
    columns = next(rows)
    places = {name: columns.index(name) for name in (*SOLD, "Instance Type", "PricePerUnit")}
    found: dict[str, str] = {}
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row has {len(row)} of {len(columns)} columns")
        item, usd = row[places["Instance Type"]], row[places["PricePerUnit"]]
        is_sold = all(row[places[name]] == value for name, value in SOLD.items())
        if item in wanted and is_sold and float(usd) > 0 and found.setdefault(item, usd) != usd:
            raise ValueError(f"{item} has two prices, {found[item]} and {usd}")
    return published, found


def _write(table: Path, rows: Sequence[Row]) -> None:
    """Write the whole table beside the old one, and put it in its place at once."""
    new = table.with_suffix(".new")
    with new.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    new.replace(table)


if __name__ == "__main__":
    sys.exit(main())
