"""The model servers of a stack that are played: each with its autoscaler, its load clients and its engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rehearsal.client import Json
from rehearsal.engine.engine import AnyEngine
from rehearsal.engine.load import Load, loads
from rehearsal.engine.pods import NAMES
from slipway.checks.quantities import quantity

Read = Callable[[Json], AnyEngine | None]
"""Returns the engine of a pod, or of the template of one, if it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A model server that an autoscaler scales and load clients load.

    Attributes:
        autoscaler: its HorizontalPodAutoscaler.
        workload: what that scales.
        clients: the Deployment of its load clients.
        engine: what its pods run.
        load: what each client sends.
    """

    autoscaler: Json
    workload: Json
    clients: Json
    engine: AnyEngine
    load: Load

    @property
    def name(self) -> str:
        """The server's name."""
        return self.workload["metadata"]["name"]

    @property
    def namespace(self) -> str:
        """Where its objects are."""
        return self.workload["metadata"]["namespace"]

    @property
    def minimum(self) -> int:
        """Fewest replicas."""
        return self.autoscaler["spec"].get("minReplicas", 1)

    @property
    def maximum(self) -> int:
        """Most replicas."""
        return self.autoscaler["spec"]["maxReplicas"]

    @property
    def metric(self) -> str:
        """The name of the metric that the autoscaler follows."""
        return self.autoscaler["spec"]["metrics"][0]["pods"]["metric"]["name"]

    @property
    def target(self) -> float:
        """The average of the metric that it aims at."""
        return float(quantity(self.autoscaler["spec"]["metrics"][0]["pods"]["target"]["averageValue"]))


CONTROLLERS = {"ScaledObject": "KEDA", "NIMService": "NIM operator"}
"""Kinds of which a controller that is not played makes autoscalers, and its name."""


def servers(manifests: Sequence[Json], read: Read) -> tuple[list[Server], list[str]]:
    """Return the servers of a stack, and for each other one that is scaled why it is not played."""
    found: list[Server] = []
    left_out = [
        f"server {each['metadata']['name']}: its autoscaler is made by {CONTROLLERS[each['kind']]}, which is not played"
        for each in manifests
        if each["kind"] in CONTROLLERS
    ]
    for autoscaler in (each for each in manifests if each["kind"] == "HorizontalPodAutoscaler"):
        server = _server(autoscaler, manifests, read)
        if isinstance(server, Server):
            found.append(server)
        else:
            left_out.append(f"server {autoscaler['metadata']['name']}: {server}")
    return found, left_out


def _server(autoscaler: Json, manifests: Sequence[Json], read: Read) -> Server | str:
    scaled = autoscaler["spec"]["scaleTargetRef"]
    deployments = {
        each["metadata"]["name"]: each
        for each in manifests
        if each["kind"] == "Deployment" and each["metadata"]["namespace"] == autoscaler["metadata"]["namespace"]
    }
    if scaled["kind"] != "Deployment":
        return f"its replicas span several hosts ({scaled['kind']}), and only a Deployment's pods are played"
    workload = deployments.get(scaled["name"])
    if workload is None:
        return f"its autoscaler scales Deployment {scaled['name']}, which the stack does not have"
    if not all(each["type"] == "Pods" for each in autoscaler["spec"]["metrics"]):
        return "its autoscaler follows something else than a metric of its pods"
    clients = deployments.get(f"{scaled['name']}-load")
    sent = next(iter(loads(clients["spec"]["template"])), None) if clients else None
    if clients is None or sent is None:
        return "it has no load clients"
    engine = read(workload["spec"]["template"])
    if engine is None:
        return f"its pods run neither {NAMES}"
    return Server(autoscaler=autoscaler, workload=workload, clients=clients, engine=engine, load=sent)
