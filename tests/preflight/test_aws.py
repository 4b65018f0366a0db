"""An account of AWS is asked by its command line for what a stack needs of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from offline import Recording
from preflight import aws
from preflight.question import ask_all, findings
from slipway.checks import Finding
from tests.preflight.doubles import command

IDENTITY, VERSIONS = "sts get-caller-identity", "eks describe-cluster-versions"
QUOTA, DEFAULT = "service-quotas get-service-quota", "service-quotas get-aws-default-service-quota"
ZONES, RESERVATION = "ec2 describe-instance-type-offerings", "ec2 describe-capacity-reservations"


def block(**changed: object) -> Mapping[str, object]:
    row: dict[str, object] = {
        "InstanceType": "p5en.48xlarge",
        "AvailabilityZone": "us-east-1a",
        "TotalInstanceCount": 1,
        "ReservationType": "capacity-block",
        "State": "active",
        "StartDate": "2026-11-01T11:30:00+00:00",
        "EndDate": "2999-12-01T11:30:00+00:00",
    }
    return {"CapacityReservations": [row | changed]}


def account(folder: Path, **changed: object) -> None:
    """Write an account in which the stacks lack nothing but what is changed."""
    offered = [{"Location": f"us-east-1{letter}"} for letter in "abc"]
    version = {"clusterVersion": "1.35", "versionStatus": "STANDARD_SUPPORT", "endOfStandardSupportDate": "2027-03-01"}
    answers: dict[str, object] = {
        IDENTITY: {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ada"},
        VERSIONS: {"clusterVersions": [version]},
        QUOTA: {"Quota": {"Value": 640.0}},
        ZONES: {"InstanceTypeOfferings": offered},
        RESERVATION: block(),
    }
    command(folder, "aws", answers | changed)


@pytest.fixture(autouse=True)
def _commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def asked(recording: Recording) -> list[Finding]:
    questions = list(aws.questions(recording))
    return findings(questions, ask_all(questions))


@pytest.mark.parametrize("stack", ["eks-prod", "eks-h200", "eks-nim"])
def test_an_account_that_has_all_that_a_stack_needs_gives_no_finding(
    stack: str, recordings: Mapping[str, Recording]
) -> None:
    assert asked(recordings[stack]) == []


@pytest.mark.parametrize(
    ("changed", "code", "says"),
    [
        ({VERSIONS: {"clusterVersions": []}}, "preflight.version", "makes no clusters of 1.35"),
        ({ZONES: {"InstanceTypeOfferings": []}}, "preflight.machine", "not offered in us-east-1a"),
        ({RESERVATION: block(State="scheduled")}, "preflight.reservation", "begins on 2026-11-01T11:30"),
        ({RESERVATION: block(EndDate="2026-11-02T11:30:00+00:00")}, "preflight.reservation", "has ended"),
        ({RESERVATION: block(AvailabilityZone="us-east-1c")}, "preflight.reservation", "is in us-east-1c"),
        ({RESERVATION: block(TotalInstanceCount=0)}, "preflight.reservation", "has 0 machines"),
        ({RESERVATION: block(ReservationType="default")}, "preflight.reservation", "is no Capacity Block"),
        ({RESERVATION: "error: InvalidCapacityReservationId.NotFound"}, "preflight.reservation", "the account has no"),
    ],
)
def test_what_an_account_lacks_is_named(
    changed: Mapping[str, object], code: str, says: str, recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    account(tmp_path, **changed)
    [finding] = asked(recordings["eks-h200"])
    assert (finding.code, finding.severity) == (code, "error")
    assert says in finding.message


def test_a_quota_that_is_too_small_comes_with_the_request_for_a_larger_one(
    recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    account(tmp_path, **{QUOTA: {"Quota": {"Value": 8.0}}})
    [finding] = asked(recordings["eks-nim"])
    assert finding.message.startswith("40 vCPUs are taken at most")
    assert "--service-code ec2 --quota-code L-DB2E81BA --desired-value 40 --region us-east-1" in finding.remedy


def test_a_quota_that_nobody_has_changed_is_the_default_one(
    recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    account(tmp_path, **{QUOTA: "error: NoSuchResourceException", DEFAULT: {"Quota": {"Value": 0.0}}})
    [finding] = asked(recordings["eks-nim"])
    assert "allows 0 in us-east-1" in finding.message


def test_a_version_in_extended_support_is_a_warning(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    version = {"clusterVersion": "1.35", "versionStatus": "EXTENDED_SUPPORT", "endOfStandardSupportDate": "2026-03-01"}
    account(tmp_path, **{VERSIONS: {"clusterVersions": [version]}})
    [finding] = asked(recordings["eks-nim"])
    assert (finding.code, finding.severity) == ("preflight.version", "warning")


def test_who_is_not_signed_in_is_told_once_how_to(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    nobody = "error: Unable to locate credentials."
    account(tmp_path, **dict.fromkeys((IDENTITY, VERSIONS, QUOTA, ZONES, RESERVATION), nobody))
    [finding] = asked(recordings["eks-prod"])
    assert finding.remedy == "run aws configure, or aws sso login"
