"""Judgement over facts: pure functions that say what is wrong with a stack before anything is created.

Nothing here creates a resource, reads a file or imports Pulumi.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

from slipway.checks.wording import shortened

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Attributes:
        code: what kind of thing it is, stable over releases: `fit.kv-cache`.
        path: where in the stack file, dotted: `servers.llama.autoscaling.max`.
        message: the value found and the reason it is wrong, with its numbers.
        remedy: what to write or run instead.
        severity: an `error` keeps the stack from registering any resource; a `warning` does not.
        about: the path of something elsewhere in the stack file without which there would be no such finding.
    """

    code: str
    path: str
    message: str
    remedy: str
    severity: Severity = "error"
    about: str = ""

    def __post_init__(self) -> None:
        for part in ("message", "remedy"):
            object.__setattr__(self, part, shortened(getattr(self, part)))

    @override
    def __str__(self) -> str:
        """One line: `error: path: message; remedy`."""
        return f"{self.severity}: {self.path}: {self.message}; {self.remedy}"


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that forbid a deployment."""
    return [finding for finding in findings if finding.severity == "error"]
