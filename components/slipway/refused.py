"""What is raised of what would not deploy, or would not work once deployed."""

from collections.abc import Iterable

import pulumi

from slipway.checks import Finding


class Refused(pulumi.RunError):
    """What a person wrote has mistakes. Nothing of it has been created.

    Attributes:
        findings: everything that was found, warnings included.
    """

    def __init__(self, findings: Iterable[Finding], what: str = "the stack file") -> None:
        self.findings = tuple(findings)
        super().__init__(f"{what} has mistakes:\n" + "\n".join(f"  {finding}" for finding in self.findings))
