"""Prices are refreshed from lists like those that AWS publishes, and only from whole ones."""

import csv
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from slipway.catalog.price_lists import SOLD, main

COLUMNS = ["SKU", "PricePerUnit", "Instance Type", *SOLD]
EAST = "/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.csv"
WEST = EAST.replace("us-east-1", "us-west-2")
TABLE = """item,region,purchase,unit,usd,source,as_of,doubt
g5.4xlarge,us-east-1,on-demand,hour,1.624,karpenter-aws,2026-07-20,
g5.4xlarge,us-west-2,on-demand,hour,1.624,karpenter-aws,2026-07-20,read for us-east-1 only
p5.48xlarge,us-east-1,on-demand,hour,55.04,karpenter-aws,2026-07-20,
g5.4xlarge,us-east-1,spot,hour,0.9,skypilot-aws,2026-01-01,
ct6e-standard-8t,us-east5,on-demand,hour,21.6,skypilot-gcp,2026-01-01,
eks-cluster,*,on-demand,hour,0.1,cloudburn-eks,2026-04-01,
"""


def price_list(prices: Mapping[str, str], day: str = "2026-11-28", **other: str) -> str:
    """Return a list with the machines' prices, and beside each what is sold otherwise."""
    rows = [["SKU-1", usd, item, *(SOLD | other).values()] for item, usd in prices.items()]
    windows = [["SKU-2", "99", item, *(SOLD | {"Operating System": "Windows"}).values()] for item in prices]
    unused = [["SKU-3", "0.0000000000", item, *SOLD.values()] for item in prices]
    head = [["FormatVersion", "v1.0"], ["Disclaimer", "a, b"], ["Publication Date", f"{day}T10:00:00Z"]]
    head += [["Version", "20261128"], ["OfferCode", "AmazonEC2"]]
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in [*head, COLUMNS, *windows, *unused, *rows])


@contextmanager
def serving(lists: Mapping[str, str], *, cut: int = 0) -> Generator[str]:
    """Serve lists, each without its last bytes, of which the head still speaks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = lists.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - cut])

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def refresh(table: Path, lists: Mapping[str, str], *, cut: int = 0) -> int:
    with serving(lists, cut=cut) as address:
        return main(["--table", str(table), "--lists", address])


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


WHOLE = {
    EAST: price_list({"g5.4xlarge": "1.7000000000", "p5.48xlarge": "50.5"}),
    WEST: price_list({"g5.4xlarge": "1.624", "m7i.xlarge": "0.2"}, day="2026-11-27"),
}


def test_machines_get_the_price_and_the_day_of_their_region_s_list(table: Path) -> None:
    assert refresh(table, WHOLE) == 0
    found = [(row["usd"], row["source"], row["as_of"], row["doubt"]) for row in rows(table)]
    assert found[:3] == [
        ("1.7", "aws-price-list", "2026-11-28", ""),
        ("1.624", "aws-price-list", "2026-11-27", ""),
        ("50.5", "aws-price-list", "2026-11-28", ""),
    ]


def test_what_no_list_has_stays_as_it_was(table: Path) -> None:
    before = rows(table)[3:]
    refresh(table, WHOLE)
    assert rows(table)[3:] == before
    assert len(rows(table)) == len(before) + 3


def test_a_machine_that_left_its_list_keeps_its_row_and_is_named(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows(table)[2]
    assert refresh(table, WHOLE | {EAST: price_list({"g5.4xlarge": "1.7"})}) == 0
    assert rows(table)[2] == before
    assert "kept as they were: p5.48xlarge in us-east-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("east", "reason"),
    [
        ("", "HTTP Error 404"),
        ("<html>try again</html>\n", "cannot be read"),
        (WHOLE[EAST].replace("Tenancy", "Tenant"), "'Tenancy' is not in list"),
        (WHOLE[EAST].replace("2026-11-28T10", "soon"), "Invalid isoformat string"),
        (WHOLE[EAST] + '"SKU-9","1.7"\n', "a row has 2 of 10 columns"),
        (WHOLE[EAST].replace("1.7000000000", "a lot"), "could not convert"),
        (price_list({"g5.4xlarge": "17"}), "at 17 USD an hour, and it was 1.624"),
        (price_list({"t3.micro": "0.01"}), "has none of g5.4xlarge, p5.48xlarge"),
        (WHOLE[EAST] + price_list({"g5.4xlarge": "1.8"}).splitlines()[-1], "two prices, 1.7000000000 and 1.8"),
    ],
)
def test_a_damaged_list_leaves_the_table_as_it_was(
    east: str, reason: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refresh(table, WHOLE | {EAST: east}) == 1
    assert table.read_text(encoding="utf-8") == TABLE
    assert reason in (error := capsys.readouterr().err)
    assert error.endswith("prices.csv is as it was\n")


def test_a_list_that_ends_early_leaves_the_table_as_it_was(table: Path) -> None:
    assert refresh(table, WHOLE, cut=120) == 1
    assert table.read_text(encoding="utf-8") == TABLE


def test_a_host_that_nobody_reaches_leaves_the_table_as_it_was(table: Path) -> None:
    assert main(["--table", str(table), "--lists", "http://127.0.0.1:9"]) == 1
    assert table.read_text(encoding="utf-8") == TABLE
