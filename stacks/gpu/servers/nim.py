"""NVIDIA NIM on GPU nodes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

import pulumi
from typing_extensions import override

from catalog.drivers import Cuda, nim_cuda
from catalog.engines import NIM
from catalog.engines.nim.host import (
    IMAGE_GIB,
    MEMORY_GIB,
    MEMORY_UTILIZATION,
    SHARED_MEMORY_GIB,
    cache_gib,
    cold_start_seconds,
    metrics_path,
)
from catalog.engines.nim.host import signals as signals_of
from catalog.gpu_machines import GpuMachine
from checks import Finding
from checks.fit import Fit, Replica, fit
from checks.signals import Export, Workload
from components.serving.nim_settings import NimArgs, NimThroughOperator, NimWorkload
from stacks.further import nim_findings
from stacks.gpu.servers.server import GpuServer, MetricsPage, Models, PodNeeds
from stacks.models import model_findings
from stacks.scaling import Scaling
from stacks.surroundings import judged

if TYPE_CHECKING:
    from stacks.gpu.servers.place import Place


class NimOnGpus(NimArgs, GpuServer):
    """A NIM server and the pool that its replicas run on."""

    needs_ngc_key: ClassVar[bool] = True
    any_model: ClassVar[bool] = False

    engine: Literal["nim"]

    @property
    @override
    def needs_nim_operator(self) -> bool:
        return isinstance(self.deployment, NimThroughOperator)

    @property
    @override
    def cuda(self) -> Cuda | None:
        return nim_cuda(self.version)

    @property
    @override
    def scaling(self) -> Scaling:
        return Scaling.of(self.autoscaling, signals_of(self.version)[self.autoscaling.metric.signal])

    @override
    def needs(self, models: Models) -> PodNeeds:
        return PodNeeds(
            gpus=self.tensor_parallel,
            memory_gib=MEMORY_GIB,
            shared_memory_gib=SHARED_MEMORY_GIB,
            disk_gib=cache_gib(models[self.model]) if self.model in models and not self.needs_nim_operator else 0,
            image_gib=IMAGE_GIB,
        )

    @override
    def startup_seconds(self, models: Models) -> int:
        return cold_start_seconds(models[self.model])

    @override
    def findings(self, path: str, models: Models, machine: GpuMachine | None) -> list[Finding]:
        if unknown := model_findings(path, self.model, models):
            return unknown
        found = self.fit(path, models, machine) if machine else None
        return list(found.findings) if found else []

    @override
    def further_findings(self, path: str) -> Iterable[Finding]:
        return nim_findings(path, self)

    @override
    def fit(self, path: str, models: Models, machine: GpuMachine) -> Fit | None:
        if self.tensor_parallel > machine.gpus or self.model not in models:
            return None
        replica = Replica(
            engine="vllm",
            model=models[self.model],
            memory_gib=machine.gpu.memory_gib,
            chips=self.tensor_parallel,
            memory_utilization=MEMORY_UTILIZATION,
            max_model_len=self.max_model_len,
            tensor_parallel=self.tensor_parallel,
        )
        return fit(replica, path)

    @override
    def export(self, path: str, workload: Workload) -> Export:
        return Export(
            path=path,
            engine=NIM,
            version=self.version,
            workload=workload,
            labels={"app.kubernetes.io/name": workload.name},
            ports={self.page.port: NIM.port},
            listens=NIM.port,
        )

    @property
    @override
    def page(self) -> MetricsPage:
        return MetricsPage("api" if self.needs_nim_operator else "http", metrics_path(self.version))

    @override
    def deploy(self, name: str, place: "Place") -> pulumi.Output[str]:
        from components.serving.nim import NimServer
        from components.serving.nim_objects import OperatedRuntime
        from components.serving.nim_operated import OperatedNim
        from components.serving.nim_pod import NimRuntime

        gib, ngc = cache_gib(place.models[self.model]), judged(place.ngc)
        match self.deployment:
            case NimWorkload():
                return NimServer(
                    name,
                    self,
                    namespace=place.namespace,
                    runtime=NimRuntime(
                        accelerator=place.accelerator, cache_gib=gib, ngc=ngc, service_account=place.service_account
                    ),
                    startup=place.startup,
                    metrics=place.metrics,
                    exposure=self.exposure,
                    load_balancers=place.load_balancers,
                    opts=place.opts,
                ).url
            case NimThroughOperator() as deployment:
                return OperatedNim(
                    name,
                    self,
                    deployment,
                    namespace=place.namespace,
                    runtime=OperatedRuntime(
                        accelerator=place.accelerator,
                        cache_gib=gib,
                        ngc=ngc,
                        storage=place.shared_storage,
                        operator=place.nim_operator,
                    ),
                    startup=place.startup,
                    metrics=place.metrics,
                    opts=place.opts,
                ).url
