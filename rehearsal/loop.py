"""What a double does again and again, on a thread of its own."""

import threading
import time
from collections.abc import Callable
from typing import Self


class Loop:
    """A context manager inside which `tick` is called again and again; what it raises ends the loop.

    Args:
        name: of the thread.
        seconds: between two calls.
        tick: what is done.
    """

    def __init__(self, name: str, seconds: float, tick: Callable[[], object]) -> None:
        self._seconds, self._tick = seconds, tick
        self._closed = threading.Event()
        self._failure: Exception | None = None
        self._late: list[tuple[float, float]] = []
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._thread.join()

    def check(self) -> None:
        """Raise what ended the loop, if anything did."""
        if self._failure:
            raise self._failure

    def late(self, since: float) -> float:
        """Return the longest that a call came late or took, in seconds, after `since` of `time.monotonic`."""
        return max((late for at, late in self._late if at >= since), default=0.0)

    def _run(self) -> None:
        due = time.monotonic() + self._seconds
        try:
            while not self._closed.wait(self._seconds):
                self._tick()
                now = time.monotonic()
                if now > due + self._seconds:
                    self._late.append((now, now - due))
                due = now + self._seconds
        except Exception as error:
            self._failure = error
