"""Triton Inference Server on GPU nodes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

import pulumi
from typing_extensions import override

from catalog.drivers import Cuda, triton_cuda
from catalog.engines import TRITON
from catalog.engines.triton.host import IMAGE, IMAGE_GIB, SHARED_MEMORY_GIB
from catalog.gpu_machines import GpuMachine
from catalog.models import MODELS
from checks import Finding
from checks.fit import Fit, fit
from checks.signals import Export, Workload
from components.serving.triton.settings import ModelRepository, TritonArgs
from stacks.further import triton_findings
from stacks.gpu.servers import triton_serving as serving
from stacks.gpu.servers import triton_signals as signals
from stacks.gpu.servers.server import GpuServer, MetricsPage, Models, PodNeeds
from stacks.gpu.servers.triton_findings import release_findings, repository_findings_of
from stacks.models import model_findings
from stacks.scaling import Scaling
from stacks.surroundings import judged

if TYPE_CHECKING:
    from stacks.gpu.servers.place import Place


class TritonOnGpus(TritonArgs, GpuServer):
    """A Triton server and the pool that its replicas run on."""

    needs_ngc_key: ClassVar[bool] = True

    engine: Literal["triton"]

    @property
    @override
    def needs_hugging_face_token(self) -> bool:
        """Whether it downloads a model, and not one that is known to be open to everybody."""
        name = serving.model_name(self.serving)
        return name is not None and (name not in MODELS or MODELS[name].gated)

    @property
    @override
    def cuda(self) -> Cuda | None:
        return triton_cuda(self.release, serving.variant(self.serving))

    @property
    @override
    def scaling(self) -> Scaling:
        return Scaling.of(self.autoscaling, signals.followed(self))

    @override
    def needs(self, models: Models) -> PodNeeds:
        return PodNeeds(
            gpus=self.serving.gpus,
            memory_gib=serving.memory_gib(self.serving, models),
            shared_memory_gib=SHARED_MEMORY_GIB,
            disk_gib=serving.disk_gib(self.serving, models),
            image_gib=IMAGE_GIB,
        )

    @override
    def startup_seconds(self, models: Models) -> int:
        return serving.startup_seconds(self.serving, models)

    @override
    def findings(self, path: str, models: Models, machine: GpuMachine | None) -> list[Finding]:
        name = serving.model_name(self.serving)
        if name is not None and (unknown := model_findings(f"{path}.{serving.model_path(self.serving)}", name, models)):
            return unknown
        found = self.fit(path, models, machine) if machine else None
        return [
            *release_findings(self, path),
            *signals.legal_findings(self, f"{path}.autoscaling.metric"),
            *repository_findings_of(self, f"{path}.serving.repository", machine),
            *(found.findings if found else ()),
        ]

    @override
    def further_findings(self, path: str) -> Iterable[Finding]:
        return triton_findings(path, self)

    @override
    def fit(self, path: str, models: Models, machine: GpuMachine) -> Fit | None:
        replica = serving.replica(self.serving, models, machine)
        if replica is None or self.serving.gpus > machine.gpus:
            return None
        return fit(replica, f"{path}.serving")

    @override
    def export(self, path: str, workload: Workload) -> Export:
        return Export(
            path=path,
            engine=TRITON,
            version=self.release,
            workload=workload,
            labels={"app.kubernetes.io/name": workload.name},
            ports={"metrics": TRITON.port},
            mode=signals.judged_mode(self),
        )

    @property
    @override
    def page(self) -> MetricsPage:
        return MetricsPage("metrics", TRITON.metrics_path)

    @override
    def deploy(self, name: str, place: "Place") -> pulumi.Output[str]:
        from components.serving.node_disk import node_disk
        from components.serving.service import propagation_seconds
        from components.serving.triton.pod import TritonRuntime
        from components.serving.triton.server import TritonServer

        model = serving.known_model(self.serving, place.models)
        token = judged(place.hugging_face) if self.needs_hugging_face_token else None
        ngc = judged(place.ngc)
        image = self.serving.image if isinstance(self.serving, ModelRepository) else None
        runtime = TritonRuntime(
            image=image or f"{IMAGE}:{self.release}-{serving.variant(self.serving)}",
            accelerator=place.accelerator,
            weights=place.shared_storage or node_disk(serving.disk_gib(self.serving, place.models)),
            shared=place.shared_storage is not None,
            token=token,
            pull_secret=ngc.pull_secret,
            service_account=place.service_account,
            propagation_seconds=propagation_seconds(self.exposure, place.load_balancers),
            depends_on=[*ngc.depends_on, *(token.depends_on if token else ())],
        )
        return TritonServer(
            name,
            self,
            namespace=place.namespace,
            runtime=runtime,
            dtype=serving.dtype(model),
            startup=place.startup,
            metrics=place.metrics,
            series=self.scaling.series,
            exposure=self.exposure,
            load_balancers=place.load_balancers,
            opts=place.opts,
        ).url
