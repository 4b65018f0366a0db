"""A small HTTP server in a thread of its own, on a loopback address: what each double answers with."""

import errno
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    content_type: str
    body: bytes

    @classmethod
    def of_json(cls, content: Any, status: int = HTTPStatus.OK) -> "Answer":
        """Return an answer that holds JSON."""
        return cls(status, "application/json", json.dumps(content).encode())


FREE_ADDRESS = "127.76.0.1"
"""In the network of no rehearsal: a port that cannot be had there is taken on all addresses."""


class AddressError(Exception):
    """Something else listens where a double has to; the message says how to find it."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(
            f"a program listens on port {port} of {address} or of all addresses (0.0.0.0), and a pod's double must "
            f"listen on port {port} of its own; end that program (`ss -ltnp 'sport = :{port}'` names it), or let it "
            "listen on 127.0.0.1 alone"
        )


def check_free(ports: Iterable[int]) -> None:
    """Look whether doubles can listen on these ports.

    Raises:
        AddressError: something listens on one of them on all addresses.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((FREE_ADDRESS, port))
            except OSError as error:
                raise _named(error, FREE_ADDRESS, port) from error


def _named(error: OSError, address: str, port: int) -> Exception:
    return AddressError(address, port) if error.errno == errno.EADDRINUSE else error


NOT_FOUND = Answer(HTTPStatus.NOT_FOUND, "text/plain", b"not found\n")


class Listener:
    """Answers GET requests until it is closed; each on a thread, so `answer` must be safe to call from several.

    Attributes:
        port: where it listens.

    Raises:
        AddressError: something else listens there.
        OSError: the address cannot be had.
    """

    def __init__(
        self, address: str, port: int, answer: Callable[[str], Answer], *, tls: ssl.SSLContext | None = None
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def do_GET(self) -> None:
                answered = answer(self.path)
                self.send_response(answered.status)
                self.send_header("Content-Type", answered.content_type)
                self.send_header("Content-Length", str(len(answered.body)))
                self.end_headers()
                self.wfile.write(answered.body)

            @override
            def log_message(self, format: str, *args: Any) -> None:
                pass

        try:
            self._server = _Server((address, port), Handler, bind_and_activate=True)
        except OSError as error:
            raise _named(error, address, port) from error
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self._server.server_address[1])
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True, name=f"listener {address}"
        ).start()

    def close(self) -> None:
        """Stop listening, and drop the connections."""
        self._server.shutdown()
        self._server.server_close()
        self._server.drop_connections()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._connections: set[Any] = set()
        super().__init__(*arguments, **options)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error here."""

    def drop_connections(self) -> None:
        for connection in list(self._connections):
            self.shutdown_request(connection)
