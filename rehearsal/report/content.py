"""Everything that a report says, as plain data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from rehearsal import cluster_there
from rehearsal.engine.engine import Parameter
from rehearsal.story.observation import Observation
from rehearsal.story.setting import Setting, upstreams
from rehearsal.story.told import Act, Told
from rehearsal.story.verdict import Verdict
from rehearsal.triton import told as triton

REAL = (
    "the stack's program, settings and Kubernetes objects",
    "etcd, kube-apiserver, kube-scheduler and kube-controller-manager with its HPA controller",
)
DOUBLES = (
    "nodes: made from the pools of the stack, added and removed by a double of the cluster autoscaler",
    "kubelets: kwok says that pods run; no container starts, and pods of engines are Ready when their probes pass",
)
SIGN_IN = ("signing in to the cluster: a program on PATH that prints the administrator's token",)
ENGINE_DOUBLES = (
    "engines: one process listens at every pod's address and serves the engine's metrics page from a queueing model",
    "load clients: counted, not run; the model keeps as many requests under way as they would",
)
CHANGES = (
    "windows and periods in the autoscalers' behaviour are divided by the speed, in whole seconds",
    "pods of engines carry annotations that say when they have loaded, and that their probes are asked then",
    "on TPU, weights and compiled programs count as already in the bucket",
    "Services carry the annotation with which the Kubernetes provider does not wait for their endpoints",
    "windows of rules and of the adapter's queries are divided by the speed, and so are rates",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a report says of a server beside what was seen of it; `expected` replicas are what the load asks for."""

    name: str
    metric: str
    target: float
    minimum: int
    maximum: int
    clients: int
    concurrency: int
    expected: int
    parameters: Sequence[Parameter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One rehearsal of one stack.

    Attributes:
        played: when it ended, ISO 8601.
        speed: modelled seconds in one second.
        seconds: how long it took on this machine's clock.
        acts: when each began, in modelled seconds of the story.
        changes: what is different about the objects and the time.
        versions: of the real parts, by upstream.
    """

    stack: str
    ok: bool
    played: str
    speed: float
    seconds: float
    servers: Sequence[ServerFacts]
    acts: Mapping[Act, float]
    verdicts: Sequence[Verdict]
    observations: Sequence[Observation]
    real: Sequence[str]
    doubles: Sequence[str]
    changes: Sequence[str]
    not_rehearsed: Sequence[str]
    versions: Mapping[str, str]

    def to_json(self) -> str:
        """Return the content of `report.json`."""
        acts = {act.name.lower(): round(began, 1) for act, began in self.acts.items()}
        return json.dumps({**asdict(self), "acts": acts}, indent=1) + "\n"


def report(setting: Setting, told: Told, seconds: float) -> Report:
    """Return the report of a story that took so many seconds."""
    servers = [
        ServerFacts(
            name=server.name,
            metric=server.metric,
            target=server.target,
            minimum=server.minimum,
            maximum=server.maximum,
            clients=told.goals[server.name].clients,
            expected=told.goals[server.name].expected,
            concurrency=server.load.concurrency,
            parameters=server.engine.parameters,
        )
        for server in setting.stack.servers
    ]
    return Report(
        stack=setting.stack.name,
        ok=told.ok,
        played=datetime.now(UTC).isoformat(timespec="seconds"),
        speed=setting.clock.speed,
        seconds=round(seconds, 1),
        servers=servers,
        acts=told.acts,
        verdicts=told.verdicts,
        observations=told.observations,
        real=[*REAL, *setting.deployment.real, *setting.metrics.real, *(triton.REAL if setting.triton else ())],
        doubles=[
            *DOUBLES,
            *setting.deployment.doubles,
            *(cluster_there.DOUBLES if setting.stack.there else SIGN_IN),
            *(() if all(server.engine.is_real for server in setting.stack.servers) else ENGINE_DOUBLES),
            *setting.metrics.doubles,
            *(triton.DOUBLES if setting.triton else ()),
        ],
        changes=[*CHANGES, *(triton.CHANGES if setting.triton else ())],
        not_rehearsed=setting.stack.not_rehearsed,
        versions={upstream.name: upstream.version for upstream in upstreams(setting.stack)},
    )
