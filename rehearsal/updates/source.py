"""What the engine runs for a stack that is played, and how it comes onto the stage."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from offline import PROGRAM, Recording, stack_config
from offline.stack_config import StackConfig
from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.clouds.clouds import Clouds
from rehearsal.clouds.fleet import NODE_POOLS, Fleet
from rehearsal.cluster_there import CONFIG_KEY
from rehearsal.compression import compressed
from rehearsal.control_plane import ControlPlane
from rehearsal.metrics.path import MetricsPath
from rehearsal.stack import PlayedStack
from rehearsal.updates.deployment import Updates
from rehearsal.updates.engine import Engine
from slipway.project import PROJECT_FILE


@dataclass(frozen=True, slots=True)
class Source:
    """A program and its configuration.

    Attributes:
        program: its `__main__.py`.
        config: of the stack.
        pools: names of those of its pools that are a resource of their own.
        awaited: whether the engine waits until its objects are ready.
    """

    program: Path
    config: StackConfig
    pools: Collection[str]
    awaited: bool = True

    @classmethod
    def of(cls, stack_file: Path, recording: Recording) -> "Source":
        """Return what made a recording.

        Raises:
            StackFileError: the stack file cannot be turned into configuration.
        """
        config = stack_config.load(stack_file, PROGRAM.parent / PROJECT_FILE)
        return cls(PROGRAM, config, frozenset(each.name for each in recording.of(*NODE_POOLS)))

    def deployment(
        self,
        played: PlayedStack,
        plane: ControlPlane,
        *,
        clock: Clock,
        fleet: Fleet,
        metrics: MetricsPath,
        before: frozenset[str],
    ) -> Updates:
        """Return the engine with the stack, of which nothing is made yet.

        Args:
            played: the stack.
            plane: where its objects come.
            clock: compresses times.
            fleet: where its nodes come.
            metrics: where its metrics APIs lead.
            before: what there is on the API server.
        """
        apis = [each for each in played.manifests if each["kind"] == "APIService"]

        def stand_in(manifest: Json) -> Json:
            # The engine names what the program leaves unnamed, and nothing refers to that.
            named = manifest.get("metadata", {}).get("name")
            led = metrics.stand_in([*apis, manifest])[-1] if named else manifest
            return compressed(led, clock, played.engine)

        kubeconfig = played.there.kubeconfig(plane) if played.there else None
        here = {CONFIG_KEY: kubeconfig.read_text(encoding="utf-8")} if kubeconfig else {}
        engine = Engine(plane.binaries["pulumi"], plane.slot.folder / "pulumi", self.program, self.config, here)
        clouds = Clouds(
            plane, clock, fleet, stand_in, kubeconfig=kubeconfig, upgraded=metrics.upgraded, awaited=self.awaited
        )
        return Updates(engine, clouds, self.config, client=plane.client, before=before)
