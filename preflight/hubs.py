"""Whether Hugging Face and NVIDIA's registry give the models and images of a stack to whoever asks.

The token and the key are those of the person who asks, which stand for those of the stack: `HF_TOKEN` or what
`hf auth login` has left, and `NGC_API_KEY`. Sources: `HfApi.auth_check` of huggingface_hub (its address, and the error
codes of its answers); the token authentication of the distribution registry, at nvcr.io's own address for tokens.
"""

import base64
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from offline import Recording
from preflight import pods
from preflight.question import Answer, Question, UnansweredError
from preflight.web import Web
from slipway.checks import Finding

NGC = "nvcr.io"
NGC_USER = "$oauthtoken"
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
)


def questions(recording: Recording, web: Web) -> Iterator[Question]:
    """Yield a question for each model of Hugging Face and each image of NVIDIA's registry."""
    for model in pods.models(recording):
        yield Question(model, "servers", partial(_model, web, model))
    for image in pods.images(recording, NGC):
        yield Question(f"{NGC}/{image}", "servers", partial(_image, web, image))


def _model(web: Web, model: str) -> Answer:
    token = _hugging_face_token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    reply = web.ask(f"https://huggingface.co/api/models/{model}/auth-check", headers=headers)
    if reply.status == 200:
        return Answer("yours to download" if token else "anybody's to download")
    message, remedy = _refused_model(model, reply.status, reply.headers.get("x-error-code", ""), bool(token))
    return Answer("not to be had", (Finding("preflight.model", "servers", message, remedy),))


def _refused_model(model: str, status: int, code: str, has_token: bool) -> tuple[str, str]:
    """Return what a refusal means, and what to do."""
    page = f"https://huggingface.co/{model}"
    if not has_token and status in (401, 403):
        return (
            f"{model} needs a token, and none was found (HF_TOKEN, or that of hf auth login)",
            f"run hf auth login, after its licence is accepted at {page}",
        )
    if code == "GatedRepo" or status == 403:
        return f"the licence of {model} is not accepted by the account of your token", f"accept it at {page}"
    if status == 401:
        return (
            f"Hugging Face does not know your token, or {model} is not there for it",
            "run hf auth login with a token that has not expired",
        )
    if code == "RepoNotFound" or status == 404:
        return f"{model} is not on Hugging Face, or not for your token", "correct its name"
    raise UnansweredError(f"huggingface.co answered {status}", "ask again in a minute")


def _hugging_face_token() -> str | None:
    """Return the token that downloads would use; None where there is none."""
    if token := os.environ.get("HF_TOKEN", "").strip():
        return token
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    try:
        return (home / "token").read_text("utf-8").strip() or None
    except OSError:
        return None


def _image(web: Web, image: str) -> Answer:
    repository, _, tag = image.partition(":")
    key = os.environ.get("NGC_API_KEY", "").strip()
    credentials = base64.b64encode(f"{NGC_USER}:{key}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"} if key else {}
    admitted = web.ask(f"https://{NGC}/proxy_auth?scope=repository:{repository}:pull", headers=headers)
    if admitted.status != 200:
        return _refused_image(image, admitted.status, bool(key))
    token = admitted.document()["token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": MANIFESTS}
    reply = web.ask(f"https://{NGC}/v2/{repository}/manifests/{tag}", headers=headers, method="HEAD")
    return Answer("yours to pull") if reply.status == 200 else _refused_image(image, reply.status, bool(key))


def _refused_image(image: str, status: int, has_key: bool) -> Answer:
    if status == 404:
        message, remedy = f"there is no {NGC}/{image}", "correct image or version in the stack file"
    elif status not in (401, 402, 403):
        raise UnansweredError(f"{NGC} answered {status}", "ask again in a minute")
    elif has_key:
        message = (
            f"your NGC_API_KEY may not pull {NGC}/{image}: it has expired, or its account has no right to the image"
        )
        remedy = "make a key at https://org.ngc.nvidia.com/setup/api-keys, and accept the terms on the image's page"
    else:
        message, remedy = f"{NGC}/{image} needs a key, and NGC_API_KEY is not set", "export NGC_API_KEY, and ask again"
    return Answer("not to be had", (Finding("preflight.image", "servers", message, remedy),))
