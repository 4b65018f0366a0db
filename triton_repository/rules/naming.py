"""Names, backends and releases: whether Triton finds what runs a model."""

import re
from collections.abc import Iterator

from checks import Finding
from triton_repository.backends import backend_of, is_ensemble
from triton_repository.model import Model
from triton_repository.pod import Pod

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_METRIC_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_RELEASE = re.compile(r"\d\d\.\d\d")


def naming_findings(model: Model, place: str, pod: Pod) -> Iterator[Finding]:
    """Yield what keeps Triton from finding the model or its backend."""
    config = model.config
    if not _NAME.fullmatch(config.name):
        message = f"{config.name!r}: the name is a directory and a part of URLs, which Triton does not decode"
        yield Finding("triton.naming", f"{place}.name", message, "use letters, digits, '_', '-' and '.'")
    for tag in config.metric_tags:
        if not _METRIC_TAG.fullmatch(tag):
            message = f"{tag!r} becomes no valid label of Prometheus, and the whole server dies of it"
            yield Finding(
                "triton.naming",
                f"{place}.metric_tags",
                message,
                "use letters, digits and '_', beginning with none of '_'",
            )
    yield from _backend_findings(model, place, pod)
    yield from _release_findings(model, place, pod)


def _backend_findings(model: Model, place: str, pod: Pod) -> Iterator[Finding]:
    if is_ensemble(model.config):
        return
    config = model.config
    backend = backend_of(model)
    if backend is None:
        stated = f"platform {config.platform!r} is none" if config.platform else "neither the files nor platform say it"
        yield Finding(
            "triton.backend",
            f"{place}.backend",
            f"no backend is named: {stated}",
            'write backend: "python" or another one',
        )
        return
    if backend.platforms is not None and config.platform not in backend.platforms | {""}:
        message = f"{config.platform!r} does not go with the backend {backend.name}"
        yield Finding(
            "triton.backend",
            f"{place}.platform",
            message,
            f"leave it out, or write {' or '.join(sorted(backend.platforms))}",
        )
    if pod.backends is not None and backend.name not in pod.backends:
        message = f"{backend.name!r} is not in the server's image, which brings {', '.join(sorted(pod.backends))}"
        yield Finding(
            "triton.backend", f"{place}.backend", message, f"choose an image of Triton that brings {backend.name}"
        )
    if backend.needs_gpu and pod.gpus == 0:
        message = f"{backend.name} runs on GPUs only, and the pod has none"
        yield Finding("triton.backend", f"{place}.backend", message, "give the pod a GPU")


def _release_findings(model: Model, place: str, pod: Pod) -> Iterator[Finding]:
    steps = model.config.ensemble_scheduling
    newer = {
        "model_metrics": "24.11" if model.config.model_metrics else "",
        "ensemble_scheduling.max_inflight_requests": "25.11" if steps and steps.max_inflight_requests else "",
    }
    for field, since in newer.items():
        if _RELEASE.fullmatch(pod.release) and pod.release < since:
            message = (
                f"release {pod.release} does not know it and refuses the whole file; {since} is the first to know it"
            )
            yield Finding(
                "triton.release", f"{place}.{field}", message, f"leave it out, or use an image of {since} or later"
            )
