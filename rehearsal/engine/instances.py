"""A queue in front of instances: how Triton moves requests through a model that answers before its `execute` returns.

A free instance takes as many waiting requests as one execution holds, and all of them are answered when it ends. The
delay for which the dynamic batcher waits is left out: it is some hundred microseconds. Counters move when requests
finish, as they do in Triton.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

RECENT_SECONDS = 60
"""Over which `recent_ratio` looks back, as the rules of a stack do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceLimits:
    """What a model was configured with.

    Attributes:
        instances: executions at once.
        batch: most requests of one execution.
        seconds: duration of an execution by its requests, by the executions under way with it, and by the tokens that
            its longest prompt and answer have.
    """

    instances: int
    batch: int
    seconds: Callable[[int, int, int, int], float]


@dataclass(slots=True)
class _Waiting:
    arrived: float
    prompt: int
    answer: int


@dataclass(slots=True)
class _Execution:
    began: float
    ends: float
    requests: list[_Waiting] = field(default_factory=list[_Waiting])


class InstanceEngine:
    """One replica. Its clock is its own, in seconds, and moves only in `advance`.

    Attributes:
        now: engine time.
        finished: requests answered so far.
        executions: how often an instance ran.
        queue_seconds: time that the requests answered so far had waited, all together.
        compute_seconds: time that their executions took, counted for each request.
    """

    def __init__(self, limits: InstanceLimits, now: float = 0.0) -> None:
        self._limits = limits
        self._queue: deque[_Waiting] = deque()
        self._running: list[_Execution] = []
        self._recent: deque[tuple[float, float, float]] = deque()
        self.now = now
        self.finished = self.executions = 0
        self.queue_seconds = self.compute_seconds = 0.0

    @property
    def waiting(self) -> int:
        """Requests that no instance has taken."""
        return len(self._queue)

    @property
    def running(self) -> int:
        """Requests in executions."""
        return sum(len(each.requests) for each in self._running)

    @property
    def next_event(self) -> float:
        """When the next execution ends; infinity when none runs."""
        return min((each.ends for each in self._running), default=math.inf)

    @property
    def recent_ratio(self) -> float:
        """How long the requests answered in the last minute had waited for each second for which they ran."""
        while self._recent and self._recent[0][0] < self.now - RECENT_SECONDS:
            self._recent.popleft()
        computed = sum(each[2] for each in self._recent)
        return sum(each[1] for each in self._recent) / computed if computed else 0.0

    def submit(self, prompt: int, answer: int) -> None:
        """Let a request arrive now; a free instance takes it at once."""
        self._queue.append(_Waiting(self.now, prompt, answer))
        self._start()

    def advance(self, until: float) -> int:
        """Let all executions end that do by `until`, and return how many requests were answered."""
        before = self.finished
        while self.next_event <= until:
            ended = min(self._running, key=lambda each: each.ends)
            self._running.remove(ended)
            self.now = ended.ends
            self.executions += 1
            self.finished += len(ended.requests)
            queued = sum(ended.began - each.arrived for each in ended.requests)
            computed = (ended.ends - ended.began) * len(ended.requests)
            self.queue_seconds += queued
            self.compute_seconds += computed
            self._recent.append((self.now, queued, computed))
            self._start()
        self.now = max(self.now, until)
        return self.finished - before

    def _start(self) -> None:
        while self._queue and len(self._running) < self._limits.instances:
            taken = [self._queue.popleft() for _ in range(min(self._limits.batch, len(self._queue)))]
            prompt, answer = max(each.prompt for each in taken), max(each.answer for each in taken)
            seconds = self._limits.seconds(len(taken), len(self._running) + 1, prompt, answer)
            self._running.append(_Execution(self.now, self.now + seconds, taken))
