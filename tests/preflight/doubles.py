"""Doubles of the APIs: a web server on this machine, and command lines that answer from a table."""

import json
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override

from preflight.web import Web

TOKEN = "a-token-that-nobody-may-see"


@dataclass
class Api:
    """Answers, by the path of a request without its query, each a status and a document; what it was asked.

    An answer may be a third longer: headers.
    """

    answers: dict[str, tuple[int, object] | tuple[int, object, Mapping[str, str]]]
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list[tuple[str, str, Mapping[str, str]]])


@contextmanager
def serving(api: Api, *hosts: str) -> Generator[Web]:
    """Serve an API, and yield the way to it in place of some hosts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.asked.append((self.command, self.path, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, document, *more = api.answers.get(self.path.partition("?")[0], (404, {}))
            headers: Mapping[str, str] = more[0] if more else {}
            body = json.dumps(document).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_POST = do_HEAD = do_GET  # noqa: N815

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Web(dict.fromkeys(hosts, f"http://127.0.0.1:{server.server_port}"))
        finally:
            server.shutdown()


def command(folder: Path, name: str, answers: Mapping[str, object]) -> None:
    """Write a command line that answers by the words that its arguments begin with, after its options.

    A text that begins with `error: ` goes to standard error, and the command fails.
    """
    table = folder / f"{name}.json"
    table.write_text(json.dumps(answers), encoding="utf-8")
    program = folder / name
    program.write_text(
        f"#!{sys.executable} -IS\n"
        "import json, sys\n"
        f"answers = json.load(open({str(table)!r}))\n"
        "words = ' '.join(word for word in sys.argv[1:] if not word.startswith('--request-timeout'))\n"
        "found = max((key for key in answers if words.startswith(key)), key=len, default=None)\n"
        "answer = 'error: nobody answers ' + words if found is None else answers[found]\n"
        "if isinstance(answer, str) and answer.startswith('error: '):\n"
        "    sys.exit(answer.removeprefix('error: '))\n"
        "print(answer if isinstance(answer, str) else json.dumps(answer))\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
