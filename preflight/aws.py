"""What an account of AWS answers to the `aws` command line, which knows how a person signs in. It is only read.

Sources: the references of STS (`GetCallerIdentity`), EKS (`DescribeClusterVersions`), EC2
(`DescribeInstanceTypeOfferings`, `DescribeCapacityReservations`), S3 (`HeadBucket`) and Service Quotas
(`GetServiceQuota`).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from offline import Recording
from preflight.aws_permissions import permissions
from preflight.aws_reservation import reservation_answer
from preflight.command import RefusedError, output
from preflight.nodes import Pool, pools, system_nodes, wanted
from preflight.question import Answer, Question
from slipway.catalog.machines import Machine
from slipway.catalog.quotas import QUOTAS, Key, ec2_quota, standard_vcpus
from slipway.checks import Finding

NAME = "AWS"
SIGN_IN = "aws configure, or aws sso login"
BUCKET = re.compile(r"arn:aws:s3:::([a-z0-9.-]+)\"")
"""In a policy: a bucket that pods may list."""


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
        types = frozenset(each.type for each in recording.resources)
        asked = partial(permissions, account.ask, account.region, types)
        yield Question("your permissions", "network.zones", asked)
        for cluster in recording.of("aws:eks/cluster:Cluster"):
            yield Question("versions of EKS", "cluster.version", partial(_version, account, cluster.inputs["version"]))
        found = pools(recording, "eks")
        for key, vcpus in _vcpus(recording, found).items():
            yield Question(f"quota {QUOTAS[key].name}", f"quota.{key}", partial(_quota, account, key, vcpus))
        for bucket in _buckets(recording):
            yield Question(f"bucket {bucket}", "servers", partial(_bucket, account, bucket))
        for pool in found:
            for machine in pool.machines:
                asked = partial(_zones, account, pool, machine)
                yield Question(f"zones of {machine.name}", f"{pool.path}.zones", asked)
            if pool.reservation:
                asked = partial(_reservation, account, pool, pool.reservation)
                yield Question(pool.reservation, f"{pool.path}.capacity", asked)


def _identity(account: Account) -> Answer:
    found = account.ask("sts", "get-caller-identity")
    return Answer(f"{found['Account']}, you are {found['Arn'].rpartition(':')[2]}")


def _version(account: Account, version: str) -> Answer:
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


def _vcpus(recording: Recording, found: list[Pool]) -> dict[Key, int]:
    """Return what pools and the nodes without GPUs take at most of each quota."""
    sums = wanted(found)
    for instance_type, most in system_nodes(recording):
        key, vcpus = ec2_quota(instance_type, "on-demand"), standard_vcpus(instance_type)
        if key and vcpus:
            sums[key] = sums.get(key, 0) + most * vcpus
    return sums


def _quota(account: Account, key: Key, vcpus: int) -> Answer:
    quota = QUOTAS[key]
    words = ("--service-code", "ec2", "--quota-code", quota.where.rpartition(" ")[2])
    try:
        found = account.ask("service-quotas", "get-service-quota", *words)
    except RefusedError as error:
        if "NoSuchResource" not in str(error):
            raise
        found = account.ask("service-quotas", "get-aws-default-service-quota", *words)
    limit = int(found["Quota"]["Value"])
    text = f"{vcpus} vCPUs at most, {limit} allowed"
    if vcpus <= limit:
        return Answer(text)
    message = f"{vcpus} vCPUs are taken at most, and {quota.name!r} allows {limit} in {account.region}"
    raised = f"aws service-quotas request-service-quota-increase {' '.join(words)} --desired-value {vcpus}"
    remedy = f"{raised} --region {account.region}, or lower maxNodes"
    return Answer(text, (Finding("preflight.quota", f"quota.{key}", message, remedy),))


def _buckets(recording: Recording) -> list[str]:
    """Return the buckets that pods read and the stack does not make."""
    policies = (each.inputs["policy"] for each in recording.of("aws:iam/rolePolicy:RolePolicy"))
    return sorted({bucket for policy in policies for bucket in BUCKET.findall(policy)})


def _bucket(account: Account, bucket: str) -> Answer:
    try:
        account.ask("s3api", "head-bucket", "--bucket", bucket)
    except RefusedError as error:
        if "404" in str(error):
            message, remedy = f"there is no bucket {bucket}", f"correct its name, or aws s3 mb s3://{bucket}"
            return Answer("not there", (Finding("preflight.bucket", "servers", message, remedy),))
        if "403" not in str(error):
            raise
        message = f"{bucket} is not yours to look into: whether pods can read it is not known"
        remedy = f"have its owner look: aws s3api get-bucket-policy --bucket {bucket}"
        return Answer("not yours", (Finding("preflight.bucket", "servers", message, remedy, "warning"),))
    return Answer("there")


def _zones(account: Account, pool: Pool, machine: Machine) -> Answer:
    """Where a pool has several machines, one that is not offered leaves it the others."""
    name = machine.name
    words = ("ec2", "describe-instance-type-offerings", "--location-type", "availability-zone")
    rows = account.ask(*words, "--filters", f"Name=instance-type,Values={name}")["InstanceTypeOfferings"]
    offered = sorted(row["Location"] for row in rows)
    text = f"offered in {', '.join(offered) or 'no zone'}"
    missing = [zone for zone in pool.zones if zone not in offered]
    if not missing:
        return Answer(text)
    nothing_left = len(missing) == len(pool.zones) and len(pool.machines) == 1
    message = f"{name} is not offered in {', '.join(missing)} to this account, but in {', '.join(offered) or 'none'}"
    remedy = f"write zones that have it under {pool.path}.zones and network.zones"
    severity = "error" if nothing_left else "warning"
    return Answer(text, (Finding("preflight.machine", f"{pool.path}.zones", message, remedy, severity),))


def _reservation(account: Account, pool: Pool, reservation: str) -> Answer:
    words = ("ec2", "describe-capacity-reservations", "--capacity-reservation-ids", reservation)
    try:
        rows: list[Any] = account.ask(*words)["CapacityReservations"]
    except RefusedError as error:
        if "CapacityReservationId" not in str(error):
            raise
        rows = []
    return reservation_answer(rows[0] if rows else None, reservation, pool)
