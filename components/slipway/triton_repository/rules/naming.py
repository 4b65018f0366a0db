"""Names, backends and releases: whether Triton finds what runs a model."""

import re
from collections.abc import Iterator

from slipway.checks import Finding
from slipway.triton_repository.backends import backend_of, is_ensemble
from slipway.triton_repository.backends.backend import PYTHON_RUNTIME, Backend
from slipway.triton_repository.backends.choice import platforms_of, sign_of
from slipway.triton_repository.model import Model
from slipway.triton_repository.pod import Pod

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_METRIC_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_RELEASE = re.compile(r"\d\d\.\d\d")


def naming_findings(model: Model, place: str, pod: Pod) -> Iterator[Finding]:
    """Yield what keeps Triton from finding the model or its backend."""
    config = model.config
    if not _NAME.fullmatch(config.name):
        message = f"{config.name!r}: the name is a directory and a part of URLs, which Triton does not decode"
        yield Finding("triton.model-name", f"{place}.name", message, "use letters, digits, '_', '-' and '.'")
    for tag in config.metric_tags:
        if not _METRIC_TAG.fullmatch(tag):
            message = f"{tag!r} becomes no valid label of Prometheus, and the whole server dies of it"
            remedy = "use letters, digits and '_', beginning with none of '_'"
            yield Finding("triton.metric-tag", f"{place}.metric_tags", message, remedy)
    if not is_ensemble(config):
        backend = backend_of(model)
        yield from _backend_findings(model, backend, place, pod) if backend else _nameless_findings(model, place)
    yield from _release_findings(model, place, pod)


def _nameless_findings(model: Model, place: str) -> Iterator[Finding]:
    platform = model.config.platform
    stated = f"platform {platform!r} is none" if platform else "neither the files nor platform say it"
    remedy = 'write backend: "python" or another one'
    yield Finding("triton.no-backend", f"{place}.backend", f"no backend is named: {stated}", remedy)


def _backend_findings(model: Model, backend: Backend, place: str, pod: Pod) -> Iterator[Finding]:
    platform, platforms = model.config.platform, platforms_of(backend.name)
    if platform and platforms and platform not in platforms:
        message = f"{platform!r} does not go with the backend {backend.name}"
        remedy = f"leave it out, or write {' or '.join(sorted(platforms))}"
        yield Finding("triton.platform", f"{place}.platform", message, remedy)
    if pod.backends is not None and backend.name not in pod.backends:
        message = f"{backend.name!r} is not in the server's image, which brings {', '.join(sorted(pod.backends))}"
        remedy = f"choose an image of Triton that brings {backend.name}"
        yield Finding("triton.backend-missing", f"{place}.backend", message, remedy)
    if backend.needs_gpu and pod.gpus == 0:
        message = f"{backend.name} runs on GPUs only, and the pod has none"
        yield Finding("triton.backend-gpu", f"{place}.backend", message, "give the pod a GPU")
    if model.config.runtime:
        yield from _runtime_findings(model, backend, f"{place}.runtime")


def _runtime_findings(model: Model, backend: Backend, place: str) -> Iterator[Finding]:
    """Triton looks for the library in the version directory, in the model's and in the backend's, and not outside."""
    runtime = model.config.runtime
    parts = [part for part in runtime.split("/") if part not in {"", "."}]
    library = "/".join(parts)
    held = {*model.files, *(path for files in model.versions.values() for path in files)} - {PYTHON_RUNTIME}
    usual = backend.runtimes or {f"libtriton_{backend.name}.so", PYTHON_RUNTIME}
    known = library in usual | held or (backend.runtimes is None and library.endswith(".so"))
    if not known or ".." in parts:
        message = f"{runtime!r} is no library of the {backend.name} backend, and no file in the model's directory"
        yield Finding("triton.runtime", place, message, f"leave it out, or write {' or '.join(sorted(usual))}")


def _release_findings(model: Model, place: str, pod: Pod) -> Iterator[Finding]:
    config, sign = model.config, sign_of(model)
    steps = config.ensemble_scheduling
    newer = {
        "model_metrics": "24.11" if config.model_metrics else "",
        "ensemble_scheduling.max_inflight_requests": "25.11" if steps and steps.max_inflight_requests else "",
        "platform": sign.since if sign else "",
    }
    for field, since in newer.items():
        if _RELEASE.fullmatch(pod.release) and pod.release < since:
            message = f"release {pod.release} does not know it and refuses the model; {since} is the first to know it"
            remedy = f"leave it out, or use an image of {since} or later"
            yield Finding("triton.release", f"{place}.{field}", message, remedy)
