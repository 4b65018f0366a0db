"""Checks of a whole repository. Each rule says what Triton refuses, or accepts and then serves wrongly."""

from collections import Counter

from slipway.checks import Finding
from slipway.triton_repository.backends import backend_of
from slipway.triton_repository.model import Repository
from slipway.triton_repository.pod import Pod
from slipway.triton_repository.rules.batching import batching_findings
from slipway.triton_repository.rules.ensembles import circle_findings, ensemble_findings
from slipway.triton_repository.rules.instances import instance_findings, memory_findings, share_findings
from slipway.triton_repository.rules.metrics import metrics_findings
from slipway.triton_repository.rules.naming import naming_findings
from slipway.triton_repository.rules.sequences import sequence_findings
from slipway.triton_repository.rules.tensors import tensor_findings
from slipway.triton_repository.rules.versions import version_findings, warmup_findings


def repository_findings(repository: Repository, pod: Pod, place: str = "repository") -> list[Finding]:
    """Return everything that is wrong with `repository` on `pod`; `place` is where it stands in the stack file."""
    findings: list[Finding] = []
    for name, count in Counter(model.name for model in repository.models).items():
        if count > 1:
            message = f"{count} models have this name"
            findings.append(Finding("triton.model-twice", f"{place}.{name}", message, "give each its own"))
    for model in repository.models:
        path = f"{place}.{model.name}"
        findings += naming_findings(model, path, pod)
        findings += tensor_findings(model, path)
        findings += batching_findings(model, path)
        findings += sequence_findings(model, path)
        findings += instance_findings(model, path, pod)
        findings += version_findings(model, path)
        findings += warmup_findings(model, path)
        findings += metrics_findings(model, path)
        findings += ensemble_findings(repository, model, path)
        if backend := backend_of(model):
            findings += backend.findings(model, path, pod)
    findings += circle_findings(repository, place)
    findings += memory_findings(repository, place, pod)
    findings += share_findings(repository, place, pod)
    return findings
