"""An account of AWS is asked by its command line for what a stack needs of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from offline import Recording, record
from preflight import aws
from preflight.__main__ import main
from preflight.aws_permissions import PERMISSIONS
from preflight.question import ask_all, findings
from preflight.web import Web
from slipway.checks import Finding
from tests.preflight.doubles import command

ROOT = Path(__file__).parents[2]
IDENTITY, VERSIONS = "sts get-caller-identity", "eks describe-cluster-versions"
QUOTA, DEFAULT = "service-quotas get-service-quota", "service-quotas get-aws-default-service-quota"
G_AND_VT, STANDARD = (f"{QUOTA} --service-code ec2 --quota-code {code}" for code in ("L-DB2E81BA", "L-1216C47A"))
ROLE, SIMULATION, BUCKET = "iam get-role", "iam simulate-principal-policy", "s3api head-bucket"
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


def simulated(*denied: str) -> Mapping[str, object]:
    """Return a simulation of all actions, of which some are not allowed."""
    actions = {action for each in PERMISSIONS.values() for action in each}
    decisions = {action: "implicitDeny" if action in denied else "allowed" for action in actions}
    return {"EvaluationResults": [{"EvalActionName": each, "EvalDecision": decisions[each]} for each in decisions]}


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
        SIMULATION: simulated(),
        BUCKET: {"BucketRegion": "us-east-1"},
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
        ({SIMULATION: simulated("eks:CreateCluster")}, "preflight.permissions", "user ada do not allow eks:CreateC"),
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
    account(tmp_path, **{G_AND_VT: {"Quota": {"Value": 8.0}}})
    [finding] = asked(recordings["eks-nim"])
    assert finding.message.startswith("40 vCPUs are taken at most")
    assert "--service-code ec2 --quota-code L-DB2E81BA --desired-value 40 --region us-east-1" in finding.remedy


def test_a_quota_that_nobody_has_changed_is_the_default_one(
    recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    account(tmp_path, **{G_AND_VT: "error: NoSuchResourceException", DEFAULT: {"Quota": {"Value": 0.0}}})
    [finding] = asked(recordings["eks-nim"])
    assert "allows 0 in us-east-1" in finding.message


def test_a_version_in_extended_support_is_a_warning(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    version = {"clusterVersion": "1.35", "versionStatus": "EXTENDED_SUPPORT", "endOfStandardSupportDate": "2026-03-01"}
    account(tmp_path, **{VERSIONS: {"clusterVersions": [version]}})
    [finding] = asked(recordings["eks-nim"])
    assert (finding.code, finding.severity) == ("preflight.version", "warning")


def test_who_is_not_signed_in_is_told_once_how_to(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    nobody = "error: Unable to locate credentials."
    account(tmp_path, **dict.fromkeys((IDENTITY, VERSIONS, QUOTA, ZONES, RESERVATION, SIMULATION), nobody))
    [finding] = asked(recordings["eks-prod"])
    assert finding.remedy == "run aws configure, or aws sso login"


def test_a_role_is_simulated_with_its_path_and_gets_the_policy_that_it_lacks(
    recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    session = {"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/deployer/ada"}
    arn = "arn:aws:iam::123456789012:role/teams/ml/deployer"
    simulation = f"{SIMULATION} --policy-source-arn {arn} --context-entries ContextKeyName=aws:RequestedRegion,"
    denied = simulated("ec2:CreateVpc", "iam:PassRole")
    role = {"Role": {"Arn": arn}}
    account(tmp_path, **{IDENTITY: session, ROLE: role, SIMULATION: "error: no such role", simulation: denied})
    [finding] = asked(recordings["eks-nim"])
    assert finding.message.startswith("the policies of role deployer do not allow ec2:CreateVpc, iam:PassRole")
    assert finding.remedy == (
        "aws iam put-role-policy --role-name deployer --policy-name slipway --policy-document "
        '\'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:CreateVpc","iam:PassRole"],'
        '"Resource":"*"}]}\''
    )


@pytest.mark.parametrize(
    ("arn", "severities"),
    [
        ("arn:aws:iam::123456789012:root", []),
        ("arn:aws:sts::123456789012:federated-user/ada", ["warning"]),
        ("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_1/ada", ["error"]),
    ],
)
def test_whose_policies_nobody_can_simulate_or_change_is_not_told_to(
    arn: str, severities: list[str], recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    changed = {
        IDENTITY: {"Account": "1", "Arn": arn},
        ROLE: {"Role": {"Arn": arn}},
        SIMULATION: simulated("kms:CreateKey"),
    }
    account(tmp_path, **changed)
    found = asked(recordings["eks-nim"])
    assert [each.severity for each in found] == severities
    assert not any("put-" in each.remedy for each in found)


def test_who_may_not_simulate_is_told_what_that_takes(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    account(tmp_path, **{SIMULATION: "error: An error occurred (AccessDenied)"})
    [finding] = asked(recordings["eks-nim"])
    assert (finding.code, finding.severity) == ("preflight.unanswered", "warning")
    assert "iam:SimulatePrincipalPolicy" in finding.remedy


def test_every_type_of_resource_on_aws_has_its_actions(recordings: Mapping[str, Recording]) -> None:
    types = {each.type for recording in recordings.values() for each in recording.resources}
    assert {each for each in types if each.startswith("aws:")} <= set(PERMISSIONS)


def test_nodes_without_gpus_count_towards_their_quota(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    account(tmp_path, **{STANDARD: {"Quota": {"Value": 4.0}}})
    [finding] = asked(recordings["eks-nim"])
    assert (finding.code, finding.path) == ("preflight.quota", "quota.onDemandStandard")
    assert "--quota-code L-1216C47A --desired-value" in finding.remedy


def test_every_machine_of_a_mixed_pool_is_asked_for(tmp_path: Path) -> None:
    """A quota holds for the machine that takes most of it, and a zone that lacks one machine may have the other."""
    text = (ROOT / "stacks" / "Pulumi.eks-nim.yaml").read_text(encoding="utf-8")
    mixed = tmp_path / "Pulumi.mixed.yaml"
    mixed.write_text(text.replace("instanceType: g6e.xlarge", "instanceType: [g6e.xlarge, g6e.2xlarge]"), "utf-8")
    one = f"{ZONES} --location-type availability-zone --filters Name=instance-type,Values=g6e.2xlarge"
    nowhere: list[str] = []
    account(tmp_path, **{G_AND_VT: {"Quota": {"Value": 79.0}}, one: {"InstanceTypeOfferings": nowhere}})
    quota, zones = asked(record(mixed, assume_secrets=True))
    assert quota.message.startswith("80 vCPUs are taken at most")
    assert (zones.severity, zones.code) == ("warning", "preflight.machine")
    assert zones.message.startswith("g6e.2xlarge is not offered in ")


@pytest.mark.parametrize(
    ("answer", "severities"),
    [
        ({}, []),
        ("error: An error occurred (404) when calling the HeadBucket operation: Not Found", ["error"]),
        ("error: An error occurred (403) when calling the HeadBucket operation: Forbidden", ["warning"]),
    ],
)
def test_a_bucket_that_pods_read_is_there(answer: object, severities: list[str], tmp_path: Path) -> None:
    account(tmp_path, **{BUCKET: answer})
    stack = record(ROOT / "tests" / "stack_files" / "Pulumi.eks-choices.yaml", assume_secrets=True)
    found = [
        each for question in aws.questions(stack) if "bucket" in question.about for each in question.ask().findings
    ]
    assert [each.severity for each in found] == severities


def test_a_question_to_somebody_who_does_not_know_the_asker_is_not_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account(tmp_path, **{VERSIONS: "error: Unable to locate credentials."})
    main(["eks-sglang"], Web({"huggingface.co": "http://127.0.0.1:9"}))
    assert "eks-sglang: 5 of 7 questions answered in " in capsys.readouterr().out
