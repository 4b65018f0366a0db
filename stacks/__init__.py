"""What runs: one settings model, one judgement and one deployment for each kind of stack.

Importing this package loads no cloud SDK; deploying a stack loads the one that it needs.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from checks import Finding, errors
from stacks import gke_tpu, gke_tpu_checks, gke_tpu_figures
from stacks.reading import read
from stacks.surroundings import Surroundings

__all__ = ["Refused", "Stack", "Surroundings", "deploy", "load"]

Stack = gke_tpu.GkeTpu


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
            [Finding("slipway:stack", "is missing", "select a stack that has a file in stacks/, or write one")]
        )
    reading = read(Stack, raw)
    findings = list(reading.findings)
    if reading.settings is not None:
        said = {finding.path for finding in findings}
        findings += [
            finding
            for finding in gke_tpu_checks.judge(reading.settings, surroundings)
            if finding.path not in said and not any(repr(gone[-1]) in finding.message for gone in reading.dropped)
        ]
    if reading.settings is None or errors(findings):
        raise Refused(findings)
    for finding in findings:
        pulumi.log.warn(str(finding))
    return reading.settings, findings


def deploy(stack: Stack, surroundings: Surroundings) -> Mapping[str, pulumi.Input[Any]]:
    """Create the resources of a stack that `load` accepted; return its outputs, and what it amounts to."""
    return {**gke_tpu.deploy(stack, surroundings), **gke_tpu_figures.figures(stack)}
