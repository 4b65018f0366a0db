"""What an account of AWS answers to the `aws` command line, which knows how a person signs in. It is only read.

Sources: the references of STS (`GetCallerIdentity`), EKS (`DescribeClusterVersions`), EC2
(`DescribeInstanceTypeOfferings`, `DescribeCapacityReservations`) and Service Quotas (`GetServiceQuota`).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from offline import Recording
from preflight.aws_reservation import reservation_answer
from preflight.command import RefusedError, output
from preflight.nodes import Pool, pools, wanted
from preflight.question import Answer, Question
from slipway.catalog.quotas import QUOTAS, Key
from slipway.checks import Finding

NAME = "AWS"
SIGN_IN = "aws configure, or aws sso login"


@dataclass(frozen=True, slots=True)
class Account:
    """The account of whoever asks, in a region."""

    region: str

    def ask(self, *words: str) -> Any:
        """Return the document that a command prints."""
        said = output(["aws", *words, "--region", self.region, "--output", "json"], SIGN_IN)
        return json.loads(said or "{}")


def questions(recording: Recording) -> Iterator[Question]:
    """Yield what to ask the account of a stack; nothing where it has none."""
    for provider in recording.of("pulumi:providers:aws"):
        account = Account(provider.inputs["region"])
        yield Question("the account", "network.zones", partial(_identity, account))
        for cluster in recording.of("aws:eks/cluster:Cluster"):
            yield Question("versions of EKS", "cluster.version", _version(account, cluster.inputs["version"]))
        found = pools(recording, "eks")
        for key, vcpus in wanted(found).items():
            yield Question(f"quota {QUOTAS[key].name}", f"quota.{key}", _quota(account, key, vcpus))
        for pool in found:
            yield Question(f"zones of {pool.machine.name}", f"{pool.path}.zones", _zones(account, pool))
            if pool.reservation:
                yield Question(pool.reservation, f"{pool.path}.capacity", _reservation(account, pool, pool.reservation))


def _identity(account: Account) -> Answer:
    found = account.ask("sts", "get-caller-identity")
    return Answer(f"{found['Account']}, you are {found['Arn'].rpartition(':')[2]}")


def _version(account: Account, version: str) -> Callable[[], Answer]:
    def ask() -> Answer:
        rows = account.ask("eks", "describe-cluster-versions")["clusterVersions"]
        by_version = {row["clusterVersion"]: row for row in rows}
        row = by_version.get(version)
        if row is None:
            message = f"EKS makes no clusters of {version} in {account.region}"
            remedy = f"write one of {', '.join(sorted(by_version))}"
            return Answer("not on offer", (Finding("preflight.version", "cluster.version", message, remedy),))
        end = str(row.get("endOfStandardSupportDate", "a day that it does not say"))[:10]
        text = f"{version} is on offer, in standard support until {end}"
        if row.get("versionStatus", row.get("status")) in ("STANDARD_SUPPORT", "standard-support"):
            return Answer(text)
        message = f"{version} has left standard support on {end}: the control plane costs six times as much"
        remedy = f"write a newer one of {', '.join(sorted(by_version))}"
        return Answer(text, (Finding("preflight.version", "cluster.version", message, remedy, "warning"),))

    return ask


def _quota(account: Account, key: Key, vcpus: int) -> Callable[[], Answer]:
    quota = QUOTAS[key]
    words = ("--service-code", "ec2", "--quota-code", quota.where.rpartition(" ")[2])

    def ask() -> Answer:
        try:
            found = account.ask("service-quotas", "get-service-quota", *words)
        except RefusedError as error:
            if "NoSuchResource" not in str(error):
                raise
            found = account.ask("service-quotas", "get-aws-default-service-quota", *words)
        limit = int(found["Quota"]["Value"])
        text = f"{vcpus} vCPUs at most, and {limit} allowed in {account.region}"
        if vcpus <= limit:
            return Answer(text)
        message = f"{vcpus} vCPUs are taken at most, and {quota.name!r} allows {limit} in {account.region}"
        raised = f"aws service-quotas request-service-quota-increase {' '.join(words)} --desired-value {vcpus}"
        remedy = f"{raised} --region {account.region}, or lower maxNodes"
        return Answer(text, (Finding("preflight.quota", f"quota.{key}", message, remedy),))

    return ask


def _zones(account: Account, pool: Pool) -> Callable[[], Answer]:
    name = pool.machine.name
    words = ("ec2", "describe-instance-type-offerings", "--location-type", "availability-zone")

    def ask() -> Answer:
        rows = account.ask(*words, "--filters", f"Name=instance-type,Values={name}")["InstanceTypeOfferings"]
        offered = sorted(row["Location"] for row in rows)
        text = f"offered in {', '.join(offered) or 'no zone'}"
        missing = [zone for zone in pool.zones if zone not in offered]
        if not missing:
            return Answer(text)
        none_left = len(missing) == len(pool.zones)
        message = (
            f"{name} is not offered in {', '.join(missing)} to this account, but in {', '.join(offered) or 'none'}"
        )
        remedy = f"write zones that have it under {pool.path}.zones and network.zones"
        severity = "error" if none_left else "warning"
        return Answer(text, (Finding("preflight.machine", f"{pool.path}.zones", message, remedy, severity),))

    return ask


def _reservation(account: Account, pool: Pool, reservation: str) -> Callable[[], Answer]:
    words = ("ec2", "describe-capacity-reservations", "--capacity-reservation-ids", reservation)

    def ask() -> Answer:
        try:
            rows: list[Any] = account.ask(*words)["CapacityReservations"]
        except RefusedError as error:
            if "CapacityReservationId" not in str(error):
                raise
            rows = []
        return reservation_answer(rows[0] if rows else None, reservation, pool)

    return ask
