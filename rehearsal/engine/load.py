"""Who loads which engine: client pods, as their environment says, through Services to the pods that these select."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rehearsal.client import Json
from rehearsal.engine.engine import AnyEngine
from rehearsal.engine.fleet import Shape

CHARACTERS_PER_TOKEN = 4
"""Of English text, roughly (OpenAI, "What are tokens and how to count them?")."""

DEFAULT_ANSWER = 16
"""Tokens of an answer where a request does not say (OpenAI's API reference, "Completions")."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one client pod sends.

    Attributes:
        service: the Service that it asks, `namespace/name`.
        port: of the Service.
        concurrency: requests that it keeps under way.
        model: what it calls the model.
        shape: its request.
        path: where that goes, from the root of the server.
        body: what is posted, as JSON.
    """

    service: str
    port: int
    concurrency: int
    model: str
    shape: Shape
    path: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A server and the load on it.

    Attributes:
        engines: its replicas' engines by pod, `namespace/name`.
        clients: requests that are kept under way.
        shape: what each request is.
        path: where each goes, from the root of the server; empty without clients.
        body: what each posts, as JSON.
        problem: why it gets none of the load that clients send; empty if it does.
    """

    engines: Mapping[str, AnyEngine]
    clients: int
    shape: Shape
    path: str = ""
    body: str = ""
    problem: str = ""


def targets(
    pods: Mapping[str, Json], engines: Mapping[str, AnyEngine], services: Mapping[str, Json]
) -> dict[str, Target]:
    """Return the servers by their Service, `namespace/name`; a pod that no Service leads to is one by its own name.

    Args:
        pods: the Ready pods by `namespace/name`.
        engines: the engines of those that have one.
        services: all Services by `namespace/name`.
    """
    sent: dict[str, list[Load]] = {}
    for load in (load for pod in pods.values() for load in loads(pod)):
        sent.setdefault(load.service, []).append(load)
    behind: dict[str, dict[str, AnyEngine]] = {name: {} for name in sent}
    for pod, engine in engines.items():
        leading = [name for name, each in sorted(services.items()) if _leads(name, each, pod, pods[pod], engine.port)]
        behind.setdefault((leading or [pod])[0], {})[pod] = engine
    unled = {name: _unled(name, services.get(name), pods, engines) for name, found in behind.items() if not found}
    return {
        name: _target(name, found, sent.get(name, []), services, unled.get(name, "")) for name, found in behind.items()
    }


def loads(pod: Json) -> Iterable[Load]:
    """Return what the containers of a load client send; nothing for other pods."""
    for container in pod["spec"]["containers"]:
        env: dict[str, str] = {each["name"]: each.get("value", "") for each in container.get("env", ())}
        if {"URL", "REQUEST", "CONCURRENCY"} <= env.keys():
            url, request = urlsplit(env["URL"]), json.loads(env["REQUEST"])
            name, namespace, *_ = str(url.hostname).split(".")
            prompt = str(request.get("prompt") or request.get("text_input", ""))
            shape = Shape(math.ceil(len(prompt) / CHARACTERS_PER_TOKEN), request.get("max_tokens", DEFAULT_ANSWER))
            model = request.get("model") or _model_of(env.get("REQUEST_PATH", ""))
            yield Load(
                f"{namespace}/{name}",
                url.port or 80,
                int(env["CONCURRENCY"]),
                model,
                shape,
                env.get("REQUEST_PATH", ""),
                env["REQUEST"],
            )


def _model_of(path: str) -> str:
    """Return the model in a path of Triton, such as `/v2/models/llama/generate`."""
    parts = path.split("/")
    return parts[parts.index("models") + 1] if "models" in parts[:-1] else ""


def _target(
    name: str, engines: Mapping[str, AnyEngine], sent: Sequence[Load], services: Mapping[str, Json], unled: str
) -> Target:
    if not sent:
        return Target(engines, 0, Shape(1, 1))
    load = sent[0]
    if problem := _problem(name, engines, load, services) or unled:
        return Target(engines, 0, load.shape, problem=problem)
    return Target(engines, sum(each.concurrency for each in sent), load.shape, load.path, load.body)


def _problem(name: str, engines: Mapping[str, AnyEngine], load: Load, services: Mapping[str, Json]) -> str:
    if name not in services:
        return f"clients send to Service {name}, which does not exist"
    if load.port not in {each["port"] for each in services[name]["spec"].get("ports", ())}:
        return f"clients send to port {load.port}, which Service {name} does not have"
    asked = load.shape.prompt + load.shape.answer
    for engine in engines.values():
        if engine.served_name and load.model != engine.served_name:
            return f"clients ask for model {load.model!r}, and the engine serves {engine.served_name!r}"
        if asked > engine.max_tokens:
            return f"clients ask for {asked} tokens, and the engine takes {engine.max_tokens} at most"
    return ""


def _unled(name: str, service: Json | None, pods: Mapping[str, Json], engines: Mapping[str, AnyEngine]) -> str:
    """Say why a Service leads to no engine, though there are Ready ones in its namespace; empty without one."""
    here = [pod for pod in engines if pod.partition("/")[0] == name.partition("/")[0]]
    if service is None or not here:
        return ""
    selected = [pod for pod in here if _selects(service, pods[pod])]
    if not selected:
        labels = "; ".join(sorted({str(pods[pod]["metadata"].get("labels", {})) for pod in here}))
        return f"Service {name} selects {service['spec'].get('selector')}, and pods with an engine have labels {labels}"
    listening = sorted({engines[pod].port for pod in selected})
    targets = [port.get("targetPort", port["port"]) for port in service["spec"].get("ports", ())]
    named = sorted({f"{each.get('name')}={each['containerPort']}" for pod in selected for each in _ports(pods[pod])})
    return (
        f"Service {name} leads to port {', '.join(map(str, targets))} of its pods, whose engine listens on "
        f"{', '.join(map(str, listening))} (their named ports: {', '.join(named) or 'none'})"
    )


def _leads(name: str, service: Json, pod_name: str, pod: Json, engine_port: int) -> bool:
    same_namespace = name.partition("/")[0] == pod_name.partition("/")[0]
    if not same_namespace or not _selects(service, pod):
        return False
    return any(_target_port(port, pod) == engine_port for port in service["spec"].get("ports", ()))


def _selects(service: Json, pod: Json) -> bool:
    selector: Mapping[str, str] = service["spec"].get("selector") or {}
    return bool(selector) and selector.items() <= pod["metadata"].get("labels", {}).items()


def _target_port(port: Mapping[str, Any], pod: Json) -> int | None:
    target: int | str = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    return next((each["containerPort"] for each in _ports(pod) if each.get("name") == target), None)


def _ports(pod: Json) -> list[Json]:
    return [each for container in pod["spec"]["containers"] for each in container.get("ports", ())]
