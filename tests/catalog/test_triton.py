from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.drivers import TritonVariant, triton_cuda
from slipway.catalog.engines import TRITON
from slipway.catalog.engines.triton.host import (
    BACKENDS,
    LAST_ENGINE_RELEASE,
    TENSORRT_LLM,
    build_memory_gib,
    build_seconds,
    engine_gib,
)
from slipway.catalog.footprint import files_gib
from slipway.catalog.models import MODELS
from slipway.catalog.units import GIB


def test_every_variant_of_the_image_says_what_backends_it_brings() -> None:
    assert BACKENDS.keys() == set(get_args(TritonVariant))
    assert all("python" in backends for backends in BACKENDS.values())


def test_the_engine_route_ends_with_the_metrics_of_its_batcher() -> None:
    [batcher] = TRITON.find("nv_trt_llm_request_metrics")
    assert all(batcher.is_in(release) for release in TENSORRT_LLM)
    year, month = LAST_ENGINE_RELEASE.split(".")
    assert not batcher.is_in(f"{year}.{int(month) + 1:02}")


@pytest.mark.parametrize("release", TENSORRT_LLM)
def test_the_cuda_of_every_release_that_builds_engines_is_known(release: str) -> None:
    assert triton_cuda(release, "trtllm-python-py3")


@given(st.sampled_from(sorted(MODELS)))
def test_what_is_made_of_a_model_needs_more_than_the_model(name: str) -> None:
    model = MODELS[name]
    weights = model.weight_bytes / GIB
    assert weights < files_gib(model) < engine_gib(model)
    assert build_memory_gib(model) > 2 * weights
    assert build_seconds(model) > 600
