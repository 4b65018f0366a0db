"""A cluster that is there already is asked for its version, its kinds and the Secrets that a person makes."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from offline import Recording, record
from preflight import cluster
from preflight.__main__ import main
from preflight.question import Answer, Question, ask_all, findings
from slipway.checks import Finding
from tests.preflight.doubles import command

ROOT = Path(__file__).parents[2]
SERVED = ("admissionregistration.k8s.io/v1", "apps/v1", "autoscaling/v2", "batch/v1", "networking.k8s.io/v1")
MORE = ("policy/v1", "rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1", "storage.k8s.io/v1")
API_KEY, PULL = "get secret ngc-api --namespace nim", "get secret ngc-pull --namespace nim"


def api(folder: Path, without: str = "", **changed: object) -> None:
    groups = [{"versions": [{"groupVersion": each}]} for each in (*SERVED, *MORE) if each != without]
    answers: dict[str, object] = {
        "get --raw /version": {"gitVersion": "v1.35.2"},
        "get --raw /apis": {"groups": groups},
        API_KEY: "NGC_API_KEY ",
        PULL: ".dockerconfigjson ",
    }
    command(folder, "kubectl", answers | changed)


@pytest.fixture(autouse=True)
def _commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def asked(recording: Recording) -> list[Finding]:
    questions = list(cluster.questions(recording))
    return findings(questions, ask_all(questions))


def test_a_cluster_that_has_all_that_a_stack_needs_gives_no_finding(recordings: Mapping[str, Recording]) -> None:
    assert asked(recordings["existing"]) == []


def test_a_cluster_that_the_stack_makes_is_not_asked(recordings: Mapping[str, Recording]) -> None:
    assert not list(cluster.questions(recordings["eks-nim"]))
    assert not list(cluster.questions(recordings["gke-tpu"]))


def test_a_cluster_whose_kubeconfig_is_sealed_is_not_taken_for_that_of_the_person_who_asks(tmp_path: Path) -> None:
    text = (ROOT / "stacks" / "Pulumi.existing.yaml").read_text(encoding="utf-8")
    sealed = tmp_path / "Pulumi.sealed.yaml"
    sealed.write_text(text.replace("source: context", "source: pulumi"), encoding="utf-8")
    [finding] = asked(record(sealed, assume_secrets=True))
    assert finding.message == "not known: the cluster; its kubeconfig is a Pulumi secret, which is not opened here"


def test_a_context_that_the_stack_file_names_is_the_one_that_is_asked(tmp_path: Path) -> None:
    text = (ROOT / "stacks" / "Pulumi.existing.yaml").read_text(encoding="utf-8")
    named = tmp_path / "Pulumi.named.yaml"
    named.write_text(text.replace("source: context", "source: context\n        context: staging"), encoding="utf-8")
    command(tmp_path, "kubectl", {"--context staging get --raw /version": {"gitVersion": "v1.36.0"}})
    version = next(each for each in cluster.questions(record(named)) if each.about == "version of the cluster")
    assert version.ask() == Answer("Kubernetes v1.36.0")


def test_a_secret_that_is_not_there_comes_with_the_command_that_makes_it(
    recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    api(tmp_path, **{API_KEY: 'error: Error from server (NotFound): secrets "ngc-api" not found'})
    [finding] = asked(recordings["existing"])
    assert (finding.code, finding.severity) == ("preflight.secret", "warning")
    assert finding.remedy == "kubectl create secret generic ngc-api --namespace nim --from-literal=NGC_API_KEY=<value>"


def test_a_secret_without_the_key_that_pods_read_is_found(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    api(tmp_path, **{API_KEY: "token "})
    [finding] = asked(recordings["existing"])
    assert "Secret ngc-api in nim lacks NGC_API_KEY; it has token" in finding.message


def test_a_version_of_an_api_that_is_not_served_is_an_error(
    recordings: Mapping[str, Recording], tmp_path: Path
) -> None:
    api(tmp_path, without="policy/v1")
    [finding] = asked(recordings["existing"])
    assert finding.message.startswith("the cluster does not serve policy/v1")


def test_kinds_that_a_chart_of_the_stack_brings_are_not_missed(recordings: Mapping[str, Recording]) -> None:
    used = {each.inputs["apiVersion"] for each in recordings["existing"].resources if each.is_kubernetes_object}
    assert "monitoring.coreos.com/v1" in used
    assert asked(recordings["existing"]) == []


def test_a_cluster_that_nobody_reaches_is_one_warning(recordings: Mapping[str, Recording], tmp_path: Path) -> None:
    noise = "E1130 memcache.go:265] Unhandled Error\nThe connection to the server was refused"
    api(tmp_path, **dict.fromkeys(("get --raw /version", "get --raw /apis", API_KEY, PULL), f"error: {noise}"))
    [finding] = asked(recordings["existing"])
    assert (finding.code, finding.severity) == ("preflight.unanswered", "warning")
    assert finding.message.endswith("Secret nim/ngc-pull; The connection to the server was refused")


def test_a_question_that_nobody_answers_does_not_hold_up_the_others() -> None:
    def late() -> Answer:
        time.sleep(60)
        return Answer("too late")

    questions = [Question("the late one", "a", late), Question("the other", "b", lambda: Answer("here"))]
    answers = ask_all(questions, seconds=0.2)
    assert [each.text for each in answers] == ["not known", "here"]
    assert [each.path for each in findings(questions, answers)] == ["a"]


def test_a_stack_that_does_not_preview_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "Pulumi.broken.yaml"
    broken.write_text("config: {}\n", encoding="utf-8")
    assert main([str(broken)]) == 1
    assert "no account was asked" in capsys.readouterr().err
