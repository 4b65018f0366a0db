"""What an On-Demand Capacity Reservation or a Capacity Block is good for, as EC2 describes it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from preflight.nodes import Pool
from preflight.question import Answer
from slipway.checks import Finding


def reservation_answer(row: Mapping[str, Any] | None, reservation: str, pool: Pool) -> Answer:
    """Return what a description says of a reservation for a pool; None is one that the account does not have."""
    if row is None:
        message = f"the account has no {reservation} in this region"
        return Answer("not there", (_finding(pool, message),))
    dates = " to ".join(str(row[key])[:16] for key in ("StartDate", "EndDate") if row.get(key))
    text = f"{row['TotalInstanceCount']} of {row['InstanceType']} in {row['AvailabilityZone']}, {row['State']} {dates}"
    return Answer(text.strip(), tuple(_finding(pool, message) for message in _problems(row, reservation, pool)))


def _problems(row: Mapping[str, Any], reservation: str, pool: Pool) -> Iterator[str]:
    if row["InstanceType"] != pool.machine.name:
        yield f"{reservation} is for {row['InstanceType']}, and the pool asks for {pool.machine.name}"
    if pool.zones and row["AvailabilityZone"] not in pool.zones:
        yield f"{reservation} is in {row['AvailabilityZone']}, and the pool in {', '.join(pool.zones)}"
    if row["TotalInstanceCount"] < pool.max_nodes:
        yield f"{reservation} has {row['TotalInstanceCount']} machines, and the pool {pool.max_nodes} nodes at most"
    is_block = row.get("ReservationType") == "capacity-block"
    if is_block != (pool.purchase == "capacity-block"):
        yield f"{reservation} is {'a' if is_block else 'no'} Capacity Block, and capacity.type is {pool.purchase}"
    if row["State"] not in ("active", "scheduled"):
        yield f"{reservation} is {row['State']}: no node comes of it"
    if row["State"] == "scheduled":
        yield f"{reservation} begins on {str(row.get('StartDate'))[:16]}: no node comes of it before"
    if (end := row.get("EndDate")) and datetime.fromisoformat(str(end)) <= datetime.now(UTC):
        yield f"{reservation} has ended on {str(end)[:16]}"


def _finding(pool: Pool, message: str) -> Finding:
    remedy = "name another one, or change the pool: aws ec2 describe-capacity-reservations shows all"
    return Finding("preflight.reservation", f"{pool.path}.capacity", message, remedy)
