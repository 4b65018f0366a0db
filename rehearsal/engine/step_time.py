"""How long an engine's step takes on TPU: a roofline, and one number that fits it to a measured throughput.

A step reads all weights once and computes each of its tokens; attention and communication are in the fitted number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from catalog.accelerators import TRILLIUM
from catalog.architecture import Model
from catalog.models import model
from catalog.parameters import expert_parameters


@dataclass(frozen=True, slots=True)
class Chip:
    """Peak rates of one chip.

    Attributes:
        flops: bfloat16 operations a second.
        bandwidth: bytes a second from its memory.
    """

    flops: float
    bandwidth: float


CHIPS = {TRILLIUM.name: Chip(flops=918e12, bandwidth=1638e9)}
"""By TPU generation (https://docs.cloud.google.com/tpu/docs/v6e, "System architecture")."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A throughput that somebody measured with a full batch.

    Attributes:
        tokens_per_second: generated tokens of the whole batch.
    """

    model: str
    generation: str
    chips: int
    batch: int
    tokens_per_second: float


GKE_TUTORIAL = Measurement("meta-llama/Llama-3.1-70B", TRILLIUM.name, chips=8, batch=128, tokens_per_second=2000)
"""From "Serve an LLM using TPU Trillium on GKE with vLLM" in the GKE documentation, which says "about"."""


def step_seconds(served: Model, generation: str, chips: int) -> Callable[[int], float]:
    """Return a step's duration in seconds by the number of tokens that it computes.

    Raises:
        KeyError: the rates of this TPU generation are not known.
    """
    read, compute = _ideal(served, generation, chips)
    share = _attained_share()
    return lambda tokens: (read + tokens * compute) / share


def _ideal(served: Model, generation: str, chips: int) -> tuple[float, float]:
    """Return the seconds that peak rates take to read the weights, and to compute one token."""
    chip = CHIPS[generation]
    return (
        served.weight_bytes / (chips * chip.bandwidth),
        2 * _active_parameters(served) / (chips * chip.flops),
    )


@cache
def _attained_share() -> float:
    """Return the share of the roofline that the tutorial's engine attained."""
    point = GKE_TUTORIAL
    read, compute = _ideal(model(point.model), point.generation, point.chips)
    return (read + point.batch * compute) * point.tokens_per_second / point.batch


def _active_parameters(served: Model) -> float:
    """Return the parameters that one token is multiplied with."""
    if served.experts is None:
        return served.parameters
    of_a_token, of_a_layer = served.experts.active + served.experts.shared, served.experts.count + served.experts.shared
    return served.parameters - expert_parameters(served) * (1 - of_a_token / of_a_layer)
