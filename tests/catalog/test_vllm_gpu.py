"""What vLLM on GPUs takes of its host."""

import pytest

from slipway.catalog.architecture import Model
from slipway.catalog.engines.vllm.host import STREAM_BUFFER_GIB, streamed_start_seconds
from slipway.catalog.engines.vllm.hosts import HOSTS
from slipway.catalog.models import MODELS
from slipway.catalog.units import GIB

BF16_BYTES = 2


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_the_buffer_holds_the_embedding_of_each_model(model: Model) -> None:
    assert model.vocabulary * model.hidden * BF16_BYTES <= STREAM_BUFFER_GIB * GIB


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_weights_come_faster_from_s3_than_from_the_hub(model: Model) -> None:
    assert streamed_start_seconds(model) < HOSTS["gpu"].cold_start_seconds(model)
