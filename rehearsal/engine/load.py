"""Who loads which engine: client pods, as their environment says, through Services to the pods that these select."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rehearsal.client import Json
from rehearsal.engine.fleet import Shape
from rehearsal.engine.vllm_pod import Vllm

CHARACTERS_PER_TOKEN = 4
"""Of English text, roughly (OpenAI, "What are tokens and how to count them?")."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one client pod sends.

    Attributes:
        service: the Service that it asks, `namespace/name`.
        port: of the Service.
        concurrency: requests that it keeps under way.
        model: what it calls the model.
        shape: its request.
    """

    service: str
    port: int
    concurrency: int
    model: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Target:
    """A server and the load on it.

    Attributes:
        engines: its replicas' engines by pod, `namespace/name`.
        clients: requests that are kept under way.
        shape: what each request is.
        problem: why it gets none of the load that clients send; empty if it does.
    """

    engines: Mapping[str, Vllm]
    clients: int
    shape: Shape
    problem: str = ""


def targets(pods: Mapping[str, Json], engines: Mapping[str, Vllm], services: Mapping[str, Json]) -> dict[str, Target]:
    """Return the servers by their Service, `namespace/name`; a pod that no Service leads to is one by its own name.

    Args:
        pods: the Ready pods by `namespace/name`.
        engines: the engines of those that have one.
        services: all Services by `namespace/name`.
    """
    sent: dict[str, list[Load]] = {}
    for load in (load for pod in pods.values() for load in loads(pod)):
        sent.setdefault(load.service, []).append(load)
    behind: dict[str, dict[str, Vllm]] = {name: {} for name in sent}
    for pod, engine in engines.items():
        leading = [name for name, each in sorted(services.items()) if _leads(name, each, pod, pods[pod], engine.port)]
        behind.setdefault((leading or [pod])[0], {})[pod] = engine
    return {name: _target(name, found, sent.get(name, []), services) for name, found in behind.items()}


def loads(pod: Json) -> Iterable[Load]:
    """Return what the containers of a load client send; nothing for other pods."""
    for container in pod["spec"]["containers"]:
        env: dict[str, str] = {each["name"]: each.get("value", "") for each in container.get("env", ())}
        if {"URL", "REQUEST", "CONCURRENCY"} <= env.keys():
            url, request = urlsplit(env["URL"]), json.loads(env["REQUEST"])
            name, namespace, *_ = str(url.hostname).split(".")
            shape = Shape(math.ceil(len(request["prompt"]) / CHARACTERS_PER_TOKEN), request["max_tokens"])
            yield Load(f"{namespace}/{name}", url.port or 80, int(env["CONCURRENCY"]), request["model"], shape)


def _target(name: str, engines: Mapping[str, Vllm], sent: Sequence[Load], services: Mapping[str, Json]) -> Target:
    if not sent:
        return Target(engines, 0, Shape(1, 1))
    load = sent[0]
    if problem := _problem(name, engines, load, services):
        return Target(engines, 0, load.shape, problem)
    return Target(engines, sum(each.concurrency for each in sent), load.shape)


def _problem(name: str, engines: Mapping[str, Vllm], load: Load, services: Mapping[str, Json]) -> str:
    if name not in services:
        return f"clients send to Service {name}, which does not exist"
    if load.port not in {each["port"] for each in services[name]["spec"].get("ports", ())}:
        return f"clients send to port {load.port}, which Service {name} does not have"
    asked = load.shape.prompt + load.shape.answer
    for engine in engines.values():
        if load.model != engine.served_name:
            return f"clients ask for model {load.model!r}, and the engine serves {engine.served_name!r}"
        if asked > engine.max_model_len:
            return f"clients ask for {asked} tokens, and --max-model-len is {engine.max_model_len}"
    return ""


def _leads(name: str, service: Json, pod_name: str, pod: Json, engine_port: int) -> bool:
    selector: Mapping[str, str] = service["spec"].get("selector") or {}
    same_namespace = name.partition("/")[0] == pod_name.partition("/")[0]
    if not selector or not same_namespace or not selector.items() <= pod["metadata"].get("labels", {}).items():
        return False
    return any(_target_port(port, pod) == engine_port for port in service["spec"].get("ports", ()))


def _target_port(port: Mapping[str, Any], pod: Json) -> int | None:
    target: int | str = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    ports: Iterable[Json] = (each for container in pod["spec"]["containers"] for each in container.get("ports", ()))
    return next((each["containerPort"] for each in ports if each.get("name") == target), None)
