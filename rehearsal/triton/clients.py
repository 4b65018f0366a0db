"""HTTP clients that keep requests under way, as the loops of curl in load clients do, in one thread.

Each sends its next request when the last one is answered, to any of the addresses with equal chance: what kube-proxy
does with a connection. A request that fails is followed by a pause.
"""

import asyncio
import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import httpx2

MOST = 400
"""Requests to one server that this machine keeps under way; it has the servers to run, too."""
TICK_SECONDS = 0.05
# Of the loops of curl in components/slipway/serving/load_clients.py.
REQUEST_SECONDS = 600
PAUSE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What clients ask.

    Attributes:
        urls: where each request may go.
        body: what is posted, as JSON.
        clients: requests that are kept under way.
    """

    urls: Sequence[str]
    body: str
    clients: int


@dataclass(slots=True)
class _Group:
    """The clients of one server.

    Attributes:
        failures: how many requests failed since one was answered.
        last: what the last failure was.
    """

    asked: Asked
    tasks: list[asyncio.Task[None]] = field(default_factory=list["asyncio.Task[None]"])
    answered: int = 0
    failures: int = 0
    last: str = ""


class Clients:
    """A context manager inside which clients ask what `asked` says, by a name for each server.

    Args:
        speed: divides time limits and pauses.

    Attributes:
        asked: may be replaced at any time.
    """

    def __init__(self, speed: float) -> None:
        self.asked: Mapping[str, Asked] = {}
        self._speed = speed
        self._random = random.Random(0)
        self._groups: dict[str, _Group] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="clients", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._thread.join()

    def answered(self, name: str) -> int:
        """Return how many requests to a server were answered."""
        group = self._groups.get(name)
        return group.answered if group else 0

    def problem(self, name: str) -> str:
        """Say what is wrong: too many clients, or so many failures in a row as there are clients; or empty."""
        group = self._groups.get(name)
        if group is None or not group.asked.clients:
            return ""
        if group.asked.clients > MOST:
            return f"clients keep {group.asked.clients} requests under way, and {MOST} are played at most"
        return f"requests of clients fail: {group.last}" if group.failures >= group.asked.clients else ""

    async def _run(self) -> None:
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
        timeout = httpx2.Timeout(REQUEST_SECONDS / self._speed)
        headers = {"Content-Type": "application/json"}
        async with httpx2.AsyncClient(headers=headers, limits=limits, timeout=timeout, trust_env=False) as http:
            while not self._closed.is_set():
                self._follow(http)
                await asyncio.sleep(TICK_SECONDS)
            tasks = [task for group in self._groups.values() for task in group.tasks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _follow(self, http: httpx2.AsyncClient) -> None:
        asked = self.asked
        for name in self._groups.keys() | asked.keys():
            wanted = asked.get(name, Asked((), "", 0))
            group = self._groups.setdefault(name, _Group(wanted))
            group.asked = wanted
            clients = min(wanted.clients, MOST)
            while len(group.tasks) > clients:
                group.tasks.pop().cancel()
            while len(group.tasks) < clients:
                group.tasks.append(asyncio.create_task(self._ask(http, group)))

    async def _ask(self, http: httpx2.AsyncClient, group: _Group) -> None:
        while True:
            if await self._is_answered(http, group):
                group.answered, group.failures = group.answered + 1, 0
            else:
                group.failures += 1
                await asyncio.sleep(PAUSE_SECONDS / self._speed)

    async def _is_answered(self, http: httpx2.AsyncClient, group: _Group) -> bool:
        if not group.asked.urls:
            group.last = "no pod is Ready"
            return False
        url = self._random.choice(group.asked.urls)
        try:
            response = await http.post(url, content=group.asked.body)
        except httpx2.TransportError as error:
            group.last = f"{url}: {error or type(error).__name__}"
            return False
        group.last = f"{url} answers {response.status_code}: {response.text}"
        return not response.is_error
