"""A server under load: its replicas, and clients that each keep one request under way.

A client's next request leaves when the last one is answered, and a Service sends it to any replica with equal chance.
A request ends with its replica, and its client sends another. Clients that go leave their requests to be answered.
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

    @property
    def under_way(self) -> int:
        """Requests that have not been answered."""
        return sum(engine.waiting + engine.running for engine in self.replicas.values())

    def set_replicas(self, starts: Mapping[str, Callable[[float], R]], now: float) -> None:
        """Make these the replicas from `now` on; new ones start then, and those that stay keep what they do."""
        self.advance(now)
        for name in self.replicas.keys() - starts.keys():
            del self.replicas[name]
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
