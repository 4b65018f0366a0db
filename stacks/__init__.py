"""What runs: one settings model, one judgement and one deployment for each kind of stack.

Importing this package loads no cloud SDK; deploying a stack loads the one that it needs.
"""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pydantic import Field

from checks import Finding, errors
from stacks import eks_gpu, existing, gke_tpu
from stacks.eks_gpu import EksGpu
from stacks.eks_gpu import checks as eks_gpu_checks
from stacks.eks_gpu import figures as eks_gpu_figures
from stacks.existing import Existing
from stacks.existing import checks as existing_checks
from stacks.gke_tpu import GkeTpu
from stacks.gke_tpu import checks as gke_tpu_checks
from stacks.gke_tpu import figures as gke_tpu_figures
from stacks.gpu import figures as gpu_figures
from stacks.reading import read
from stacks.surroundings import Surroundings

__all__ = ["Refused", "Stack", "Surroundings", "deploy", "load"]

Stack = Annotated[EksGpu | Existing | GkeTpu, Field(discriminator="kind")]

_Kind = type[EksGpu] | type[Existing] | type[GkeTpu]
_KINDS: dict[str, _Kind] = {"eks-gpu": EksGpu, "existing": Existing, "gke-tpu": GkeTpu}


class Refused(pulumi.RunError):
    """A stack file that would not deploy, or would not work once deployed. Nothing has been created.

    Attributes:
        findings: everything that was found, warnings included.
    """

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("the stack file has mistakes:\n" + "\n".join(f"  {finding}" for finding in findings))


def load(raw: Mapping[str, Any] | None, surroundings: Surroundings) -> tuple[Stack, list[Finding]]:
    """Read and judge the value of `slipway:stack`.

    Returns:
        The settings, and the warnings about them.

    Raises:
        Refused: there is an error; all of them are in it.
    """
    if raw is None:
        raise Refused(
            [
                Finding(
                    "settings.load",
                    "slipway:stack",
                    "is missing",
                    "select a stack that has a file in stacks/, or write one",
                )
            ]
        )
    reading = read(_kind(raw), raw)
    findings = list(reading.findings)
    if reading.settings is not None:
        said = {finding.path for finding in findings}
        findings += [
            finding
            for finding in _judge(reading.settings, surroundings)
            if finding.path not in said and not any(repr(gone[-1]) in finding.message for gone in reading.dropped)
        ]
    if reading.settings is None or errors(findings):
        raise Refused(findings)
    for finding in findings:
        pulumi.log.warn(f"{finding.path}: {finding.message}; {finding.remedy}")
    return reading.settings, findings


def deploy(stack: Stack, surroundings: Surroundings) -> Mapping[str, pulumi.Input[Any]]:
    """Create the resources of a stack that `load` accepted; return its outputs, and what it amounts to."""
    match stack:
        case EksGpu():
            return {**eks_gpu.deploy(stack, surroundings), **eks_gpu_figures.figures(stack)}
        case Existing():
            return {**existing.deploy(stack, surroundings), **gpu_figures.server_figures(stack)}
        case GkeTpu():
            return {**gke_tpu.deploy(stack, surroundings), **gke_tpu_figures.figures(stack)}


def _judge(stack: Stack, surroundings: Surroundings) -> list[Finding]:
    match stack:
        case EksGpu():
            return eks_gpu_checks.judge(stack, surroundings)
        case Existing():
            return existing_checks.judge(stack, surroundings)
        case GkeTpu():
            return gke_tpu_checks.judge(stack, surroundings)


def _kind(raw: Mapping[str, Any]) -> _Kind:
    """Return the settings of the kind that is named, or of the one that is named most like it."""
    [closest] = difflib.get_close_matches(str(raw.get("kind")), _KINDS, n=1, cutoff=0)
    return _KINDS[closest]
