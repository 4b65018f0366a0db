"""Hugging Face and NVIDIA's registry are asked whether they give a stack's models and images to whoever asks."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from offline import Recording, record
from preflight import hubs
from preflight.question import ask_all, findings
from preflight.web import Web
from slipway.checks import Finding
from tests.preflight.doubles import TOKEN, Api, serving

ROOT = Path(__file__).parents[2]
LLAMA, QWEN = (f"/api/models/{name}/auth-check" for name in ("meta-llama/Llama-3.3-70B-Instruct", "Qwen/Qwen3-32B"))
NIM = "/v2/nim/meta/llama-3.1-8b-instruct/manifests/2.0.13"
GATED = {"X-Error-Code": "GatedRepo"}


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NGC_API_KEY", TOKEN)
    return Api({LLAMA: (200, {}), QWEN: (200, {}), "/proxy_auth": (200, {"token": "pass"}), NIM: (200, {})})


@pytest.fixture
def web(api: Api) -> Iterator[Web]:
    with serving(api, "huggingface.co", "nvcr.io") as found:
        yield found


def asked(recording: Recording, web: Web) -> list[Finding]:
    questions = list(hubs.questions(recording, web))
    return findings(questions, ask_all(questions))


def test_models_and_images_that_are_given_make_no_finding(recordings: Mapping[str, Recording], web: Web) -> None:
    assert asked(recordings["gke-tpu-prod"], web) == []
    assert asked(recordings["eks-nim"], web) == []


def test_the_models_are_those_that_pods_download(recordings: Mapping[str, Recording], web: Web) -> None:
    about = {name: [each.about for each in hubs.questions(recordings[name], web)] for name in ("eks-h200", "eks-nim")}
    assert "meta-llama/Llama-3.2-1B-Instruct" in about["eks-h200"]
    assert about["eks-nim"] == ["nvcr.io/nim/meta/llama-3.1-8b-instruct:2.0.13"]


def test_models_that_pods_read_from_a_bucket_are_not_asked_for(tmp_path: Path, web: Web) -> None:
    text = (ROOT / "stacks" / "Pulumi.gke-tpu.yaml").read_text(encoding="utf-8")
    stored = tmp_path / "Pulumi.stored.yaml"
    ours = "      bucket: our-models\n      readOnly: true"
    stored.write_text(text.replace("      keepOnDestroy: false", ours), encoding="utf-8")
    assert not list(hubs.questions(record(stored), web))


def test_a_licence_that_is_not_accepted_is_an_error_with_its_page(
    recordings: Mapping[str, Recording], api: Api, web: Web
) -> None:
    api.answers[LLAMA] = (403, {}, GATED)
    [finding] = asked(recordings["gke-tpu-prod"], web)
    assert "the licence of meta-llama/Llama-3.3-70B-Instruct is not accepted" in finding.message
    assert finding.remedy == "accept it at https://huggingface.co/meta-llama/Llama-3.3-70B-Instruct"


def test_a_gated_model_without_a_token_is_an_error(
    recordings: Mapping[str, Recording], api: Api, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    api.answers[LLAMA] = (401, {}, GATED)
    [finding] = asked(recordings["gke-tpu-prod"], web)
    assert finding.message.startswith("meta-llama/Llama-3.3-70B-Instruct needs a token, and none was found")
    assert not any("Authorization" in headers for _, _, headers in api.asked)


def test_a_token_that_a_login_has_left_is_used(
    recordings: Mapping[str, Recording], api: Api, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    (tmp_path / "token").write_text("left\n", encoding="utf-8")
    asked(recordings["gke-tpu-prod"], web)
    assert {headers["Authorization"] for _, _, headers in api.asked} == {"Bearer left"}


def test_a_token_does_not_follow_a_redirect(recordings: Mapping[str, Recording], api: Api, web: Web) -> None:
    api.answers[LLAMA] = (302, {}, {"Location": "/elsewhere"})
    [finding] = asked(recordings["gke-tpu-prod"], web)
    assert finding.code == "preflight.unanswered"
    assert not any(path == "/elsewhere" for _, path, _ in api.asked)


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/proxy_auth", 401, "has expired"),
        (NIM, 402, "no right to the image"),
        (NIM, 404, "there is no nvcr.io/nim/meta"),
    ],
)
def test_an_image_that_is_not_given_is_an_error(
    path: str, status: int, says: str, recordings: Mapping[str, Recording], api: Api, web: Web
) -> None:
    api.answers[path] = (status, {})
    [finding] = asked(recordings["eks-nim"], web)
    assert (finding.code, finding.severity) == ("preflight.image", "error")
    assert says in finding.message
    assert TOKEN not in str(finding)


def test_a_host_that_nobody_reaches_is_one_warning_for_all_that_was_asked_of_it(
    recordings: Mapping[str, Recording], api: Api
) -> None:
    [finding] = asked(recordings["gke-tpu-prod"], Web({"huggingface.co": "http://127.0.0.1:9"}))
    assert (finding.code, finding.severity) == ("preflight.unanswered", "warning")
    assert "Qwen/Qwen3-32B, meta-llama/Llama-3.3-70B-Instruct; huggingface.co cannot be reached" in finding.message
