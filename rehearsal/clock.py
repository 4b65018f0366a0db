"""The rehearsal's compressed time: what would take `speed` seconds in the cluster takes one here."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clock:
    """Modelled seconds since it was made.

    Attributes:
        speed: modelled seconds that pass in one second on this machine.
    """

    speed: float
    _began: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> float:
        """Modelled seconds."""
        return (time.monotonic() - self._began) * self.speed

    def compressed(self, seconds: float) -> float:
        """Return how long modelled seconds take on this machine, in seconds."""
        return seconds / self.speed
