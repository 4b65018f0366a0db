"""Continuous batching: how vLLM's scheduler moves requests through an engine, step by step.

Each step computes one token of every request that decodes and, with what is left of the step's tokens, prompts: those
begun first, then those that wait, while there are slots and KV blocks. When blocks run out the newest request gives
its own back and waits again. (vllm/v1/core/sched/scheduler.py; prefix caching is left out.) Steps that differ in
nothing are taken at once, so the work grows with the number of requests and not with that of their tokens.
"""

import heapq
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from rehearsal.engine.histogram import Bounds, Histogram
from rehearsal.engine.requests import Limits, Request

# Upper bounds of vLLM's own histograms, in seconds (vllm/v1/metrics/loggers.py).
FIRST_TOKEN_BOUNDS = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0),
)
INTER_TOKEN_BOUNDS = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0),
)
VLLM_BOUNDS = Bounds(first_token=FIRST_TOKEN_BOUNDS, inter_token=INTER_TOKEN_BOUNDS)


@dataclass(slots=True)
class _Plan:
    """The steps under way: one with prompts in it, or some that only decode and are alike."""

    begin: float
    duration: float
    steps: int
    chunks: Sequence[tuple[Request, int]] = ()

    @property
    def end(self) -> float:
        return self.begin + self.steps * self.duration


class BatchingEngine:
    """One replica. Its clock is its own, in seconds, and moves only in `advance`.

    Attributes:
        now: engine time.
        prompt_tokens: tokens of prompts computed so far; after a preemption a second time.
        generated_tokens: tokens generated so far.
        finished: requests finished so far.
        preemptions: how often a request had to give its blocks back.
        first_token: seconds from a request's arrival to its first token.
        inter_token: seconds from one token of a request to its next, waits after a preemption apart.
    """

    def __init__(self, limits: Limits, now: float = 0.0, *, bounds: Bounds = VLLM_BOUNDS) -> None:
        self._limits = limits
        self._plan: _Plan | None = None
        self._step = 0
        self._reserved = 0
        self._order = count()
        self._waiting: deque[Request] = deque()
        self._prefilling: list[Request] = []
        self._decoding: list[tuple[int, int, Request]] = []
        self.now = now
        self.prompt_tokens = self.generated_tokens = self.finished = self.preemptions = 0
        self.first_token, self.inter_token = Histogram(bounds.first_token), Histogram(bounds.inter_token)

    @property
    def waiting(self) -> int:
        """Requests without a place in the batch."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Requests in the batch."""
        return len(self._prefilling) + len(self._decoding)

    @property
    def kv_cache_use(self) -> float:
        """Share of the KV cache's blocks in use, 0 to 1."""
        return self._used_blocks() / self._limits.blocks

    @property
    def next_event(self) -> float:
        """When something changes next if nothing arrives; infinity when there is nothing to do."""
        return self._plan.end if self._plan else math.inf

    def submit(self, prompt: int, answer: int) -> None:
        """Let a request arrive now; the next step can take it in.

        Raises:
            ValueError: the KV cache could never hold it; vLLM refuses requests that are too long.
        """
        if self._limits.blocks_for(prompt + answer) > self._limits.blocks:
            raise ValueError(f"{prompt} + {answer} tokens are more than {self._limits.blocks} blocks hold")
        self._waiting.append(Request(prompt=prompt, answer=answer, arrived=self.now))
        if self._plan is None:
            self._plan = self._next_plan(self.now)
        else:
            self._plan.steps = 1

    def advance(self, until: float) -> int:
        """Take all steps that end by `until`, and return how many requests finished in them."""
        before = self.finished
        while self._plan is not None:
            plan = self._plan
            steps = min(plan.steps, int((until - plan.begin) / plan.duration + 1e-9))
            if steps > 0:
                self._take(plan, steps)
            if steps < plan.steps:
                plan.begin, plan.steps = plan.begin + steps * plan.duration, plan.steps - steps
                break
            self._plan = self._next_plan(plan.end)
        self.now = max(self.now, until)
        return self.finished - before

    def _next_plan(self, begin: float) -> _Plan | None:
        before = self.preemptions
        while self._decoding and not self._blocks_last(1):
            self._preempt_newest()
        chunks = self._schedule_prompts(admit=self.preemptions == before)
        batch = len(self._decoding)
        if chunks:
            return _Plan(begin, self._limits.step_seconds(batch + sum(chunk for _, chunk in chunks)), 1, chunks)
        if not batch:
            return None
        steps = self._decoding[0][0] - self._step
        return _Plan(begin, self._limits.step_seconds(batch), steps if self._blocks_last(steps) else 1)

    def _schedule_prompts(self, *, admit: bool) -> list[tuple[Request, int]]:
        """Give the tokens that decoding leaves to prompts, and free slots to requests that waited."""
        left = self._limits.step_tokens - len(self._decoding)
        chunks: list[tuple[Request, int]] = []
        for request in self._prefilling:
            chunks.append((request, min(request.uncomputed, left)))
            left -= chunks[-1][1]
        while admit and self._waiting and left > 0 and self._has_room_for(self._waiting[0]):
            request = self._waiting.popleft()
            self._prefilling.append(request)
            self._reserved += self._whole(request)
            chunks.append((request, min(request.uncomputed, left)))
            left -= chunks[-1][1]
        return chunks

    def _take(self, plan: _Plan, steps: int) -> None:
        batch = len(self._decoding)
        self._step += steps
        self.generated_tokens += steps * batch
        self.inter_token.observe(plan.duration, steps * batch)
        while self._decoding and self._decoding[0][0] <= self._step:
            self._finish(heapq.heappop(self._decoding)[2])
        for request, chunk in plan.chunks:
            request.uncomputed -= chunk
            self.prompt_tokens += chunk
            if not request.uncomputed:
                self._generate_first(request, plan.end)

    def _generate_first(self, request: Request, now: float) -> None:
        self._prefilling.remove(request)
        self.generated_tokens += 1
        if request.remaining == request.answer:
            self.first_token.observe(now - request.arrived)
        request.remaining -= 1
        if request.remaining:
            heapq.heappush(self._decoding, (self._step + request.remaining, next(self._order), request))
        else:
            self._finish(request)

    def _finish(self, request: Request) -> None:
        self.finished += 1
        self._reserved -= self._whole(request)

    def _preempt_newest(self) -> None:
        newest = max(self._decoding, key=lambda entry: entry[1])
        self._decoding.remove(newest)
        heapq.heapify(self._decoding)
        last_step, _, request = newest
        request.remaining = last_step - self._step
        request.uncomputed = request.prompt + request.answer - request.remaining
        self._waiting.appendleft(request)
        self._reserved -= self._whole(request)
        self.preemptions += 1

    def _whole(self, request: Request) -> int:
        return self._limits.blocks_for(request.prompt + request.answer)

    def _has_room_for(self, request: Request) -> bool:
        if self.running >= self._limits.slots:
            return False
        if self._reserved + self._whole(request) <= self._limits.blocks:
            return True
        return self._used_blocks(1) + self._limits.blocks_for(request.uncomputed) <= self._limits.blocks

    def _blocks_last(self, steps: int) -> bool:
        return self._reserved <= self._limits.blocks or self._used_blocks(steps) <= self._limits.blocks

    def _used_blocks(self, further_tokens: int = 0) -> int:
        """Blocks in use once each decoding request has so many tokens more; a prompt has all of its own at once."""
        decoding = (
            request.prompt + request.answer - (last_step - self._step) for last_step, _, request in self._decoding
        )
        prefilling = (request.prompt + request.answer - request.remaining for request in self._prefilling)
        return sum(self._limits.blocks_for(tokens + further_tokens) for tokens in decoding) + sum(
            map(self._limits.blocks_for, prefilling)
        )
