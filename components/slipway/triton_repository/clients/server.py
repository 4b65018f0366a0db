"""A Triton server as its clients ask it over HTTP, and where it is."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TIMEOUT_SECONDS = 600


class RefusedError(Exception):
    """The server did not answer a request; the message says why, in its words."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server.

    Attributes:
        url: of its HTTP endpoint, `http://<host>:8000`.
        grpc: address of its gRPC endpoint, `<host>:8001`.
    """

    url: str
    grpc: str = ""

    def get(self, path: str) -> dict[str, Any]:
        """Return what a path answers, as JSON.

        Raises:
            RefusedError: it answered with an error.
        """
        return self._ask(urllib.request.Request(f"{self.url}{path}"))

    def post(self, path: str, body: object) -> dict[str, Any]:
        """Return what a path answers to a body, as JSON.

        Raises:
            RefusedError: it answered with an error.
        """
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(f"{self.url}{path}", json.dumps(body).encode(), headers))

    def infer(self, model: str, inputs: Sequence[object]) -> list[Any]:
        """Return the data of the first output, flat, of one request by `infer`."""
        return self.post(f"/v2/models/{model}/infer", {"inputs": [*inputs]})["outputs"][0]["data"]

    def _ask(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                answered: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            raise RefusedError(f"{request.full_url}: {error.code} {error.read().decode(errors='replace')}") from None
        if "error" in answered:
            raise RefusedError(f"{request.full_url}: {answered['error']}")
        return answered


def tensor(name: str, datatype: str, rows: Sequence[Sequence[object]]) -> dict[str, object]:
    """Return a tensor of two dimensions as requests over HTTP have it."""
    shape = [len(rows), len(rows[0])]
    return {"name": name, "datatype": datatype, "shape": shape, "data": [value for row in rows for value in row]}
