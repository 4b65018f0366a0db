"""A project of Google Cloud is asked for what a stack needs of it, and each lack is named with what mends it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from offline import Recording, record
from preflight import google
from preflight.__main__ import main
from preflight.google_permissions import PERMISSIONS
from preflight.question import ask_all, findings
from preflight.web import Web
from slipway.checks import Finding
from tests.preflight.doubles import TOKEN, Api, command, serving

ROOT = Path(__file__).parents[2]
PROJECT = "my-project"
SERVICES = f"/v1/projects/{PROJECT}/services:batchGet"
IAM = f"/v1/projects/{PROJECT}:testIamPermissions"
VERSIONS = f"/v1/projects/{PROJECT}/locations/us-east5/serverConfig"
QUOTA = (
    f"/v1/projects/{PROJECT}/locations/global/services/compute.googleapis.com/quotaInfos/"
    "TPUS-PER-TPU-FAMILY-per-project-region"
)
CPUS = QUOTA.replace("TPUS-PER-TPU-FAMILY", "CPUS")
ZONE = f"/compute/v1/projects/{PROJECT}/zones/us-east5-b"
MACHINE, RESERVATION = f"{ZONE}/machineTypes/ct6e-standard-8t", f"{ZONE}/reservations/tpu-v6e-serving"
SERVICE_NAMES = (
    "cloudquotas",
    "cloudresourcemanager",
    "compute",
    "container",
    "secretmanager",
    "serviceusage",
    "storage",
)
HOSTS = [f"{name}.googleapis.com" for name in SERVICE_NAMES]
APIS = ("artifactregistry", "cloudkms", "cloudresourcemanager", "compute", "container", "containerfilesystem", "iam")


def row(value: str, **dimensions: str) -> Mapping[str, object]:
    return {"dimensions": dimensions, "details": {"value": value}, "applicableLocations": ["us-east5"]}


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    """A project in which the stack gke-tpu-prod lacks nothing."""
    command(tmp_path, "gcloud", {"auth application-default print-access-token": TOKEN})
    command(tmp_path, "aws", {})
    command(tmp_path, "kubectl", {})
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    names = (*APIS, "logging", "monitoring", "storage")
    services = [{"name": f"projects/1/services/{name}.googleapis.com", "state": "ENABLED"} for name in names]
    held = sorted({permission for rows in PERMISSIONS.values() for permission, _ in rows})
    channels = [{"channel": "REGULAR", "validVersions": ["1.36.1-gke.5", "1.35.4-gke.1"]}]
    specific = {"count": "6", "inUseCount": "1", "instanceProperties": {"machineType": "ct6e-standard-8t"}}
    rows = [row("0"), row("48", region="us-east5", tpu_family="CT6E"), row("9", region="us-east5", tpu_family="TPU7X")]
    return Api(
        {
            SERVICES: (200, {"services": services}),
            IAM: (200, {"permissions": held}),
            VERSIONS: (200, {"channels": channels}),
            QUOTA: (200, {"dimensionsInfos": rows}),
            CPUS: (200, {"dimensionsInfos": [row("24"), row("600", region="us-east5")]}),
            MACHINE: (200, {"name": "ct6e-standard-8t"}),
            RESERVATION: (200, {"specificReservation": specific}),
        }
    )


@pytest.fixture
def web(api: Api) -> Iterator[Web]:
    with serving(api, *HOSTS) as found:
        yield found


def asked(recordings: Mapping[str, Recording], web: Web) -> list[Finding]:
    questions = list(google.questions(recordings["gke-tpu-prod"], web))
    return findings(questions, ask_all(questions))


def test_a_project_that_has_all_that_a_stack_needs_gives_no_finding(
    recordings: Mapping[str, Recording], web: Web
) -> None:
    assert asked(recordings, web) == []


@pytest.mark.parametrize(
    ("path", "answer", "code", "says", "mends"),
    [
        (SERVICES, {"services": []}, "preflight.apis", "not enabled yet in my-project: ", "gcloud services enable "),
        (IAM, {}, "preflight.permissions", "container.clusters.create", "roles/container.admin"),
        (VERSIONS, {"channels": []}, "preflight.version", "1.35 is not on offer", "gcloud container get-server-config"),
        (
            QUOTA,
            {"dimensionsInfos": [row("40", tpu_family="CT6E")]},
            "preflight.quota",
            "48 chips",
            "--preferred-value 48",
        ),
        (QUOTA, {"dimensionsInfos": []}, "preflight.quota", "allows 0 in us-east5", "region=us-east5,tpu_family=CT6E"),
        (CPUS, {"dimensionsInfos": [row("8")]}, "preflight.quota", "16 vCPUs are taken", "CPUS-per-project-region"),
        (RESERVATION, {"specificReservation": {"count": "4"}}, "preflight.reservation", "4 machines", "enlarged"),
        (
            RESERVATION,
            {"specificReservation": {"count": "9", "instanceProperties": {"machineType": "ct6e-standard-4t"}}},
            "preflight.reservation",
            "holds ct6e-standard-4t",
            "another",
        ),
        (
            RESERVATION,
            {"specificReservation": {"count": "9"}, "deleteAtTime": "2026-11-02T11:30:00.000-07:00"},
            "preflight.reservation",
            "has ended on 2026-11-02T11:30",
            "another",
        ),
    ],
)
def test_what_a_project_lacks_is_named_with_what_mends_it(
    path: str, answer: object, code: str, says: str, mends: str, recordings: Mapping[str, Recording], api: Api, web: Web
) -> None:
    api.answers[path] = (200, answer)
    [finding] = asked(recordings, web)
    assert finding.code == code
    assert says in finding.message
    assert mends in finding.remedy


@pytest.mark.parametrize(("path", "code"), [(MACHINE, "preflight.machine"), (RESERVATION, "preflight.reservation")])
def test_what_is_not_there_is_an_error(
    path: str, code: str, recordings: Mapping[str, Recording], api: Api, web: Web
) -> None:
    api.answers[path] = (404, {"error": {"message": "was not found"}})
    assert [(each.code, each.severity) for each in asked(recordings, web)] == [(code, "error")]


def test_a_quota_without_limit_is_enough(recordings: Mapping[str, Recording], api: Api, web: Web) -> None:
    api.answers[QUOTA] = (200, {"dimensionsInfos": [row("-1")]})
    assert asked(recordings, web) == []


def test_an_api_that_is_off_makes_a_warning_with_the_command_that_turns_it_on(
    recordings: Mapping[str, Recording], api: Api, web: Web
) -> None:
    detail = {"reason": "SERVICE_DISABLED", "metadata": {"service": "cloudquotas.googleapis.com"}}
    api.answers[QUOTA] = (403, {"error": {"message": "has not been used", "details": [detail]}})
    [finding] = asked(recordings, web)
    assert (finding.code, finding.severity) == ("preflight.unanswered", "warning")
    assert finding.remedy == "gcloud services enable cloudquotas.googleapis.com"


def test_an_answer_that_is_no_json_is_a_warning_and_no_crash(
    recordings: Mapping[str, Recording], api: Api, web: Web
) -> None:
    api.answers[QUOTA] = (200, {"dimensionsInfos": [{"dimensions": {}}]})
    [finding] = asked(recordings, web)
    assert finding.code == "preflight.unanswered"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((200, {"permissions": ["storage.buckets.setIamPolicy"]}), None),
        ((200, {"permissions": list[str]()}), "you lack storage.buckets.setIamPolicy on our-models"),
        ((403, {"error": "denied"}), "or it is somebody else's"),
        ((404, {"error": "missing"}), "there is no bucket our-models"),
    ],
)
def test_a_bucket_that_exists_is_there_and_the_caller_s_to_open(
    answer: tuple[int, object], says: str | None, tmp_path: Path, api: Api, web: Web
) -> None:
    text = (ROOT / "stacks" / "Pulumi.gke-tpu.yaml").read_text(encoding="utf-8")
    shared = tmp_path / "Pulumi.shared.yaml"
    shared.write_text(text.replace("      keepOnDestroy: false", "      bucket: our-models"), encoding="utf-8")
    api.answers["/storage/v1/b/our-models/iam/testPermissions"] = answer
    [question] = [each for each in google.questions(record(shared), web) if each.about == "bucket our-models"]
    assert [says in each.message for each in question.ask().findings if says] == [True] * bool(says)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((200, {"state": "ENABLED"}), None),
        ((200, {"state": "DISABLED"}), "its latest version is DISABLED"),
        ((404, {"error": "missing"}), "it has no version, or is not there"),
    ],
)
def test_the_secret_of_a_token_is_there_and_enabled(
    answer: tuple[int, object], says: str | None, api: Api, web: Web
) -> None:
    stack = record(ROOT / "tests" / "stack_files" / "Pulumi.small-slices.yaml", assume_secrets=True)
    [question] = [each for each in google.questions(stack, web) if each.about.startswith("secret ")]
    name = question.about.removeprefix("secret ")
    project = stack.of("gcp:secretmanager/secretIamMember:SecretIamMember")[0].inputs["project"]
    api.answers[f"/v1/projects/{project}/secrets/{name}/versions/latest"] = answer
    assert [says in each.message for each in question.ask().findings if says] == [True] * bool(says)
    assert not any(path.endswith(":access") for _, path, _ in api.asked)


def test_who_is_not_signed_in_is_told_once_how_to(
    recordings: Mapping[str, Recording], tmp_path: Path, web: Web
) -> None:
    nobody = "error: Your default credentials were not found."
    command(tmp_path, "gcloud", {"auth application-default": nobody, "auth print-access-token": nobody})
    [finding] = asked(recordings, web)
    assert finding.code == "preflight.credentials"
    assert finding.remedy == "run gcloud auth application-default login"


def test_whoever_has_no_default_credentials_is_asked_for_as_the_user_of_gcloud(
    recordings: Mapping[str, Recording], tmp_path: Path, api: Api, web: Web
) -> None:
    nobody = "error: Your default credentials were not found."
    command(tmp_path, "gcloud", {"auth application-default": nobody, "auth print-access-token": "of-the-user"})
    assert asked(recordings, web) == []
    assert {headers["Authorization"] for _, _, headers in api.asked} == {"Bearer of-the-user"}


def test_a_token_is_sent_and_never_shown(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers[IAM] = (200, {})
    with serving(api, *HOSTS, "huggingface.co") as web:
        assert main(["gke-tpu-prod"], web) == 1
    shown = capsys.readouterr()
    assert TOKEN not in shown.out + shown.err
    assert any(headers.get("Authorization") == f"Bearer {TOKEN}" for _, _, headers in api.asked)
    assert "error    your permissions" in shown.out


def test_nothing_is_asked_that_could_write(recordings: Mapping[str, Recording], api: Api, web: Web) -> None:
    asked(recordings, web)
    assert {path for method, path, _ in api.asked if method != "GET"} == {IAM}


def test_every_type_of_resource_on_google_cloud_has_its_permission(recordings: Mapping[str, Recording]) -> None:
    types = {each.type for recording in recordings.values() for each in recording.resources}
    assert {each for each in types if each.startswith("gcp:")} <= set(PERMISSIONS)
