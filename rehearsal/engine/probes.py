"""The probes of a pod, asked as a kubelet asks them, of what listens at the pod's own address."""

import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import httpx2

from rehearsal.client import Json

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
"""All must pass: before the first has, no other is asked, and what fails the last is started again and again."""
DEFAULT_TIMEOUT_SECONDS = 1
FAILING = 400
"""From this status on an answer is a failure."""


def failing(pod: Json, address: str) -> str:
    """Say which probe of a pod's containers fails, and how; empty if none does.

    Probes that run a command pass, as nothing here could run it, and so do those over gRPC.

    Args:
        pod: the `spec`.
        address: the pod's.
    """
    for container in pod["containers"]:
        for name in PROBES:
            if why := _failing(container.get(name) or {}, container, address):
                return f"the {name} of container {container['name']} fails: {why}"
    return ""


def _failing(probe: Mapping[str, Any], container: Json, address: str) -> str:
    timeout = probe.get("timeoutSeconds", DEFAULT_TIMEOUT_SECONDS)
    asked: Mapping[str, Any] = probe.get("httpGet") or probe.get("tcpSocket") or {}
    if not asked:
        return ""
    port = _number(asked["port"], container.get("ports", ()))
    if port is None:
        return f"it asks port {asked['port']!r}, and the ports of the container are {_named(container)}"
    where = f"{address}:{port}"
    if "httpGet" not in probe:
        with suppress(OSError), socket.create_connection((address, port), timeout):
            return ""
        return f"nothing listens at {where}"
    url = f"{asked.get('scheme', 'HTTP').lower()}://{where}{asked.get('path', '/')}"
    try:
        status = httpx2.get(url, timeout=timeout, trust_env=False, verify=False).status_code
    except httpx2.TransportError as error:
        return f"GET {url}: {error}"
    return f"GET {url} answers {status}" if status >= FAILING else ""


def _number(port: int | str, ports: Iterable[Json]) -> int | None:
    if isinstance(port, int):
        return port
    return next((each["containerPort"] for each in ports if each.get("name") == port), None)


def _named(container: Json) -> str:
    named = (f"{each.get('name', '')}={each['containerPort']}" for each in container.get("ports", ()))
    return ", ".join(named) or "none"
