"""vLLM, on TPUs and on GPUs."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import override

from slipway.catalog.drivers import Cuda, vllm_cuda
from slipway.catalog.engines import VLLM, Engine
from slipway.catalog.engines.flags import Takes
from slipway.catalog.engines.host import EngineHost
from slipway.catalog.engines.vllm import flags
from slipway.catalog.engines.vllm.host import STREAM_BUFFER_GIB, STREAM_DISK_GIB, streamed_start_seconds
from slipway.catalog.engines.vllm.hosts import HOSTS
from slipway.catalog.machines import Slice
from slipway.catalog.versions import VLLM_GPU
from slipway.checks import Finding
from slipway.checks.fit import Adapters, Fit, adapter_findings, fit, vllm_adapters
from slipway.checks.images import chip_findings
from slipway.checks.model_arguments import bound_findings, has_experts, unmet_findings, value_of
from slipway.servers.engine_server import EngineServer
from slipway.servers.server import Place, PodNeeds
from slipway.serving.shape import Files
from slipway.serving.vllm.settings import GcsWeights, HuggingFaceWeights, VllmArgs, Weights
from slipway.serving.vllm.shape import Streamed

if TYPE_CHECKING:
    from slipway.servers.model_server import ModelServer


EXPERT_PARALLEL = "--enable-expert-parallel"
"""Gives each chip whole experts."""


class Vllm(VllmArgs, EngineServer):
    """A vLLM server and the pool that its replicas run on."""

    chips: ClassVar[frozenset[str]] = frozenset({"tpu", "gpu"})
    program: ClassVar[Engine] = VLLM
    takes: ClassVar[Takes] = flags

    engine: Literal["vllm"]
    weights: Weights = HuggingFaceWeights()
    """Where the weights come from."""

    @property
    @override
    def needs_hugging_face_token(self) -> bool:
        return self.bucket_uri is None

    @property
    @override
    def bucket_uri(self) -> str | None:
        return None if isinstance(self.weights, HuggingFaceWeights) else self.weights.uri

    @property
    @override
    def cuda(self) -> Cuda | None:
        return vllm_cuda(VLLM_GPU)

    @override
    def host(self, place: Place) -> EngineHost:
        """Return what vLLM takes of the hosts of a pool; of an unknown one, which has a finding of its own, as on
        GPUs."""
        return HOSTS[place.slice.machine.chip.kind if place.slice else "gpu"]

    @property
    @override
    def expert_parallel(self) -> int:
        on = value_of(self.extra_args, flags.arguments(), EXPERT_PARALLEL) == "true"
        return self.tensor_parallel if on else 1

    @property
    def streamed(self) -> Streamed | None:
        """Its weights, where they are read from a bucket and kept on no disk."""
        return Streamed(self.bucket_uri, STREAM_BUFFER_GIB) if self.bucket_uri else None

    @property
    def adapters(self) -> Adapters | None:
        """The LoRA adapters that its memory is to hold."""
        if self.lora is None:
            return None
        return vllm_adapters(self.lora.max_adapters, self.lora.max_rank, self.lora.targets)

    @override
    def needs(self, place: Place) -> PodNeeds:
        needs = super().needs(place)
        if not self.bucket_uri:
            return needs
        buffers = STREAM_BUFFER_GIB * self.tensor_parallel
        return replace(needs, memory_gib=needs.memory_gib + buffers, disk_gib=STREAM_DISK_GIB)

    @override
    def files(self, place: Place) -> Files:
        return Files(disk_gib=STREAM_DISK_GIB, cache_gib=0) if self.bucket_uri else super().files(place)

    @override
    def startup_seconds(self, place: Place) -> int:
        model = place.models.get(self.model)
        return streamed_start_seconds(model) if model and self.bucket_uri else super().startup_seconds(place)

    @override
    def findings(self, place: Place) -> list[Finding]:
        path = place.path
        if unknown := super().findings(place):
            return unknown
        on_tpu = place.slice is not None and place.slice.machine.chip.kind == "tpu"
        if on_tpu and isinstance(self.weights, GcsWeights):
            message = "a replica on TPU that streams has nowhere to keep what it compiles, for half an hour each time"
            return [Finding("storage.tpu-stream", f"{path}.weights.source", message, "write 'hugging-face'")]
        if self.lora and on_tpu:
            message = "vLLM on TPU has no adapters whose memory is known"
            remedy = "leave it out, and merge the adapter into a checkpoint of its own"
            return [Finding("fit.tpu-adapters", f"{path}.lora", message, remedy)]
        model, adapters = place.models[self.model], self.adapters
        given = flags.arguments()
        chip = place.slice.machine.chip.kind if place.slice else ""
        return [
            *(chip_findings(f"{path}.image", self.image, chip) if self.image and chip else ()),
            *(adapter_findings(f"{path}.lora", model, adapters) if adapters else ()),
            *bound_findings(
                f"{path}.extraArgs",
                self.extra_args,
                given,
                adapters=self.lora.max_adapters if self.lora else None,
                longest=self.max_model_len,
            ),
            *unmet_findings(
                f"{path}.extraArgs",
                self.extra_args,
                given,
                experts=has_experts(model),
                adapters=adapters is not None,
            ),
        ]

    @override
    def fit(self, place: Place, slice_: Slice) -> Fit | None:
        model, on_tpu = place.models.get(self.model), slice_.machine.chip.kind == "tpu"
        whole = self.tensor_parallel == slice_.devices if on_tpu else self.tensor_parallel <= slice_.chips
        if model is None or not whole or (self.lora and on_tpu):
            return None
        if self.adapters and adapter_findings(place.path, model, self.adapters):
            return None
        replica = self.replica("vllm-tpu" if on_tpu else "vllm", model, slice_, self.memory_utilization)
        return fit(replace(replica, adapters=self.adapters), place.path)

    @override
    def component(self) -> "type[ModelServer[Any]]":
        from slipway.serving.vllm.server import VllmServer

        return VllmServer
