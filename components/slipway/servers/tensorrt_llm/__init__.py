"""TensorRT-LLM on GPUs."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

from typing_extensions import override

from slipway.catalog.architecture import Model
from slipway.catalog.drivers import Cuda, triton_cuda, trtllm_cuda
from slipway.catalog.engines import TRITON, TRTLLM_SERVE
from slipway.catalog.engines.tensorrt_llm import flags
from slipway.catalog.engines.tensorrt_llm.host import (
    ENGINE_LOAD_SECONDS,
    IMAGE_GIB,
    ITERATION_STATISTICS,
    RETURN_PERF_METRICS,
    SHARED_MEMORY_GIB,
    cache_gib,
    cold_start_seconds,
    memory_gib,
)
from slipway.catalog.engines.tensorrt_llm.speculation import EAGLE_HEADS
from slipway.catalog.engines.triton.host import GRPC_PORT, HTTP_PORT, LAST_ENGINE_RELEASE, PROCESS_MEMORY_GIB
from slipway.catalog.machines import Slice
from slipway.catalog.versions import TENSORRT_LLM
from slipway.checks import Finding
from slipway.checks.argument_words import Told
from slipway.checks.arguments import environment_findings, option_findings
from slipway.checks.fit import Fit
from slipway.checks.images import image_findings, program_findings
from slipway.checks.signals import Export, Workload
from slipway.servers.server import Models, Place, PodNeeds, Server
from slipway.servers.tensorrt_llm.judgement import server_findings, server_fit, unknown_findings
from slipway.serving.environment_settings import plain
from slipway.serving.recording_rules import WAITING_REQUESTS
from slipway.serving.scaling import Scaling
from slipway.serving.shape import Files, MetricsPage
from slipway.serving.tensorrt_llm.options import options
from slipway.serving.tensorrt_llm.settings import DraftTarget, Eagle3, EnginesRoute, PyTorchRoute, TensorRtLlmArgs
from slipway.serving.tensorrt_llm.shape import TensorRtLlmShape

if TYPE_CHECKING:
    from slipway.servers.model_server import ModelServer


class TensorRtLlm(TensorRtLlmArgs, Server):
    """A TensorRT-LLM server and the pool that its replicas run on."""

    engine: Literal["tensorrt-llm"]

    @property
    @override
    def needs_hugging_face_token(self) -> bool:
        return True

    @property
    @override
    def reads_folders(self) -> bool:
        return isinstance(self.route, PyTorchRoute)

    @property
    @override
    def asked_for(self) -> Mapping[str, int]:
        return {**super().asked_for, "benchmark.answerTokens": self.benchmark.answer_tokens}

    @property
    @override
    def cuda(self) -> Cuda | None:
        if isinstance(self.route, PyTorchRoute):
            return trtllm_cuda(TENSORRT_LLM)
        return triton_cuda(LAST_ENGINE_RELEASE, "trtllm-python-py3")

    @property
    @override
    def scaling(self) -> Scaling:
        if isinstance(self.route, EnginesRoute):
            return Scaling.of(self.autoscaling, WAITING_REQUESTS)
        return Scaling.of(self.autoscaling, TRTLLM_SERVE.signals[self.autoscaling.metric.signal])

    @override
    def needs(self, place: Place) -> PodNeeds:
        engines = isinstance(self.route, EnginesRoute)
        # Triton starts a process for each request that runs at once.
        processes = ceil(PROCESS_MEMORY_GIB * self.max_num_seqs) if engines else 0
        files = Files(disk_gib=0, cache_gib=0) if engines else self._files(place.models)
        cache_gib, disk_gib = files.held(place.storage)
        return PodNeeds(
            chips=self.tensor_parallel,
            memory_gib=memory_gib(self.tensor_parallel) + processes,
            shared_memory_gib=SHARED_MEMORY_GIB,
            cache_gib=cache_gib,
            disk_gib=disk_gib,
            image_gib=IMAGE_GIB,
        )

    def _files(self, models: Models, *others: str) -> Files:
        gib = cache_gib(self._downloads(models, *others))
        return Files(disk_gib=gib, cache_gib=gib)

    def _downloads(self, models: Models, *others: str) -> Sequence[Model]:
        """Return the models that a pod of the PyTorch route downloads, as far as they are known."""
        found = [models[name] for name in (self.model, *others) if name in models]
        match self.route:
            case PyTorchRoute(speculation=DraftTarget(model=draft)) if draft in models:
                return [*found, models[draft]]
            case PyTorchRoute(speculation=Eagle3(model=head)) if head in EAGLE_HEADS and self.model in models:
                return [*found, EAGLE_HEADS[head].row(models[self.model])]
            case _:
                return found

    @override
    def findings(self, place: Place) -> list[Finding]:
        return unknown_findings(self, place.path, place.models) or list(server_findings(self, place))

    @override
    def further_findings(self, path: str) -> Iterator[Finding]:
        variables = Told(flags=flags.variables(), downloads=True)
        yield from environment_findings(f"{path}.env", plain(self.env), variables)
        if isinstance(self.route, PyTorchRoute):
            told = Told(flags=flags.options(), pinned=self.route.image is None)
            yield from option_findings(f"{path}.route.extraOptions", self.route.extra_options, told)
            if self.route.image:
                where, image = f"{path}.route.image", self.route.image
                strange = program_findings(where, image, "TensorRT-LLM")
                yield from strange or image_findings(where, image, "TensorRT-LLM", TENSORRT_LLM)

    @override
    def fit(self, place: Place, slice_: Slice) -> Fit | None:
        return server_fit(self, place.path, place.models, slice_.machine)

    @override
    def shape(self, place: Place) -> TensorRtLlmShape:
        engines = isinstance(self.route, EnginesRoute)
        return TensorRtLlmShape(
            export=self._engines_export(place) if engines else self._export(place),
            page=MetricsPage("metrics", TRITON.metrics_path)
            if engines
            else MetricsPage("http", TRTLLM_SERVE.metrics_path),
            scaling=self.scaling,
            exposure=self.exposure,
            rollout=self.rollout,
            allow_from=self.allow_from,
            startup_seconds=ENGINE_LOAD_SECONDS if engines else cold_start_seconds(self._downloads(place.models)),
            files=self._files(place.models),
            models=place.models,
            benchmark_files=self._files(place.models, *self.benchmark.drafts),
        )

    def _engines_export(self, place: Place) -> Export:
        return Export(
            path=place.path,
            engine=TRITON,
            version=LAST_ENGINE_RELEASE,
            workload=Workload("Deployment", place.namespace, place.name),
            labels={"app.kubernetes.io/name": place.name},
            ports={"http": HTTP_PORT, "grpc": GRPC_PORT, "metrics": TRITON.port},
            listens=TRITON.port,
            mode="tensorrtllm",
        )

    def _export(self, place: Place) -> Export:
        on = options(self, self.route) if isinstance(self.route, PyTorchRoute) else {}
        return Export(
            path=place.path,
            engine=TRTLLM_SERVE,
            version=TENSORRT_LLM,
            workload=Workload("Deployment", place.namespace, place.name),
            labels={"app.kubernetes.io/name": place.name},
            ports={"http": TRTLLM_SERVE.port},
            listens=TRTLLM_SERVE.port,
            batch=self.max_num_seqs,
            options=frozenset(name for name in (RETURN_PERF_METRICS, ITERATION_STATISTICS) if on.get(name)),
        )

    @override
    def component(self) -> "type[ModelServer[Any]]":
        from slipway.serving.tensorrt_llm.server import TensorRtLlmServer

        return TensorRtLlmServer
