"""The acts of a story, who watches them, and what is left when it is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rehearsal.story.goals import Goal
from rehearsal.story.observation import Observation
from rehearsal.story.setting import Setting
from rehearsal.story.verdict import Verdict


class Act(StrEnum):
    """The parts of a story."""

    START = "the stack is deployed, the fewest replicas load"
    LOAD = "clients come, until all replicas are Ready"
    HOLD = "the load stays"
    UPDATE = "the stack is deployed again, an object is lost and restored"
    REST = "the clients go, replicas and nodes come back"
    TEARDOWN = "the stack is destroyed"


class Show(Protocol):
    """Who watches."""

    def begin(self, setting: Setting) -> None:
        """The stage stands; nothing is applied yet."""
        ...

    def act(self, act: Act) -> None:
        """An act begins."""
        ...

    def observed(self, observations: Sequence[Observation]) -> None:
        """This is how the servers are now, one observation each."""
        ...

    def judged(self, verdict: Verdict) -> None:
        """This was found."""
        ...


@dataclass(slots=True)
class Told:
    """What is left of a story.

    Attributes:
        goals: what it aimed at, by server.
        observations: in the order of time.
        acts: when each act began, in modelled seconds of the story.
        verdicts: in the order in which they were found.
    """

    goals: Mapping[str, Goal]
    observations: list[Observation] = field(default_factory=list[Observation])
    acts: dict[Act, float] = field(default_factory=dict[Act, float])
    verdicts: list[Verdict] = field(default_factory=list[Verdict])

    @property
    def ok(self) -> bool:
        """Whether all that was to be shown held."""
        return all(verdict.ok for verdict in self.verdicts)
