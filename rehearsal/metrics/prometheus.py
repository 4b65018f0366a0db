"""A real Prometheus on the rehearsal's own address, and what is asked of it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import httpx2

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane, wait_until

NAME = "prometheus"
LOOKBACK_SECONDS = 5 * 60
"""How long a sample counts as a series' present value: Prometheus's own default."""
TIMEOUT_SECONDS = 5


class PrometheusError(Exception):
    """Prometheus does not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The value of one series at one time."""

    labels: Mapping[str, str]
    value: float


class SeriesSource(Protocol):
    """Where an adapter finds series. Both methods raise `PrometheusError`."""

    def query(self, expression: str) -> list[Sample]:
        """Evaluate a PromQL expression that gives a vector, now."""
        ...

    def kind(self, series: str) -> str | None:
        """Return the Prometheus type of a series, such as `gauge`; None if nothing exports it."""
        ...


class Prometheus:
    """One that runs until the control plane's processes are stopped, at first without anything to scrape.

    Attributes:
        url: where it answers.
    """

    def __init__(self, plane: ControlPlane, clock: Clock) -> None:
        folder = plane.slot.folder / NAME
        folder.mkdir()
        self._config = folder / "prometheus.yaml"
        self._write({"global": {"scrape_interval": "1m"}})
        self._plane = plane
        port = plane.slot.free_port()
        self.url = f"http://{plane.slot.address}:{port}"
        self._http = httpx2.Client(base_url=self.url, timeout=TIMEOUT_SECONDS, trust_env=False)
        plane.processes.start(
            NAME,
            [
                plane.binaries[NAME],
                f"--config.file={self._config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={plane.slot.address}:{port}",
                "--web.enable-lifecycle",
                f"--query.lookback-delta={milliseconds(clock.compressed(LOOKBACK_SECONDS))}",
                "--log.level=warn",
            ],
        )
        wait_until(self._is_ready, "Prometheus is ready", plane.processes)

    def configure(self, config: Json) -> None:
        """Run this configuration from now on.

        Raises:
            PrometheusError: it refuses the configuration.
        """
        self._write(config)
        self._ask("POST", "/-/reload")

    def query(self, expression: str) -> list[Sample]:
        """Evaluate a PromQL expression that gives a vector, now; what is not a number is left out."""
        found = self._ask("GET", "/api/v1/query", {"query": expression})["result"]
        samples = [Sample(each["metric"], float(each["value"][1])) for each in found]
        return [sample for sample in samples if math.isfinite(sample.value)]

    def kind(self, series: str) -> str | None:
        """Return the type of a series as the pages scraped last gave it; None if none did."""
        found = self._ask("GET", "/api/v1/metadata", {"metric": series}).get(series)
        return found[0]["type"] if found else None

    def targets(self) -> list[Json]:
        """Return what is scraped, as `/api/v1/targets` has it: `labels`, `health`, `lastError`, `scrapeUrl`."""
        return self._ask("GET", "/api/v1/targets", {"state": "active"})["activeTargets"]

    def dropped(self) -> list[Json]:
        """Return the labels by which it found what its relabelling dropped."""
        found = self._ask("GET", "/api/v1/targets", {"state": "dropped"})["droppedTargets"]
        return [each["discoveredLabels"] for each in found]

    def close(self) -> None:
        """Hang up; the process itself ends with the control plane."""
        self._http.close()

    def _is_ready(self) -> bool:
        try:
            return self._http.get("/-/ready").status_code == HTTPStatus.OK
        except httpx2.TransportError:
            return False

    def _ask(self, method: str, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        try:
            response = self._http.request(method, path, params=parameters)
        except httpx2.TransportError as error:
            raise PrometheusError(f"Prometheus does not answer: {error}") from error
        if response.is_error:
            raise PrometheusError(f"Prometheus answers {response.status_code} to {path}: {response.text.strip()}")
        return response.json()["data"] if response.content else None

    def _write(self, config: Json) -> None:
        self._config.write_text(json.dumps(config, indent=1))


def milliseconds(seconds: float) -> str:
    """Return a duration as Prometheus and Kubernetes read it."""
    return f"{max(round(seconds * 1000), 1)}ms"


def matcher(labels: Mapping[str, str]) -> str:
    """Return equality matchers of a PromQL selector, without braces."""
    return ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items())
