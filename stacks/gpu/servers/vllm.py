"""vLLM on GPU nodes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

import pulumi
from typing_extensions import override

from catalog.drivers import Cuda, vllm_cuda
from catalog.engines import VLLM
from catalog.engines.vllm.host import (
    CACHE_VARIABLE,
    IMAGE,
    IMAGE_GIB,
    MEMORY_GIB,
    SHARED_MEMORY_GIB,
    STREAM_BUFFER_GIB,
    STREAM_DISK_GIB,
    cache_gib,
    cold_start_seconds,
    streamed_start_seconds,
)
from catalog.gpu_machines import GpuMachine
from catalog.versions import VLLM_GPU
from checks import Finding
from checks.fit import Adapters, Fit, Replica, adapter_findings, fit, vllm_adapters
from checks.signals import Export, Workload, arguments
from components.serving.settings import VllmArgs
from components.serving.weights_settings import GpuWeights, HuggingFaceWeights, S3Weights
from stacks.further import vllm_findings
from stacks.gpu.servers.server import GpuServer, MetricsPage, Models, PodNeeds
from stacks.models import model_findings
from stacks.scaling import Scaling
from stacks.surroundings import judged

if TYPE_CHECKING:
    from stacks.gpu.servers.place import Place


class VllmOnGpus(VllmArgs, GpuServer):
    """A vLLM server and the pool that its replicas run on."""

    asks_for_key: ClassVar[bool] = True

    engine: Literal["vllm"]
    weights: GpuWeights = HuggingFaceWeights()
    """Where the weights come from."""

    @property
    @override
    def needs_hugging_face_token(self) -> bool:
        return self.s3_uri is None

    @property
    @override
    def s3_uri(self) -> str | None:
        return self.weights.uri if isinstance(self.weights, S3Weights) else None

    @property
    @override
    def cuda(self) -> Cuda | None:
        return vllm_cuda(VLLM_GPU)

    @property
    def adapters(self) -> Adapters | None:
        """The LoRA adapters that its memory is to hold."""
        if self.lora is None:
            return None
        return vllm_adapters(self.lora.max_adapters, self.lora.max_rank, self.lora.targets)

    @property
    @override
    def scaling(self) -> Scaling:
        return Scaling.of(self.autoscaling, VLLM.signals[self.autoscaling.metric.signal])

    @override
    def needs(self, models: Models) -> PodNeeds:
        return PodNeeds(
            gpus=self.tensor_parallel,
            memory_gib=MEMORY_GIB + (STREAM_BUFFER_GIB * self.tensor_parallel if self.s3_uri else 0),
            shared_memory_gib=SHARED_MEMORY_GIB,
            disk_gib=self._disk_gib(models),
            image_gib=IMAGE_GIB,
        )

    def _disk_gib(self, models: Models) -> int:
        if self.s3_uri:
            return STREAM_DISK_GIB
        return cache_gib(models[self.model]) if self.model in models else 0

    @override
    def startup_seconds(self, models: Models) -> int:
        return (streamed_start_seconds if self.s3_uri else cold_start_seconds)(models[self.model])

    @override
    def findings(self, path: str, models: Models, machine: GpuMachine | None) -> list[Finding]:
        if unknown := model_findings(path, self.model, models):
            return unknown
        if self.adapters and (unknown := adapter_findings(f"{path}.lora", models[self.model], self.adapters)):
            return list(unknown)
        found = self.fit(path, models, machine) if machine else None
        return list(found.findings) if found else []

    @override
    def further_findings(self, path: str) -> Iterable[Finding]:
        return vllm_findings(path, self, VLLM_GPU)

    @override
    def fit(self, path: str, models: Models, machine: GpuMachine) -> Fit | None:
        if self.tensor_parallel > machine.gpus or self.model not in models:
            return None
        if self.adapters and adapter_findings(path, models[self.model], self.adapters):
            return None
        replica = Replica(
            engine="vllm",
            model=models[self.model],
            memory_gib=machine.gpu.memory_gib,
            chips=self.tensor_parallel,
            memory_utilization=self.memory_utilization,
            max_model_len=self.max_model_len,
            max_num_seqs=self.max_num_seqs,
            max_num_batched_tokens=self.max_num_batched_tokens,
            tensor_parallel=self.tensor_parallel,
            kv_dtype="fp8" if self.kv_cache_dtype == "fp8" else None,
            adapters=self.adapters,
        )
        return fit(replica, path)

    @override
    def export(self, path: str, workload: Workload) -> Export:
        given = {"--max-num-seqs": str(self.max_num_seqs), **arguments.options(self.extra_args)}
        return Export(
            path=path,
            engine=VLLM,
            version=VLLM_GPU,
            workload=workload,
            labels={"app.kubernetes.io/name": workload.name},
            ports={"http": VLLM.port},
            listens=arguments.port(VLLM, given),
            batch=arguments.batch(given),
            options=arguments.switched_on(VLLM, given),
        )

    @property
    @override
    def page(self) -> MetricsPage:
        return MetricsPage("http", VLLM.metrics_path)

    @override
    def deploy(self, name: str, place: "Place") -> pulumi.Output[str]:
        from components.serving.node_disk import node_disk
        from components.serving.vllm import VllmServer
        from components.serving.vllm_runtime import Streamed, VllmRuntime, cache_name

        # Some versions of vLLM empty the folder of the files beside the weights as they start: replicas share none.
        streamed = Streamed(uri, STREAM_BUFFER_GIB, place.bucket_access) if (uri := self.s3_uri) else None
        disk = node_disk(self._disk_gib(place.models))
        return VllmServer(
            name,
            self,
            namespace=place.namespace,
            runtime=VllmRuntime(
                image=self.image or f"{IMAGE}:{VLLM_GPU}",
                image_tag=cache_name(self.image) if self.image else VLLM_GPU,
                accelerator=place.accelerator,
                weights=disk if streamed else place.shared_storage or disk,
                token=None if streamed else judged(place.hugging_face),
                cache_variable=CACHE_VARIABLE,
                service_account=place.service_account,
                streamed=streamed,
            ),
            startup=place.startup,
            metrics=place.metrics,
            exposure=self.exposure,
            load_balancers=place.load_balancers,
            api_key=place.api_key,
            opts=place.opts,
        ).url
