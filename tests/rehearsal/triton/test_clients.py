"""Clients that keep requests under way, at small servers that count them."""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

from rehearsal.triton.clients import MOST, Asked, Clients
from tests.rehearsal.objects import eventually

SPEED = 100
BODY = json.dumps({"prompt": "Where is Uruguay?"})


class Counting(ThreadingHTTPServer):
    """Answers each request after a while.

    Attributes:
        bodies: what was posted.
        most: the most requests that were under way at once.
    """

    daemon_threads = True

    def __init__(self, status: int, seconds: float) -> None:
        self.bodies: list[str] = []
        self.most = self._now = 0
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with server.under_way():
                    server.bodies.append(body)
                    time.sleep(seconds)
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"no")

            @override
            def log_message(self, format: str, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""

    @contextmanager
    def under_way(self) -> Generator[None]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        yield
        with self._lock:
            self._now -= 1

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v2/models/llamav2/generate"


@contextmanager
def serving(status: int = 200, seconds: float = 0.01) -> Generator[Counting]:
    with Counting(status, seconds) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_as_many_requests_are_under_way_as_there_are_clients() -> None:
    with serving(seconds=0.05) as server, Clients(SPEED) as clients:

        def most() -> int:
            """Return the most requests under way in a third of a second."""
            server.most = 0
            time.sleep(0.3)
            return server.most

        for count in (7, 2):
            clients.asked = {"llama": Asked([server.url], BODY, count)}
            # What was under way before is answered first, however slow the machine is.
            assert eventually(lambda count=count: [most() for _ in range(3)] == [count] * 3)
        assert set(server.bodies) == {BODY}


def test_nothing_is_asked_once_a_server_is_not_named() -> None:
    with serving() as server, Clients(SPEED) as clients:
        clients.asked = {"llama": Asked([server.url], BODY, 3)}
        assert eventually(lambda: clients.answered("llama") > 5)
        clients.asked = {}

        def asked() -> int:
            before = len(server.bodies)
            time.sleep(0.3)
            return len(server.bodies) - before

        assert eventually(lambda: not any(asked() for _ in range(3)))


def test_each_address_gets_its_share() -> None:
    with serving() as one, serving() as two, Clients(SPEED) as clients:
        clients.asked = {"llama": Asked([one.url, two.url], BODY, 8)}
        assert eventually(lambda: clients.answered("llama") > 200)
        assert 0.3 < len(one.bodies) / (len(one.bodies) + len(two.bodies)) < 0.7


def test_refused_requests_are_a_problem_that_is_quoted() -> None:
    with serving(status=404) as server, Clients(SPEED) as clients:
        clients.asked = {"llama": Asked([server.url], BODY, 3)}
        assert eventually(lambda: f"requests of clients fail: {server.url} answers 404: no" == clients.problem("llama"))
        assert clients.answered("llama") == 0


def test_a_server_that_is_gone_is_a_problem_until_one_answers() -> None:
    with serving() as server, Clients(SPEED) as clients:
        clients.asked = {"llama": Asked(["http://127.0.0.1:9/"], BODY, 3)}
        assert eventually(lambda: "http://127.0.0.1:9/" in clients.problem("llama"))
        clients.asked = {"llama": Asked([server.url], BODY, 3)}
        assert eventually(lambda: clients.problem("llama") == "")


def test_without_an_address_clients_wait() -> None:
    with Clients(SPEED) as clients:
        clients.asked = {"llama": Asked([], BODY, 2)}
        assert eventually(lambda: "no pod is Ready" in clients.problem("llama"))


def test_more_clients_than_are_played_are_a_problem() -> None:
    with Clients(SPEED) as clients:
        clients.asked = {"llama": Asked([], BODY, MOST + 1)}
        assert eventually(lambda: f"{MOST} are played at most" in clients.problem("llama"))
