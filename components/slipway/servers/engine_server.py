"""What servers have in common whose engine takes a model and its limits on a command line."""

import re
from abc import abstractmethod
from collections.abc import Iterator
from math import inf
from typing import ClassVar

from typing_extensions import override

from slipway.catalog.architecture import Model
from slipway.catalog.engines import Engine
from slipway.catalog.engines.flags import Takes
from slipway.catalog.engines.host import EngineHost, cache_gib
from slipway.catalog.footprint import SIDECAR_MEMORY_GIB, file_cache_gib
from slipway.catalog.machines import Slice
from slipway.checks import Finding
from slipway.checks.argument_words import Told
from slipway.checks.arguments import argument_findings, environment_findings
from slipway.checks.fit import Engine as MemoryRules
from slipway.checks.fit import Replica
from slipway.checks.images import image_findings, program_findings
from slipway.checks.signals import Export, Workload, arguments
from slipway.models import model_findings
from slipway.servers.server import Place, PodNeeds, Server
from slipway.serving.engine_settings import EngineArgs
from slipway.serving.environment_settings import plain
from slipway.serving.scaling import Scaling
from slipway.serving.shape import EngineShape, Files, MetricsPage


class EngineServer(EngineArgs, Server):
    """A server and the pool that its replicas run on."""

    asks_for_key: ClassVar[bool] = True
    program: ClassVar[Engine]
    """What its pods run."""
    takes: ClassVar[Takes]
    """What that takes on its command line and reads from its environment."""

    @abstractmethod
    def host(self, place: Place) -> EngineHost:
        """Return what its engine is, and takes of the hosts of a pool."""

    @property
    @override
    def needs_hugging_face_token(self) -> bool:
        return True

    @property
    @override
    def reads_folders(self) -> bool:
        return True

    @property
    @override
    def scaling(self) -> Scaling:
        return Scaling.of(self.autoscaling, self.program.signals[self.autoscaling.metric.signal])

    @override
    def needs(self, place: Place) -> PodNeeds:
        host, (cache_gib, disk_gib) = self.host(place), self.files(place).held(place.storage)
        return PodNeeds(
            chips=self.tensor_parallel,
            memory_gib=host.memory_gib,
            shared_memory_gib=host.shared_memory_gib,
            cache_gib=cache_gib,
            disk_gib=disk_gib,
            image_gib=host.image_gib,
        )

    def files(self, place: Place) -> Files:
        """Return what its files take; of an unknown model, which has a finding of its own, nothing."""
        model, host, left = place.models.get(self.model), self.host(place), inf
        if model is None:
            return Files(disk_gib=0, cache_gib=0)
        if place.slice:
            taken = host.memory_gib + host.shared_memory_gib + SIDECAR_MEMORY_GIB
            left = place.slice.machine.memory_for_pods_gib - taken
        return Files(disk_gib=cache_gib(model), cache_gib=file_cache_gib(model, max(left, 0)))

    def startup_seconds(self, place: Place) -> int:
        """Return the time until a replica answers with nothing cached; 0 for an unknown model."""
        model = place.models.get(self.model)
        return self.host(place).cold_start_seconds(model) if model else 0

    @override
    def findings(self, place: Place) -> list[Finding]:
        return model_findings(place.path, self.model, place.models)

    @override
    def further_findings(self, path: str) -> Iterator[Finding]:
        pinned, taken = self.image is None, self.takes.arguments()
        yield from argument_findings(f"{path}.extraArgs", self.extra_args, Told(flags=taken, pinned=pinned))
        told = Told(flags=self.takes.variables(), pinned=pinned, downloads=self.needs_hugging_face_token)
        yield from environment_findings(f"{path}.env", plain(self.env), told)
        if self.image:
            name, version = taken.engine.rsplit(" ", 1)
            where = f"{path}.image"
            strange = program_findings(where, self.image, name)
            yield from strange or image_findings(where, self.image, name, version)

    @property
    def expert_parallel(self) -> int:
        """Parts into which the experts of a mixture are divided by whole experts."""
        return 1

    def replica(self, rules: MemoryRules, model: Model, slice_: Slice, share: float) -> Replica:
        """Return what the memory check asks about a replica.

        Args:
            share: of a chip's memory, what the engine is told that it may use.
        """
        return Replica(
            engine=rules,
            model=model,
            memory_gib=slice_.machine.chip.device.memory_gib,
            chips=self.tensor_parallel,
            memory_utilization=share,
            max_model_len=self.max_model_len,
            max_num_seqs=self.max_num_seqs,
            max_num_batched_tokens=self.max_num_batched_tokens,
            tensor_parallel=self.tensor_parallel,
            expert_parallel=self.expert_parallel,
            kv_dtype="fp8" if self.kv_cache_dtype == "fp8" else None,
        )

    @override
    def shape(self, place: Place) -> EngineShape:
        host, grouped = self.host(place), place.slice is not None and place.slice.hosts > 1
        needed = {page.needs: "" for page in self.program.pages if page.needs}
        own = {self.program.batch_flag: str(self.max_num_seqs), **needed}
        given = {**own, **arguments.options(self.extra_args)}
        return EngineShape(
            export=Export(
                path=place.path,
                engine=self.program,
                version=host.tag,
                workload=Workload("LeaderWorkerSet" if grouped else "Deployment", place.namespace, place.name),
                labels={"app.kubernetes.io/name": place.name} | ({"role": "leader"} if grouped else {}),
                ports={"http": self.program.port},
                listens=arguments.port(self.program, given),
                batch=arguments.batch(self.program, given),
                options=arguments.switched_on(self.program, given),
            ),
            page=MetricsPage("http", self.program.metrics_path),
            scaling=self.scaling,
            exposure=self.exposure,
            rollout=self.rollout,
            allow_from=self.allow_from,
            startup_seconds=self.startup_seconds(place),
            files=self.files(place),
            image=host.image,
            tag=re.sub(r"[^\w.-]", "-", self.image) if self.image else host.tag,
            own_image=self.image,
            cache_variable=host.cache_variable,
            chip_environment=host.environment,
        )
