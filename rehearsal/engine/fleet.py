"""A server under load: its replicas, and clients that each keep one request under way.

A client's next request leaves when the last one is answered, and a Service sends it to any replica with equal chance.
A replica that goes answers what it has for as long as it drains; what it has then is cut off, and its clients send
anew. Clients that go leave their requests to be answered.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from rehearsal.engine.engine import R


@dataclass(frozen=True, slots=True)
class Shape:
    """The request that all clients of a server send.

    Attributes:
        prompt: its tokens.
        answer: tokens of the answer.
    """

    prompt: int
    answer: int


RETRY_SECONDS = 1
"""After which a load client asks again that was refused (`components/slipway/serving/load_clients.py`)."""


@dataclass(slots=True)
class Tally:
    """What became of requests.

    Attributes:
        answered: by a replica, in time.
        refused: because there was no replica.
        cut_off: because their replica went.
    """

    answered: int = 0
    refused: float = 0.0
    cut_off: int = 0


class Fleet(Generic[R]):
    """The replicas of a server by name, on one clock; `now` is in modelled seconds.

    Attributes:
        replicas: the model of each.
        clients: requests that are kept under way.
        shape: what each request is.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self.replicas: dict[str, R] = {}
        self.clients = 0
        self.shape = Shape(1, 1)
        self._past, self._now = Tally(), 0.0

    @property
    def tally(self) -> Tally:
        """What became of all requests so far."""
        answered = self._past.answered + sum(engine.finished for engine in self.replicas.values())
        return Tally(answered, self._past.refused, self._past.cut_off)

    @property
    def under_way(self) -> int:
        """Requests that have not been answered."""
        return sum(engine.waiting + engine.running for engine in self.replicas.values())

    def set_replicas(
        self, starts: Mapping[str, Callable[[float], R]], now: float, drains: Mapping[str, float] | None = None
    ) -> None:
        """Make these the replicas from `now` on; new ones start then, and those that stay keep what they do.

        Args:
            starts: starts a replica, by its name.
            now: modelled seconds.
            drains: for how long each of those that go finishes what it has, modelled seconds.
        """
        self.advance(now)
        for name in self.replicas.keys() - starts.keys():
            engine = self.replicas.pop(name)
            engine.advance(now + (drains or {}).get(name, 0.0))
            self._past.answered += engine.finished
            self._past.cut_off += engine.waiting + engine.running
        for name in starts.keys() - self.replicas.keys():
            self.replicas[name] = starts[name](now)
        self._send()

    def set_clients(self, clients: int, shape: Shape, now: float) -> None:
        """Let so many requests be under way from `now` on."""
        self.advance(now)
        self.clients, self.shape = clients, shape
        self._send()

    def advance(self, now: float) -> None:
        """Let time pass until `now`."""
        if not self.replicas:
            self._past.refused += self.clients * max(now - self._now, 0.0) / RETRY_SECONDS
        self._now = now
        while self.replicas:
            event = min(now, *(engine.next_event for engine in self.replicas.values()))
            for engine in self.replicas.values():
                engine.advance(event)
            self._send()
            if event >= now:
                break

    def _send(self) -> None:
        names = sorted(self.replicas)
        for _ in range(self.clients - self.under_way if names else 0):
            self.replicas[self._random.choice(names)].submit(self.shape.prompt, self.shape.answer)
