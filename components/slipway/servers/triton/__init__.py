"""Triton Inference Server on GPUs."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import override

from slipway.catalog.drivers import Cuda, triton_cuda
from slipway.catalog.engines import TRITON
from slipway.catalog.engines.tensorrt_llm import flags as tensorrt_llm
from slipway.catalog.engines.triton import flags
from slipway.catalog.engines.triton.host import GRPC_PORT, HTTP_PORT, IMAGE, IMAGE_GIB, SHARED_MEMORY_GIB
from slipway.catalog.machines import Slice
from slipway.catalog.models import MODELS
from slipway.checks import Finding
from slipway.checks.argument_words import Told
from slipway.checks.arguments import argument_findings, environment_findings, option_findings
from slipway.checks.fit import Fit, fit
from slipway.checks.images import image_findings, program_findings
from slipway.checks.signals import Export, Workload
from slipway.models import model_findings
from slipway.servers.server import Place, PodNeeds, Server
from slipway.servers.triton import serving, signals
from slipway.servers.triton.findings import release_findings, repository_findings_of
from slipway.serving.environment_settings import plain
from slipway.serving.scaling import Scaling
from slipway.serving.shape import Files, MetricsPage
from slipway.serving.triton.settings import LlmApi, ModelRepository, TritonArgs
from slipway.serving.triton.shape import TritonShape

if TYPE_CHECKING:
    from slipway.servers.model_server import ModelServer


LLMAPI_KEYS = {
    "model": "model",
    "tensorParallel": "tensorParallel",
    "maxModelLen": "maxModelLen",
    "maxNumSeqs": "maxBatchSize",
    "route.maxNumBatchedTokens": "maxNumTokens",
    "route.kvCacheShare": "kvCacheShare",
}
"""What Triton's route calls the keys that the options of TensorRT-LLM name."""


class Triton(TritonArgs, Server):
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
    def reads_folders(self) -> bool:
        return serving.reads_folders(self.serving)

    @property
    @override
    def longest_request(self) -> int | None:
        return serving.longest_request(self.serving)

    @property
    @override
    def asked_for(self) -> Mapping[str, int]:
        return super().asked_for if serving.answers_tokens(self.serving) else {}

    @property
    @override
    def cuda(self) -> Cuda | None:
        return triton_cuda(self.release, serving.variant(self.serving))

    @property
    @override
    def scaling(self) -> Scaling:
        return Scaling.of(self.autoscaling, signals.followed(self))

    @override
    def needs(self, place: Place) -> PodNeeds:
        gib = serving.disk_gib(self.serving, place.models)
        cache_gib, disk_gib = Files(disk_gib=gib, cache_gib=gib).held(place.storage)
        return PodNeeds(
            chips=self.serving.gpus,
            memory_gib=serving.memory_gib(self.serving, place.models),
            shared_memory_gib=SHARED_MEMORY_GIB,
            cache_gib=cache_gib,
            disk_gib=disk_gib,
            image_gib=IMAGE_GIB,
        )

    @override
    def findings(self, place: Place) -> list[Finding]:
        name, path = serving.model_name(self.serving), place.path
        where = f"{path}.{serving.model_path(self.serving)}"
        if name is not None and (unknown := model_findings(where, name, place.models)):
            return unknown
        machine = place.slice.machine if place.slice else None
        return [
            *release_findings(self, path),
            *signals.legal_findings(self, f"{path}.autoscaling.metric"),
            *repository_findings_of(self, f"{path}.serving.repository", machine),
        ]

    @override
    def further_findings(self, path: str) -> Iterator[Finding]:
        yield from argument_findings(f"{path}.extraArgs", self.extra_args, Told(flags=flags.arguments(self.release)))
        variables = Told(flags=flags.variables(), downloads=serving.model_name(self.serving) is not None)
        yield from environment_findings(f"{path}.env", plain(self.env), variables)
        if isinstance(self.serving, LlmApi):
            told = Told(flags=tensorrt_llm.options(), keys=LLMAPI_KEYS, pinned=False)
            yield from option_findings(f"{path}.serving.extraArgs", self.serving.extra_args, told)
        if isinstance(self.serving, ModelRepository) and self.serving.image:
            where, image = f"{path}.serving.image", self.serving.image
            strange = program_findings(where, image, "Triton")
            yield from strange or image_findings(where, image, "container", self.release)

    @override
    def fit(self, place: Place, slice_: Slice) -> Fit | None:
        replica = serving.replica(self.serving, place.models, slice_.machine)
        if replica is None or self.serving.gpus > slice_.chips:
            return None
        return fit(replica, f"{place.path}.serving")

    @override
    def shape(self, place: Place) -> TritonShape:
        gib, image = serving.disk_gib(self.serving, place.models), None
        if isinstance(self.serving, ModelRepository):
            image = self.serving.image
        return TritonShape(
            export=Export(
                path=place.path,
                engine=TRITON,
                version=self.release,
                workload=Workload("Deployment", place.namespace, place.name),
                labels={"app.kubernetes.io/name": place.name},
                ports={"http": HTTP_PORT, "grpc": GRPC_PORT, "metrics": TRITON.port},
                listens=TRITON.port,
                mode=signals.judged_mode(self),
            ),
            page=MetricsPage("metrics", TRITON.metrics_path),
            scaling=self.scaling,
            exposure=self.exposure,
            rollout=self.rollout,
            allow_from=self.allow_from,
            startup_seconds=serving.startup_seconds(self.serving, place.models),
            files=Files(disk_gib=gib, cache_gib=gib),
            image=image or f"{IMAGE}:{self.release}-{serving.variant(self.serving)}",
            dtype=serving.dtype(serving.known_model(self.serving, place.models)),
            downloads=self.needs_hugging_face_token,
        )

    @override
    def component(self) -> "type[ModelServer[Any]]":
        from slipway.serving.triton.server import TritonServer

        return TritonServer
