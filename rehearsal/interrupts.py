"""Interrupts: held back while something must not be cut in two, and only the first one of a command counts.

Python runs the handlers of signals on the main thread alone, and there between any two steps. A signal mask would not
keep them off, since the kernel gives a signal to another thread then; so the handlers themselves are exchanged.
"""

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def held_back() -> Generator[None]:
    """Let handlers of interrupts that come meanwhile run when the block has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    # None is a handler that Python did not install, and could not install again.
    before = {number: handler for number in SIGNALS if (handler := signal.getsignal(number)) is not None}
    try:
        for number in before:
            signal.signal(number, lambda number, frame: came.append(number))
        yield
    finally:
        # The one that comes most often is the last to be let in again: what it raises skips nothing.
        for number in reversed(before):
            signal.signal(number, before[number])
        for number in came:
            signal.raise_signal(number)


def first_only() -> None:
    """Make the first interrupt end the program by an exception, and later ones nothing: it is ending."""
    for number in SIGNALS:
        signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    for each in SIGNALS:
        signal.signal(each, _already)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def _already(number: int, frame: FrameType | None) -> None:
    sys.stderr.write("everything is being stopped; one moment\n")
