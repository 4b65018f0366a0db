"""What runs: one settings model, one judgement and one deployment for every stack.

Importing this package loads no cloud SDK; deploying a stack loads the one that it needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import pulumi

from slipway.checks import Finding, errors
from slipway.checks.judged import Judged
from slipway.reading import dotted, read
from slipway.reading.mending import Path
from slipway.refused import Refused
from slipway.stack_files import extended
from stacks.clusters import PROVIDERS, AnyStack, examples_for, provider_finding, provider_of, without_kind
from stacks.figures import figures, judged
from stacks.judgement import judge
from stacks.outputs import Outputs
from stacks.stack import Stack
from stacks.surroundings import Surroundings, alert_receivers

FOLDER = FilePath(__file__).parent
"""Where stack files are, as Pulumi.yaml says."""

__all__ = ["AnyStack", "Loaded", "Refused", "Stack", "Surroundings", "alert_receivers", "deploy", "load"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stack that may be deployed.

    Attributes:
        settings: what a person decides.
        findings: the warnings about it.
        judged: what was found of its servers.
    """

    settings: Stack
    findings: Sequence[Finding]
    judged: Judged


def load(raw: Mapping[str, Any] | None, surroundings: Surroundings) -> Loaded:
    """Read and judge the value of `slipway:stack`, with what it inherits from other stacks.

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
    inherited = extended(raw, FOLDER)
    if inherited.stack is None:
        raise Refused(list(inherited.findings))
    stack, findings = without_kind(inherited.stack)
    swapped = provider_finding(stack)
    reading = read(PROVIDERS[provider_of(stack)], stack, examples_for(stack))
    findings += [swapped] if swapped else []
    findings += [finding for finding in reading.findings if not swapped or finding.path != swapped.path]
    if reading.settings is not None:
        said = {finding.path for finding in findings}
        findings += [
            finding
            for finding in judge(reading.settings, surroundings)
            if finding.path not in said and not any(_follows(finding, path) for path in reading.dropped)
        ]
    findings = [inherited.told(finding) for finding in findings]
    if reading.settings is None or errors(findings):
        raise Refused(findings)
    for finding in findings:
        # An update follows a preview, which has shown what things cost; said twice, that drowns the rest.
        if finding.code.startswith("cost.") and not pulumi.runtime.is_dry_run():
            continue
        pulumi.log.warn(f"{finding.path}: {finding.message}; {finding.remedy}")
    return Loaded(reading.settings, findings, judged(reading.settings))


def deploy(stack: Stack, surroundings: Surroundings) -> Outputs:
    """Create the resources of a stack that `load` accepted; return its outputs, and what it amounts to."""
    # The SDKs cost seconds to import, and whoever only reads settings needs none of them.
    from stacks.deployment import deploy as deployed

    return {**deployed(stack, surroundings), **figures(stack)}


def _follows(finding: Finding, gone: Path) -> bool:
    """Whether a finding may only be there because something was left out: it is about that, or about the list of it."""
    left_out, listed = f"{dotted(gone)}.", dotted(gone[:-1]) if isinstance(gone[-1], int) else None
    return any(f"{place}.".startswith(left_out) or place == listed for place in (finding.path, finding.about))
