"""Work of a story on a thread of its own, so that the story sees at once what breaks meanwhile."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from http import HTTPStatus
from typing import TypeVar

import httpx2

from rehearsal.client import ApiError

OBSERVE_SECONDS = 0.5
SLACK_SECONDS = 20
"""On this machine's clock: what its own work may add to any wait."""
END_SECONDS = 2
INTERRUPTS = 3
"""The engine ends what it has begun after the first one, and drops it after the second."""

T = TypeVar("T")


def attended(work: Callable[[], T], look: Callable[[], object], interrupt: Callable[[], object]) -> T:
    """Return what some work returns.

    Args:
        work: what is done.
        look: is called again and again meanwhile; what it raises ends the work, or leaves it alone if it goes on
            nevertheless, as a request does that waits for a server.
        interrupt: makes the work end early.
    """
    pool = ThreadPoolExecutor(1)
    doing = pool.submit(work)
    try:
        while not wait([doing], OBSERVE_SECONDS).done:
            look()
    except BaseException:
        for _ in range(INTERRUPTS):
            interrupt()
            if wait([doing], END_SECONDS).done:
                break
        raise
    finally:
        pool.shutdown(wait=False)
    return doing.result()


def patiently(request: Callable[[], T]) -> T:
    """Return the answer to a request, which is made again and again while the API server is away."""
    deadline = time.monotonic() + SLACK_SECONDS
    while True:
        try:
            return request()
        except (ApiError, httpx2.TransportError) as error:
            refused = isinstance(error, ApiError) and error.code < HTTPStatus.INTERNAL_SERVER_ERROR
            if refused or time.monotonic() > deadline:
                raise
            time.sleep(OBSERVE_SECONDS)
