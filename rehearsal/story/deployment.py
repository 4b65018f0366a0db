"""How a stack gets onto the stage of a story and off it again, and what is seen of that."""

from collections.abc import Sequence
from typing import Protocol

from rehearsal import lifecycle
from rehearsal.client import Client, Json
from rehearsal.story.verdict import Link, Verdict


class Deployment(Protocol):
    """One stack on one stage. Each method returns what it found, and ends however that was.

    Attributes:
        real: its real parts, for people.
        doubles: its doubles, for people.
    """

    real: Sequence[str]
    doubles: Sequence[str]

    def up(self) -> list[Verdict]:
        """Make everything."""
        ...

    def again(self) -> list[Verdict]:
        """Make everything once more while the stack is under load, which must change nothing."""
        ...

    def restore(self) -> list[Verdict]:
        """Lose an object, and bring it back."""
        ...

    def down(self) -> list[Verdict]:
        """Remove everything, and look for what is left."""
        ...

    def interrupt(self) -> None:
        """Make a method that is under way end early."""
        ...


class Manifests:
    """The objects alone, applied in the order of their creation.

    Args:
        client: the connection.
        manifests: the objects.
        before: what there was before them.
    """

    real: Sequence[str] = ()
    doubles: Sequence[str] = ()

    def __init__(self, client: Client, manifests: Sequence[Json], before: frozenset[str]) -> None:
        self._client, self._before = client, before
        self._applied = list(manifests)

    def up(self) -> list[Verdict]:
        """Apply the objects."""
        refused = lifecycle.apply(self._client, self._applied)
        for each in refused:
            self._applied.remove(each.manifest)
        accepted = Verdict(f"the API server accepted all {len(self._applied)} objects")
        return [Verdict(str(each), Link.REFUSED) for each in refused] or [accepted]

    def again(self) -> list[Verdict]:
        """Find nothing: there is no state to compare with."""
        return []

    def restore(self) -> list[Verdict]:
        """Find nothing: nobody would notice."""
        return []

    def down(self) -> list[Verdict]:
        """Delete the objects, the last one first."""
        left = lifecycle.delete(self._client, self._applied, before=self._before)
        gone = Verdict(f"all {len(self._applied)} objects and what came of them are gone")
        return [Verdict(sentence, Link.LEFT_BEHIND) for sentence in left] or [gone]

    def interrupt(self) -> None:
        """Do nothing: each object takes seconds."""
