"""NVIDIA NIM on GPUs."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import override

from slipway.catalog.drivers import Cuda, nim_cuda
from slipway.catalog.engines import NIM
from slipway.catalog.engines.nim import flags
from slipway.catalog.engines.nim.host import (
    IMAGE_GIB,
    MEMORY_GIB,
    MEMORY_UTILIZATION,
    SHARED_MEMORY_GIB,
    cache_gib,
    cold_start_seconds,
    metrics_path,
)
from slipway.catalog.engines.nim.host import signals as signals_of
from slipway.catalog.engines.vllm import flags as vllm
from slipway.catalog.machines import Slice
from slipway.catalog.models import MODELS
from slipway.checks import Finding
from slipway.checks.argument_words import Told
from slipway.checks.arguments import environment_findings, words_of
from slipway.checks.fit import Fit, Replica, fit
from slipway.checks.images import program_findings
from slipway.checks.model_arguments import has_experts, unmet_findings
from slipway.checks.signals import Export, Workload
from slipway.models import model_findings
from slipway.servers.server import Place, PodNeeds, Server
from slipway.serving.environment_settings import plain
from slipway.serving.nim.settings import NimArgs, NimThroughOperator
from slipway.serving.scaling import Scaling
from slipway.serving.shape import Files, MetricsPage, Shape

if TYPE_CHECKING:
    from slipway.servers.model_server import ModelServer


PASSED_ON = "NIM_PASSTHROUGH_ARGS"
"""The variable that holds arguments of vLLM."""

KEYS = ("model", "servedModelName", "maxModelLen", "tensorParallel")
"""Of the keys that vLLM's flags name, those that a NIM server has, too."""


class Nim(NimArgs, Server):
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
    def asked_for(self) -> Mapping[str, int]:
        test = self.load_test
        measured = {"loadTest.outputTokens": test.input_tokens + test.output_tokens} if test else {}
        return {**super().asked_for, **measured}

    @property
    @override
    def cuda(self) -> Cuda | None:
        return nim_cuda(self.release)

    @property
    @override
    def scaling(self) -> Scaling:
        return Scaling.of(self.autoscaling, signals_of(self.release)[self.autoscaling.metric.signal])

    @override
    def needs(self, place: Place) -> PodNeeds:
        return PodNeeds(
            chips=self.tensor_parallel,
            memory_gib=MEMORY_GIB,
            shared_memory_gib=SHARED_MEMORY_GIB,
            disk_gib=0 if self.needs_nim_operator else self._files_gib(place),
            image_gib=IMAGE_GIB,
        )

    def _files_gib(self, place: Place) -> int:
        return cache_gib(place.models[self.model]) if self.model in place.models else 0

    @override
    def findings(self, place: Place) -> list[Finding]:
        found = [
            *model_findings(place.path, self.model, place.models),
            *_image_findings(place.path, self.image, self.model),
        ]
        if words := words_of(plain(self.env).get(PASSED_ON)):
            experts = self.model not in place.models or has_experts(place.models[self.model])
            path = f"{place.path}.env.{PASSED_ON}"
            found += unmet_findings(path, words, vllm.arguments(), experts=experts, adapters=True)
        return found

    @override
    def further_findings(self, path: str) -> Iterator[Finding]:
        # Nobody says which vLLM is in an image.
        passed_on = Told(flags=vllm.arguments(), keys={key: key for key in KEYS}, pinned=False)
        told = Told(flags=flags.variables(self.release), arguments=passed_on)
        given = plain(self.env)
        inside = {name: value for name, value in given.items() if name.startswith(vllm.variables().prefixes)}
        own = {name: value for name, value in given.items() if name not in inside}
        yield from environment_findings(f"{path}.env", own, told)
        yield from environment_findings(f"{path}.env", inside, Told(flags=vllm.variables(), pinned=False))
        yield from program_findings(f"{path}.image", self.image, "NIM")

    @override
    def fit(self, place: Place, slice_: Slice) -> Fit | None:
        if self.tensor_parallel > slice_.chips or self.model not in place.models:
            return None
        replica = Replica(
            engine="vllm",
            model=place.models[self.model],
            memory_gib=slice_.machine.chip.memory_gib,
            chips=self.tensor_parallel,
            memory_utilization=MEMORY_UTILIZATION,
            max_model_len=self.max_model_len,
            tensor_parallel=self.tensor_parallel,
        )
        return fit(replica, place.path)

    @override
    def shape(self, place: Place) -> Shape:
        page = MetricsPage("api" if self.needs_nim_operator else "http", metrics_path(self.release))
        gib = self._files_gib(place)
        return Shape(
            export=Export(
                path=place.path,
                engine=NIM,
                version=self.release,
                workload=Workload("Deployment", place.namespace, place.name),
                labels={"app.kubernetes.io/name": place.name},
                ports={page.port: NIM.port},
                listens=NIM.port,
            ),
            page=page,
            scaling=self.scaling,
            exposure=self.exposure,
            rollout=self.rollout,
            allow_from=self.allow_from,
            startup_seconds=cold_start_seconds(place.models[self.model]) if self.model in place.models else 0,
            files=Files(disk_gib=gib, cache_gib=gib),
        )

    @override
    def component(self) -> "type[ModelServer[Any]]":
        from slipway.serving.nim.operated import OperatedNim
        from slipway.serving.nim.server import NimServer

        return OperatedNim if self.needs_nim_operator else NimServer


def _image_findings(path: str, image: str, model: str) -> Iterator[Finding]:
    """Say that an image serves another model than the one that is judged: NVIDIA names images after their models.

    A model of the stack's own may be one that somebody has made of the image's.
    """
    named = {_letters(name): name for name in MODELS}.get(_letters(image))
    if named and model in MODELS and _letters(named) != _letters(model):
        message = f"{image} serves {named}, and {model} is judged"
        yield Finding("nim.model", f"{path}.model", message, f"write {named}, or the image of {model}")


@lru_cache(maxsize=1024)
def _letters(name: str) -> str:
    """Return the last part of a name by its letters and digits alone, in which spellings of a model agree."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition("/")[2].lower())
