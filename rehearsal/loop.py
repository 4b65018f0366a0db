"""What a double does again and again, on a thread of its own."""

import threading
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

    def _run(self) -> None:
        try:
            while not self._closed.wait(self._seconds):
                self._tick()
        except Exception as error:
            self._failure = error
