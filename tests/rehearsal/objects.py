"""Small Kubernetes objects for the tests of the rehearsal, and a way to wait."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psutil

from rehearsal.client import Client, Json
from rehearsal.nodes import Pool, Taint

T = TypeVar("T")

TPU = "google.com/tpu"
TPU_TAINT = Taint(TPU, "present", "NoSchedule")
TPU_TOLERATION = {"key": TPU, "operator": "Equal", "value": "present", "effect": "NoSchedule"}


def namespace(name: str) -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def container(requests: Mapping[str, str] | None = None) -> Json:
    # An extended resource such as a TPU chip needs a limit; requests follow limits.
    return {"name": "main", "image": "example.invalid/none", "resources": {"limits": dict(requests or {})}}


def pod(name: str, space: str, requests: Mapping[str, str] | None = None, **spec: Any) -> Json:
    annotations = spec.pop("annotations", {})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": space, "annotations": annotations},
        "spec": {"containers": [container(requests)], **spec},
    }


def deployment(name: str, space: str, replicas: int, template: Json) -> Json:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": space},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": template["spec"]},
        },
    }


def pool(
    name: str,
    allocatable: Mapping[str, str],
    *,
    minimum: int = 0,
    maximum: int = 1,
    step: int = 1,
    taints: tuple[Taint, ...] = (),
) -> Pool:
    """A pool whose nodes are of 8 cores and carry the pool's name as the label `pool`."""
    amounts = {"cpu": "8", "memory": "32Gi", "pods": "110", **allocatable}
    return Pool(
        name=name,
        minimum=minimum,
        maximum=maximum,
        labels={"pool": name},
        taints=taints,
        capacity=amounts,
        allocatable=amounts,
        step=step,
    )


def condition(found: Json | None, name: str) -> Json:
    status: Json = (found or {}).get("status") or {}
    conditions: list[Json] = status.get("conditions") or []
    empty: Json = {}
    return next((each for each in conditions if each["type"] == name), empty)


PATIENCE = 4
"""A machine shared with others is that much slower; who finds what it waits for waits no longer."""


def eventually(what: Callable[[], T], seconds: float = 15) -> T:
    """Return what `what` returns once that is true, within `PATIENCE` times `seconds`."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        time.sleep(0.05)
    return found


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that ended and whose parent has not asked for it does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_ready(client: Client, manifest: Json) -> bool:
    return condition(client.get(manifest), "Ready").get("status") == "True"
