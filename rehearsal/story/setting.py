"""Everything that a story plays on: a control plane, the stack's nodes and objects, and the doubles."""

import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rehearsal import cluster_there, custom_resources, lifecycle, pins
from rehearsal.client import Client, Json
from rehearsal.clock import Clock
from rehearsal.clouds.fleet import Fleet
from rehearsal.cluster_there import Hands
from rehearsal.compression import compressed
from rehearsal.control_plane import ControlPlane, control_plane
from rehearsal.engine.double import EngineDouble, key
from rehearsal.metrics.path import MetricsPath
from rehearsal.mirror import Mirror
from rehearsal.node_autoscaler import NodeAutoscaler
from rehearsal.processes import ProcessError, Processes
from rehearsal.server import Server
from rehearsal.stack import PlayedStack
from rehearsal.story.deployment import Deployment, Manifests
from rehearsal.triton.servers import TritonServers
from rehearsal.updates.source import Source

MIRRORED = (
    ("v1", "Node"),
    ("v1", "Pod"),
    ("v1", "Service"),
    ("apps/v1", "Deployment"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
)
SETTLE_SECONDS = 10


def upstreams(played: PlayedStack) -> Sequence[pins.Upstream]:
    """Return what must be built to play a stack."""
    return (*pins.CONTROL_PLANE, *pins.ENGINE, *played.metrics.upstreams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A stage on which a stack's objects can be applied.

    Attributes:
        stack: what is played.
        plane: the control plane.
        clock: the compressed time.
        mirrors: the objects of each kind as they are now.
        nodes: the double of the cluster's autoscaler.
        engines: the double of the engines.
        triton: the real servers; None if the stack has none that run here.
        metrics: the way of the series.
        manifests: the stack's objects as they are to be applied here.
        deployment: how they come onto the stage, and off it again.
        fleet: the nodes that come and go with pools.
        people: who makes what a stack leaves to them.
    """

    stack: PlayedStack
    plane: ControlPlane
    clock: Clock
    mirrors: Mapping[str, Mirror]
    nodes: NodeAutoscaler
    engines: EngineDouble
    triton: TritonServers | None
    metrics: MetricsPath
    manifests: Sequence[Json]
    deployment: Deployment
    fleet: Fleet
    people: Hands

    def check(self) -> None:
        """Raise what stopped a part of the rehearsal, if anything did."""
        self.plane.processes.check()
        for double in (self.engines, self.metrics, self.nodes, self.people):
            double.check()
        if self.triton:
            self.triton.check()

    def problem(self, service: str) -> str:
        """Say why real clients of a Service get no answers; empty where they do or there are none."""
        return self.triton.problem(service) if self.triton else ""

    def pods(self, workload: Json) -> list[Json]:
        """Return the pods of a Deployment that are not being deleted."""
        selector: Mapping[str, str] = workload["spec"]["selector"]["matchLabels"]
        return [
            pod
            for pod in self.mirrors["Pod"].objects
            if pod["metadata"]["namespace"] == workload["metadata"]["namespace"]
            and "deletionTimestamp" not in pod["metadata"]
            and selector.items() <= pod["metadata"].get("labels", {}).items()
        ]

    def autoscaler(self, server: Server) -> Json:
        """Return the status of a server's autoscaler; empty before it has one."""
        wanted = key(server.autoscaler)
        autoscalers = self.mirrors["HorizontalPodAutoscaler"].objects
        found: list[Json] = [each.get("status", {}) for each in autoscalers if key(each) == wanted]
        return found[0] if found else {}


@contextmanager
def setting(
    played: PlayedStack, *, speed: float, binaries: Mapping[str, Path], source: Source | None = None
) -> Generator[Setting]:
    """Make the stage with its doubles, and without the stack.

    Args:
        played: the stack.
        speed: modelled seconds in one second.
        binaries: as `build.ensure` returned them.
        source: what the engine runs; without it the objects are applied as they are, and the nodes are there first.

    Raises:
        StartError: a part was not ready in time.
        ProcessError: a part ended.
        MissingWheelError: the stack's servers are real, and there is no tritonserver.
    """
    with control_plane(speed=speed, binaries=binaries) as plane, ExitStack() as inside:
        clock, client = Clock(speed), plane.client
        brought = played.metrics.definitions(binaries)
        if refused := lifecycle.apply(client, [*brought, *custom_resources.others(client, brought)]):
            raise RuntimeError("\n".join(map(str, refused)))
        # Its garbage collector looks for new kinds every 30 s only, and a deletion waits until it knows the kind.
        plane.processes.restart("kube-controller-manager")
        followed = (*MIRRORED, *played.metrics.followed)
        mirrors = {kind: Mirror(client, api_version, kind).__enter__() for api_version, kind in followed}
        inside.callback(_close, mirrors.values())
        fleet = Fleet(client)
        fleet.plan(played.pools, source.pools if source else ())
        if source is None or played.there:
            fleet.bring(played.pools)
        nodes = inside.enter_context(
            NodeAutoscaler(
                client,
                lambda: fleet.pools,
                nodes=mirrors["Node"],
                pods=mirrors["Pod"],
                add_seconds=clock.compressed(played.add_seconds),
                remove_seconds=clock.compressed(played.remove_seconds),
            )
        )
        engines = inside.enter_context(EngineDouble(client, mirrors["Pod"], mirrors["Service"], played.engine, clock))
        triton: TritonServers | None = None
        if played.has_real_engines:
            triton = TritonServers(
                plane, mirrors["Pod"], played.around, engine=played.engine, targets=lambda: engines.targets, clock=clock
            )
            inside.enter_context(triton)
        metrics = inside.enter_context(played.metrics.open(plane, mirrors, clock))
        manifests = [compressed(each, clock, played.engine) for each in metrics.stand_in(played.manifests)]
        people = inside.enter_context(cluster_there.people(played.there, client, metrics.stand_in))
        before = _settled_inventory(client)
        inside.push(partial(_let_go, plane.processes))
        yield Setting(
            stack=played,
            plane=plane,
            clock=clock,
            mirrors=mirrors,
            nodes=nodes,
            engines=engines,
            triton=triton,
            metrics=metrics,
            manifests=manifests,
            deployment=source.deployment(played, plane, clock=clock, fleet=fleet, metrics=metrics, before=before)
            if source
            else Manifests(client, manifests, before),
            fleet=fleet,
            people=people,
        )


def _let_go(processes: Processes, kind: object, error: BaseException | None, traceback: object) -> None:
    """End all processes once one has ended: what waits for an answer of theirs need not wait for it."""
    if isinstance(error, ProcessError):
        processes.stop(seconds=0)


def _close(mirrors: Iterable[Mirror]) -> None:
    """Close all at once; each takes as long as its watch lasts."""
    with ThreadPoolExecutor() as pool:
        for mirror in mirrors:
            pool.submit(mirror.__exit__)


def _settled_inventory(client: Client) -> frozenset[str]:
    """Return what there is once the controllers have made what they make in an empty cluster."""
    deadline, found = time.monotonic() + SETTLE_SECONDS, lifecycle.inventory(client)
    while time.monotonic() < deadline:
        time.sleep(0.3)
        if (again := lifecycle.inventory(client)) == found:
            break
        found = again
    return found
