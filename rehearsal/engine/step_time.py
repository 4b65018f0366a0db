"""How long an engine's step takes: a roofline, and for TPUs and for GPUs one number that fits it to a measurement.

A step reads all weights once and computes each of its tokens; attention and communication are in the fitted number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from slipway.catalog.architecture import Model
from slipway.catalog.machines import Chip
from slipway.catalog.machines.chips import H200, V6E
from slipway.catalog.models import model
from slipway.catalog.parameters import expert_parameters


@dataclass(frozen=True, slots=True)
class Measurement:
    """A throughput that somebody measured with a full batch.

    Attributes:
        bytes_per_parameter: of the weights as they were served.
        tokens_per_second: generated tokens of the whole batch.
        source: who measured it.
    """

    model: str
    chip: Chip
    chips: int
    batch: int
    bytes_per_parameter: int
    tokens_per_second: float
    source: str

    @property
    def text(self) -> str:
        """What people read of it."""
        return f"{self.tokens_per_second:g} tokens/s of {self.model} on {self.chips} {self.chip.name} in {self.source}"


GKE_TUTORIAL = Measurement(
    "meta-llama/Llama-3.1-70B",
    V6E,
    chips=8,
    batch=128,
    bytes_per_parameter=2,
    tokens_per_second=2000,
    source='"Serve an LLM using TPU Trillium on GKE with vLLM", which says "about"',
)
NVIDIA_BLOG = Measurement(
    "meta-llama/Llama-3.3-70B-Instruct",
    H200,
    chips=1,
    batch=1,
    bytes_per_parameter=1,
    tokens_per_second=51.14,
    source='"Boost Llama 3.3 70B inference throughput 3x" of NVIDIA, without a draft model, FP8',
)


def measured(chip: Chip) -> Measurement:
    """Return what the roofline of such chips is fitted to."""
    return NVIDIA_BLOG if chip.kind == "gpu" else GKE_TUTORIAL


def step_seconds(served: Model, chip: Chip, chips: int) -> Callable[[int], float]:
    """Return a step's duration in seconds by the number of tokens that it computes."""
    read, compute = _ideal(served, served.weight_bytes, chip, chips)
    share = _attained_share(measured(chip))
    return lambda tokens: (read + tokens * compute) / share


def peak_step_seconds(served: Model, chip: Chip, chips: int) -> Callable[[int], float]:
    """Return the duration that no engine undercuts: peak rates alone, in seconds by the number of tokens."""
    read, compute = _ideal(served, served.weight_bytes, chip, chips)
    return lambda tokens: read + tokens * compute


def _ideal(served: Model, weight_bytes: float, chip: Chip, chips: int) -> tuple[float, float]:
    """Return the seconds that peak rates take to read the weights, and to compute one token."""
    return weight_bytes / (chips * chip.bandwidth), 2 * _active_parameters(served) / (chips * chip.flops)


@cache
def _attained_share(point: Measurement) -> float:
    """Return the share of the roofline that a measured engine attained."""
    served = model(point.model)
    read, compute = _ideal(served, served.parameters * point.bytes_per_parameter, point.chip, point.chips)
    return (read + point.batch * compute) * point.tokens_per_second / point.batch


def _active_parameters(served: Model) -> float:
    """Return the parameters that one token is multiplied with."""
    if served.experts is None:
        return served.parameters
    of_a_token, of_a_layer = served.experts.active + served.experts.shared, served.experts.count + served.experts.shared
    return served.parameters - expert_parameters(served) * (1 - of_a_token / of_a_layer)
