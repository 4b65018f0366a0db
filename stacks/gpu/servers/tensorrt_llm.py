"""TensorRT-LLM on GPU nodes."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Literal

import pulumi
from typing_extensions import override

from catalog.architecture import Model
from catalog.drivers import Cuda, triton_cuda, trtllm_cuda
from catalog.engines import TRITON, TRTLLM_SERVE
from catalog.engines.tensorrt_llm.host import (
    ENGINE_LOAD_SECONDS,
    IMAGE_GIB,
    ITERATION_STATISTICS,
    RETURN_PERF_METRICS,
    SHARED_MEMORY_GIB,
    cache_gib,
    cold_start_seconds,
    memory_gib,
)
from catalog.engines.tensorrt_llm.speculation import EAGLE_HEADS
from catalog.engines.triton.host import GRPC_PORT, HTTP_PORT, LAST_ENGINE_RELEASE, PROCESS_MEMORY_GIB
from catalog.gpu_machines import GpuMachine
from catalog.versions import TENSORRT_LLM
from checks import Finding
from checks.fit import Fit
from checks.signals import Export, Workload
from components.serving.recording_rules import WAITING_REQUESTS
from components.serving.tensorrt_llm.options import options
from components.serving.tensorrt_llm.settings import DraftTarget, Eagle3, EnginesRoute, PyTorchRoute, TensorRtLlmArgs
from stacks.further import tensorrt_llm_findings
from stacks.gpu.servers.server import GpuServer, MetricsPage, Models, PodNeeds
from stacks.gpu.servers.tensorrt_llm_judgement import server_findings, server_fit, unknown_findings
from stacks.scaling import Scaling
from stacks.surroundings import judged

if TYPE_CHECKING:
    from stacks.gpu.servers.place import Place


class TensorRtLlmOnGpus(TensorRtLlmArgs, GpuServer):
    """A TensorRT-LLM server and the pool that its replicas run on."""

    engine: Literal["tensorrt-llm"]

    @property
    @override
    def needs_hugging_face_token(self) -> bool:
        return True

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
    def needs(self, models: Models) -> PodNeeds:
        engines = isinstance(self.route, EnginesRoute)
        # Triton starts a process for each request that runs at once.
        processes = ceil(PROCESS_MEMORY_GIB * self.max_num_seqs) if engines else 0
        return PodNeeds(
            gpus=self.tensor_parallel,
            memory_gib=memory_gib(self.tensor_parallel) + processes,
            shared_memory_gib=SHARED_MEMORY_GIB,
            disk_gib=0 if engines else cache_gib(self._downloads(models)),
            image_gib=IMAGE_GIB,
        )

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
    def startup_seconds(self, models: Models) -> int:
        if isinstance(self.route, EnginesRoute):
            return ENGINE_LOAD_SECONDS
        return cold_start_seconds(self._downloads(models))

    @override
    def findings(self, path: str, models: Models, machine: GpuMachine | None) -> list[Finding]:
        return unknown_findings(self, path, models) or list(server_findings(self, path, models, machine))

    @override
    def further_findings(self, path: str) -> Iterable[Finding]:
        return tensorrt_llm_findings(path, self)

    @override
    def fit(self, path: str, models: Models, machine: GpuMachine) -> Fit | None:
        return server_fit(self, path, models, machine)

    @override
    def export(self, path: str, workload: Workload) -> Export:
        labels = {"app.kubernetes.io/name": workload.name}
        if isinstance(self.route, EnginesRoute):
            return Export(
                path=path,
                engine=TRITON,
                version=LAST_ENGINE_RELEASE,
                workload=workload,
                labels=labels,
                ports={"http": HTTP_PORT, "grpc": GRPC_PORT, "metrics": TRITON.port},
                listens=TRITON.port,
                mode="tensorrtllm",
            )
        on = options(self, self.route)
        return Export(
            path=path,
            engine=TRTLLM_SERVE,
            version=TENSORRT_LLM,
            workload=workload,
            labels=labels,
            ports={"http": TRTLLM_SERVE.port},
            listens=TRTLLM_SERVE.port,
            batch=self.max_num_seqs,
            options=frozenset(name for name in (RETURN_PERF_METRICS, ITERATION_STATISTICS) if on.get(name)),
        )

    @property
    @override
    def page(self) -> MetricsPage:
        if isinstance(self.route, EnginesRoute):
            return MetricsPage("metrics", TRITON.metrics_path)
        return MetricsPage("http", TRTLLM_SERVE.metrics_path)

    @override
    def deploy(self, name: str, place: "Place") -> pulumi.Output[str]:
        from components.serving.node_disk import node_disk
        from components.serving.tensorrt_llm.pod import Surroundings
        from components.serving.tensorrt_llm.served import Runtime
        from components.serving.tensorrt_llm.server import TensorRtLlmServer

        models = place.models
        measured = self._downloads(models, *self.benchmark.drafts)
        return TensorRtLlmServer(
            name,
            self,
            runtime=Runtime(
                surroundings=Surroundings(
                    accelerator=place.accelerator,
                    token=judged(place.hugging_face),
                    service_account=place.service_account,
                ),
                models=models,
                weights=place.shared_storage or node_disk(cache_gib(self._downloads(models))),
                benchmark_weights=place.shared_storage or node_disk(cache_gib(measured)),
                namespace=place.namespace,
            ),
            startup=place.startup,
            series=self.scaling.series,
            metrics=place.metrics,
            exposure=self.exposure,
            load_balancers=place.load_balancers,
            opts=place.opts,
        ).url
