"""How long a step of a Hugging Face model takes on Triton's Python backend: a published measurement, scaled by memory.

What was measured: Llama 2 7B chat on the A10G of a g5.xlarge, by the article "Deploying Llama2 with NVIDIA Triton" of
Marvik: tokens a second at a batch of one and of eight, and of two instances in 8 bits. Another model or GPU takes as
much longer as the reading of its weights does.
"""

from collections.abc import Sequence

from slipway.catalog.architecture import Model
from slipway.catalog.machines import Chip
from slipway.catalog.machines.chips import A10G
from slipway.catalog.models import model

MEASURED_MODEL = "meta-llama/Llama-2-7b-chat-hf"
TOKENS_PER_SECOND = {1: 10.6, 8: 66.5}
"""Of all rows of a batch together, by its size; one instance."""
TWO_INSTANCES = 15.5
"""Tokens a second of two instances on one GPU with a batch of one each."""
SOURCE = (
    f"{TOKENS_PER_SECOND[1]:g} and {TOKENS_PER_SECOND[8]:g} tokens/s at batches of 1 and 8, {TWO_INSTANCES:g} of two "
    f'instances, of {MEASURED_MODEL} on {A10G.name} in "Deploying Llama2 with NVIDIA Triton" of Marvik'
)


def step_seconds(served: Model, chip: Chip, *, instances: int, largest_batch: int) -> Sequence[float]:
    """Return the seconds of one step for batches of one, two and so on up to `largest_batch`.

    Args:
        served: the model.
        chip: what an instance runs on.
        instances: those that share it; all of them count as busy, and more than two gain nothing over two.
        largest_batch: rows of the largest batch.
    """
    one, eight = (batch / rate for batch, rate in TOKENS_PER_SECOND.items())
    gain = 1.0 if instances == 1 else TWO_INSTANCES / TOKENS_PER_SECOND[1]
    reading = served.weight_bytes / chip.bandwidth
    measured_reading = model(MEASURED_MODEL).weight_bytes / A10G.bandwidth
    scale = instances / gain * reading / measured_reading
    return [scale * (one + (eight - one) * (batch - 1) / 7) for batch in range(1, largest_batch + 1)]
