"""A load over time: how many clients a server has, each with one request under way."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class LoadError(Exception):
    """What was given as a load is none; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Load:
    """Steps.

    Attributes:
        steps: clients from each second on, in the order of time; the first is second 0.
    """

    steps: Mapping[int, int]

    def clients(self, now: float) -> int:
        """Return the clients at a second."""
        return self.steps[self.step(now)]

    def step(self, now: float) -> int:
        """Return the second at which the step began that holds at a second."""
        return max(begin for begin in self.steps if begin <= now)

    @property
    def last(self) -> int:
        """The second from which on the load stays as it is."""
        return max(self.steps)


def parse(text: str) -> Load:
    """Return the load of `seconds:clients` pairs with commas or line ends between them, or of a file that holds such.

    Raises:
        LoadError: it is neither.
    """
    content = text if ":" in text else _read(Path(text))
    steps: dict[int, int] = {}
    for pair in content.replace("\n", ",").split(","):
        if not pair.strip():
            continue
        seconds, _, clients = pair.partition(":")
        try:
            begin, number = int(seconds), int(clients)
        except ValueError:
            raise LoadError(f"load: {pair.strip()!r} is no pair of whole numbers; {_EXAMPLE}") from None
        if begin < 0 or number < 0 or begin <= max(steps, default=-1):
            raise LoadError(f"load: {pair.strip()!r} goes back in time or is negative; {_EXAMPLE}")
        steps[begin] = number
    if 0 not in steps:
        raise LoadError(f"load: nothing is said of second 0; {_EXAMPLE}")
    return Load(steps)


_EXAMPLE = "write seconds:clients pairs such as 0:4,120:160,600:4, or the name of a file with one a line"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(f"load: {path} cannot be read ({error}); {_EXAMPLE}") from error
