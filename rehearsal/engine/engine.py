"""What a rehearsal knows of an engine, whichever it is: how it queues requests, where it listens, what its page shows.

Each engine has a module of its own whose `read` makes this from a pod; `rehearsal.engine.pods` has the list of them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from rehearsal.engine.histogram import Histogram
from rehearsal.engine.requests import Limits
from rehearsal.nodes import Pool
from slipway.catalog.engines import Series
from slipway.catalog.machines import GPU_RESOURCE, TPU_RESOURCE, Chip
from slipway.checks.fit import Replica as JudgedReplica


def named(name: str) -> str:
    """Return the name of an object without the suffix that Pulumi gives it, which the engine and a recording draw
    apart."""
    return re.sub(r"-[0-9a-f]{8}$", "", name)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the `spec` of a server's pod leads to.

    Attributes:
        replica: what was judged of it: model, chips and limits.
        chip: a device that it computes on.
        pools: the nodes that there can be.
        config_maps: the data of the stack's ConfigMaps by the name that `named` gives them.
        resources: what pods may ask for to get chips.
    """

    replica: JudgedReplica
    chip: Chip
    pools: Sequence[Pool] = ()
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    resources: Sequence[str] = (GPU_RESOURCE, TPU_RESOURCE)

    def files(self, pod: Mapping[str, Any]) -> dict[str, str]:
        """Return the files that the containers of a pod mount from ConfigMaps: their content by path."""
        found: dict[str, str] = {}
        volumes = {each["name"]: each["configMap"] for each in pod.get("volumes", ()) if "configMap" in each}
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            for mount in container.get("volumeMounts", ()):
                if mount["name"] in volumes:
                    found |= self._mounted(mount["mountPath"], volumes[mount["name"]])
        return found

    def _mounted(self, path: str, source: Mapping[str, Any]) -> dict[str, str]:
        data = self.config_maps.get(named(source.get("name", "")), {})
        items = {each["key"]: each["path"] for each in source.get("items", ())} or {key: key for key in data}
        return {f"{path}/{name}": data[key] for key, name in items.items() if key in data}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the model and where it comes from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Names of the series that a story shows; empty where the engine's page has none.

    Attributes:
        waiting: gauge, requests that wait.
        running: gauge, requests in a batch.
        tokens: counter, generated tokens.
        first_token: histogram, seconds to the first token.
    """

    waiting: str = ""
    running: str = ""
    tokens: str = ""
    first_token: str = ""


class Replica(Protocol):
    """The queueing model of one replica. Its clock is its own, in seconds, and moves only in `advance`.

    Attributes:
        finished: requests answered so far.
    """

    finished: int

    @property
    def waiting(self) -> int:
        """Requests that wait."""
        ...

    @property
    def running(self) -> int:
        """Requests that are computed."""
        ...

    @property
    def next_event(self) -> float:
        """When something changes next if nothing arrives; infinity when there is nothing to do."""
        ...

    def submit(self, prompt: int, answer: int) -> None:
        """Let a request of so many tokens arrive now."""
        ...

    def advance(self, until: float) -> int:
        """Let time pass, and return how many requests finished."""
        ...


R = TypeVar("R", bound=Replica)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(Generic[R]):
    """What one pod runs.

    Attributes:
        served_name: what requests must call the model; empty where they need not.
        port: where it listens.
        metrics_port: where its metrics page is.
        metrics_path: the path of that page.
        health_path: answers 200 while the engine serves.
        live_path: answers 200 while its process runs; empty where that is the same path.
        answers: what else it answers where it listens, JSON by path.
        max_tokens: most tokens of a request, prompt and answer together.
        limits: what a continuous batch goes by; None for an engine that has none.
        slots: requests that one replica computes at once.
        load_seconds: from the start of its container until it answers.
        start: makes the model of a replica, given the time of its clock.
        values: how the series of its page are read off that model.
        labels: what the engine writes on each of them.
        recorded: how gauges that rules of a stack record are read off the model, by name.
        shown: those that a story shows.
        parameters: numbers of the model for people, each with its source.
        chips: those over which it shards; 0 where that follows from what its pod gets.
        obstacle: why it does not start in its pod; empty if it does.
        is_real: whether a real server runs in each pod; the model of a replica then only foretells what it will show.
    """

    served_name: str
    port: int
    metrics_port: int
    metrics_path: str
    health_path: str
    live_path: str = ""
    max_tokens: int
    limits: Limits | None = None
    slots: int
    load_seconds: int
    start: Callable[[float], R]
    values: Sequence[tuple[Series, Callable[[R], float | Histogram]]]
    labels: Mapping[str, str]
    recorded: Mapping[str, Callable[[R], float]] = field(default_factory=dict[str, Callable[[R], float]])
    shown: Shown
    parameters: tuple[Parameter, ...]
    chips: int = 0
    obstacle: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    is_real: bool = False

    def value(self, series: str, replica: R) -> float | None:
        """Return what a gauge shows of a replica; None if neither its page nor a rule has such a gauge."""
        if series in self.recorded:
            return self.recorded[series](replica)
        found = next((read(replica) for each, read in self.values if each.name == series), None)
        return None if found is None or isinstance(found, Histogram) else float(found)


AnyEngine = Engine[Any]
