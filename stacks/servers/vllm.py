"""vLLM, on TPUs and on GPUs."""

import re
from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, ClassVar, Literal

import pulumi
from typing_extensions import override

from catalog.drivers import Cuda, vllm_cuda
from catalog.engines import VLLM
from catalog.engines.vllm import flags
from catalog.engines.vllm.host import STREAM_BUFFER_GIB, STREAM_DISK_GIB, cache_gib, streamed_start_seconds
from catalog.engines.vllm.hosts import HOSTS, VllmHost
from catalog.footprint import SIDECAR_MEMORY_GIB, file_cache_gib
from catalog.machines import Slice
from catalog.versions import VLLM_GPU
from checks import Finding
from checks.arguments import Told, argument_findings, environment_findings
from checks.fit import Adapters, Fit, Replica, adapter_findings, fit, vllm_adapters
from checks.images import image_findings
from checks.model_arguments import unmet_findings
from checks.signals import Export, Workload, arguments
from components.serving.environment_settings import plain
from components.serving.scaling import Scaling
from components.serving.shape import Files, MetricsPage
from components.serving.vllm.settings import HuggingFaceWeights, S3Weights, VllmArgs, Weights
from components.serving.vllm.shape import Streamed, VllmShape
from stacks.models import model_findings
from stacks.servers.server import Place, PodNeeds, Server

if TYPE_CHECKING:
    from components.serving.site import Site
    from components.workload import Accelerator


class Vllm(VllmArgs, Server):
    """A vLLM server and the pool that its replicas run on."""

    chips: ClassVar[frozenset[str]] = frozenset({"tpu", "gpu"})
    asks_for_key: ClassVar[bool] = True

    engine: Literal["vllm"]
    weights: Weights = HuggingFaceWeights()
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
    def needs(self, place: Place) -> PodNeeds:
        host, files = _host(place), self._files(place)
        return PodNeeds(
            chips=self.tensor_parallel,
            memory_gib=host.memory_gib + (STREAM_BUFFER_GIB * self.tensor_parallel if self.s3_uri else 0),
            shared_memory_gib=host.shared_memory_gib,
            cache_gib=files.cache_gib if place.storage == "cached" else 0,
            disk_gib=0 if place.storage == "cached" else files.disk_gib,
            image_gib=host.image_gib,
        )

    def _files(self, place: Place) -> Files:
        """Return what its files take; of an unknown model, which has a finding of its own, nothing."""
        model = place.models.get(self.model)
        if self.s3_uri:
            return Files(disk_gib=STREAM_DISK_GIB, cache_gib=0)
        if model is None:
            return Files(disk_gib=0, cache_gib=0)
        host, left = _host(place), inf
        if place.slice:
            taken = host.memory_gib + host.shared_memory_gib + SIDECAR_MEMORY_GIB
            left = place.slice.machine.memory_for_pods_gib - taken
        return Files(disk_gib=cache_gib(model), cache_gib=file_cache_gib(model, max(left, 0)))

    def _startup_seconds(self, place: Place) -> int:
        model = place.models.get(self.model)
        if model is None:
            return 0
        return streamed_start_seconds(model) if self.s3_uri else _host(place).cold_start_seconds(model)

    @override
    def findings(self, place: Place) -> list[Finding]:
        path = place.path
        if unknown := model_findings(path, self.model, place.models):
            return unknown
        if self.lora and place.slice and place.slice.machine.chip.kind == "tpu":
            message = "vLLM on TPU has no adapters whose memory is known"
            remedy = "leave it out, and merge the adapter into a checkpoint of its own"
            return [Finding("fit.tpu-adapters", f"{path}.lora", message, remedy)]
        model, adapters = place.models[self.model], self.adapters
        # Of a model that is described by numbers nobody says whether it has experts.
        experts, given = model.experts is not None or model.model_type == "other", flags.arguments()
        return [
            *(adapter_findings(f"{path}.lora", model, adapters) if adapters else ()),
            *unmet_findings(
                f"{path}.extraArgs", self.extra_args, given, experts=experts, adapters=adapters is not None
            ),
        ]

    @override
    def further_findings(self, path: str) -> Iterator[Finding]:
        pinned = self.image is None
        yield from argument_findings(f"{path}.extraArgs", self.extra_args, Told(flags=flags.arguments(), pinned=pinned))
        yield from environment_findings(f"{path}.env", plain(self.env), Told(flags=flags.variables(), pinned=pinned))
        if self.image:
            yield from image_findings(f"{path}.image", self.image, "vLLM", VLLM_GPU)

    @override
    def fit(self, place: Place, slice_: Slice) -> Fit | None:
        model, on_tpu = place.models.get(self.model), slice_.machine.chip.kind == "tpu"
        whole = self.tensor_parallel == slice_.devices if on_tpu else self.tensor_parallel <= slice_.chips
        if model is None or not whole or (self.lora and on_tpu):
            return None
        if self.adapters and adapter_findings(place.path, model, self.adapters):
            return None
        replica = Replica(
            engine="vllm-tpu" if on_tpu else "vllm",
            model=model,
            memory_gib=slice_.machine.chip.device.memory_gib,
            chips=self.tensor_parallel,
            memory_utilization=self.memory_utilization,
            max_model_len=self.max_model_len,
            max_num_seqs=self.max_num_seqs,
            max_num_batched_tokens=self.max_num_batched_tokens,
            tensor_parallel=self.tensor_parallel,
            kv_dtype="fp8" if self.kv_cache_dtype == "fp8" else None,
            adapters=self.adapters,
        )
        return fit(replica, place.path)

    @override
    def shape(self, place: Place) -> VllmShape:
        host, grouped = _host(place), place.slice is not None and place.slice.hosts > 1
        given = {"--max-num-seqs": str(self.max_num_seqs), **arguments.options(self.extra_args)}
        return VllmShape(
            export=Export(
                path=place.path,
                engine=VLLM,
                version=host.tag,
                workload=Workload("LeaderWorkerSet" if grouped else "Deployment", place.namespace, place.name),
                labels={"app.kubernetes.io/name": place.name} | ({"role": "leader"} if grouped else {}),
                ports={"http": VLLM.port},
                listens=arguments.port(VLLM, given),
                batch=arguments.batch(VLLM, given),
                options=arguments.switched_on(VLLM, given),
            ),
            page=MetricsPage("http", VLLM.metrics_path),
            scaling=self.scaling,
            exposure=self.exposure,
            rollout=self.rollout,
            allow_from=self.allow_from,
            startup_seconds=self._startup_seconds(place),
            files=self._files(place),
            image=host.image,
            tag=re.sub(r"[^\w.-]", "-", self.image) if self.image else host.tag,
            own_image=self.image,
            cache_variable=host.cache_variable,
            chip_environment=host.environment,
            streamed=Streamed(uri, STREAM_BUFFER_GIB) if (uri := self.s3_uri) else None,
        )

    @override
    def deploy(
        self, place: Place, *, site: "Site", accelerator: "Accelerator", opts: pulumi.ResourceOptions
    ) -> pulumi.Output[str]:
        from components.serving.vllm.server import VllmServer

        return VllmServer(place.name, self, self.shape(place), site=site, accelerator=accelerator, opts=opts).url


def _host(place: Place) -> VllmHost:
    """Return what vLLM takes of the hosts of a pool; of an unknown one, which has a finding of its own, as on GPUs."""
    return HOSTS[place.slice.machine.chip.kind if place.slice else "gpu"]
