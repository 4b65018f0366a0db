"""SGLang on GPUs."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import override

from slipway.catalog.drivers import Cuda
from slipway.catalog.engines import SGLANG, Engine
from slipway.catalog.engines.flags import Takes
from slipway.catalog.engines.host import EngineHost
from slipway.catalog.engines.sglang import flags
from slipway.catalog.engines.sglang.host import CUDA, HOST
from slipway.catalog.machines import Slice
from slipway.checks import Finding
from slipway.checks.fit import Fit, fit
from slipway.checks.fit.engines.sglang import default_share
from slipway.checks.model_arguments import expert_findings, has_experts, value_of
from slipway.servers.engine_server import EngineServer
from slipway.servers.server import Place
from slipway.serving.sglang.settings import SgLangArgs

if TYPE_CHECKING:
    from slipway.servers.model_server import ModelServer


EXPERT_PARALLEL = "--ep-size"
"""GPUs over which experts are spread."""


class SgLang(SgLangArgs, EngineServer):
    """An SGLang server and the pool that its replicas run on."""

    program: ClassVar[Engine] = SGLANG
    takes: ClassVar[Takes] = flags

    engine: Literal["sglang"]

    @property
    @override
    def cuda(self) -> Cuda | None:
        return CUDA

    @override
    def host(self, place: Place) -> EngineHost:
        return HOST

    @override
    def findings(self, place: Place) -> list[Finding]:
        if unknown := super().findings(place):
            return unknown
        found = expert_findings(
            f"{place.path}.extraArgs",
            EXPERT_PARALLEL,
            value_of(self.extra_args, flags.arguments(), EXPERT_PARALLEL),
            chips=self.tensor_parallel,
            experts=has_experts(place.models[self.model]),
            engine="SGLang",
        )
        return list(found)

    @property
    @override
    def expert_parallel(self) -> int:
        parts = value_of(self.extra_args, flags.arguments(), EXPERT_PARALLEL) or ""
        return max(int(parts), 1) if parts.isdigit() else 1

    def memory_share(self, place: Place) -> float:
        """Return the share of a GPU's memory that the engine is told: as set, or by its own rule.

        Where a pool has several machines it is the smallest of what that rule gives on each.
        """
        model = place.models.get(self.model)
        if self.memory_utilization is not None or model is None or not place.slices:
            return self.memory_utilization or 0
        return min(default_share(self.replica("sglang", model, slice_, 1)) for slice_ in place.slices)

    @override
    def fit(self, place: Place, slice_: Slice) -> Fit | None:
        model = place.models.get(self.model)
        if model is None or self.tensor_parallel > slice_.chips:
            return None
        return fit(self.replica("sglang", model, slice_, self.memory_share(place)), place.path)

    @override
    def component(self) -> "type[ModelServer[Any]]":
        from slipway.serving.sglang.server import SgLangServer

        return SgLangServer
