"""A running tritonserver, as its clients see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from rehearsal.triton.server import Ports
from slipway.triton_repository import Repository, write

ANSWER_SECONDS = 30
NO_ANSWER_SECONDS = 3
"""Time without an answer to what takes milliseconds, after which none is expected."""


@dataclass(frozen=True)
class Answer:
    """What the server said.

    Attributes:
        log: what it wrote meanwhile.
    """

    status: int
    text: str
    log: str = ""

    @property
    def ok(self) -> bool:
        return self.status == 200


class TritonServer:
    """A running server. Models are loaded when they are asked for, unless `start` was told otherwise."""

    def __init__(self, repository: Path, ports: Ports, log: Path) -> None:
        self.repository = repository
        self.grpc_address = f"127.0.0.1:{ports.grpc}"
        self.url = f"http://127.0.0.1:{ports.http}"
        self._client = httpx2.Client(base_url=self.url, timeout=ANSWER_SECONDS)
        self._metrics = f"http://127.0.0.1:{ports.metrics}/metrics"
        self._log = log

    def close(self) -> None:
        self._client.close()

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def get(self, path: str) -> Answer:
        answer = self._client.get(path)
        return Answer(answer.status_code, answer.text)

    def post(self, path: str, body: Mapping[str, Any], *, seconds: float = ANSWER_SECONDS) -> Answer:
        answer = self._client.post(path, json=body, timeout=seconds)
        return Answer(answer.status_code, answer.text)

    def metrics(self) -> str:
        return httpx2.get(self._metrics, timeout=ANSWER_SECONDS).text

    def load(self, name: str, *, seconds: float = ANSWER_SECONDS) -> Answer:
        before = len(self.log)
        answer = self.post(f"/v2/repository/models/{name}/load", {}, seconds=seconds)
        return Answer(answer.status, answer.text, self.log[before:])

    def add(self, repository: Repository) -> None:
        """Write models beside those that the server has, without loading them."""
        write(repository, self.repository)

    def serve(self, repository: Repository) -> None:
        """Write models beside those that the server has and load them, ensembles last; they stay until it stops."""
        self.add(repository)
        for model in sorted(repository.models, key=lambda model: model.config.platform):
            answer = self.load(model.name)
            assert answer.ok, f"{model.name}: {answer.text}\n{answer.log}"
