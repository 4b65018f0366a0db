"""What the engine said of one command: the steps that it took, and what it found wrong."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from pulumi.automation.events import EngineEvent

_LEFT = frozenset({"same", "read", "refresh"})
Name = Literal["up", "preview", "refresh", "destroy"]


@dataclass(frozen=True, slots=True)
class Step:
    """What the engine did with a resource.

    Attributes:
        operation: its own word, such as `create` or `delete-replaced`.
        changed: the paths of the inputs that it found changed.
    """

    operation: str
    urn: str
    changed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its type and name, such as `Deployment llama`."""
        kind, name = self.urn.split("::", 3)[2:]
        return f"{kind.rpartition(':')[2]} {name}"


@dataclass(slots=True, kw_only=True)
class Update:
    """What the engine said of one command.

    Attributes:
        command: what was run.
        steps: resources that it did not leave as they were, in order.
        left: how many it did.
        errors: what it says is wrong.
        failed: whether it did not come to its end.
        seconds: how long it took on this machine.
        printed: what a person at a terminal would have read, line by line.
    """

    command: Name
    steps: list[Step] = field(default_factory=list[Step])
    left: int = 0
    errors: list[str] = field(default_factory=list[str])
    failed: bool = False
    seconds: float = 0.0
    printed: list[str] = field(default_factory=list[str])

    @property
    def operations(self) -> Counter[str]:
        """How many resources each operation met."""
        return Counter(step.operation for step in self.steps)

    def hear(self, event: EngineEvent) -> None:
        """Take an event of the engine."""
        if event.res_outputs_event:
            metadata = event.res_outputs_event.metadata
            if metadata.op.value in _LEFT:
                self.left += 1
            else:
                self.steps.append(Step(metadata.op.value, metadata.urn, tuple(sorted(metadata.detailed_diff or ()))))
        if (diagnostic := event.diagnostic_event) and diagnostic.severity == "error":
            self.errors.append(diagnostic.message.strip())
