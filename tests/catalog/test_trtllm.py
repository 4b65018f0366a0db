"""What is known of TensorRT-LLM beside its series."""

import pytest

from slipway.catalog.engines import TRTLLM_SERVE
from slipway.catalog.engines.tensorrt_llm.host import (
    ENGINES_IMAGE,
    ENGINES_VERSION,
    ITERATION_STATISTICS,
    RETURN_PERF_METRICS,
    engines_gib,
    quantising_gpus,
)
from slipway.catalog.engines.tensorrt_llm.speculation import EAGLE_HEADS, EagleHead
from slipway.catalog.models import MODELS, model
from slipway.catalog.units import GIB, MIB
from slipway.catalog.versions import TENSORRT_LLM


def test_the_pinned_release_exports_what_autoscaling_follows() -> None:
    for series in TRTLLM_SERVE.signals.values():
        assert series.is_in(TENSORRT_LLM)
        assert series.needs == ITERATION_STATISTICS
    [page] = TRTLLM_SERVE.pages_of(TENSORRT_LLM)
    assert page.needs == RETURN_PERF_METRICS


def test_engines_are_built_and_served_by_the_last_container_that_can() -> None:
    assert ENGINES_IMAGE.endswith(":26.07-trtllm-python-py3")
    assert ENGINES_VERSION == "1.2.1"


@pytest.mark.parametrize("head", EAGLE_HEADS.values(), ids=list(EAGLE_HEADS))
def test_a_head_is_a_sliver_of_its_target_and_reads_its_tokens(head: EagleHead) -> None:
    for name in head.targets:
        target = MODELS[name]
        row = head.row(target)
        assert row.parameters < target.parameters / 15
        assert (row.layers, row.vocabulary) == (1, target.vocabulary)


def test_a_head_of_llama_3_1_8b_has_the_size_of_the_published_file() -> None:
    """yuhuili/EAGLE3-LLaMA3.1-Instruct-8B is a file of 811 MiB in 16 bits."""
    [head] = [head for head in EAGLE_HEADS.values() if "meta-llama/Llama-3.1-8B-Instruct" in head.targets]
    row = head.row(model("meta-llama/Llama-3.1-8B-Instruct"))
    assert row.weight_bytes / MIB == pytest.approx(811, abs=2)


def test_a_model_of_70_billion_parameters_is_quantised_on_two_gpus() -> None:
    llama = model("meta-llama/Llama-3.3-70B-Instruct")
    assert quantising_gpus(llama, 141) == 2
    assert quantising_gpus(model("meta-llama/Llama-3.2-1B-Instruct"), 141) == 1


def test_the_volume_holds_checkpoints_and_engines_of_both_models() -> None:
    llama, draft = model("meta-llama/Llama-3.3-70B-Instruct"), model("meta-llama/Llama-3.2-1B-Instruct")
    fp8 = llama.weight_bytes_as("fp8")
    assert engines_gib(llama, [draft]) * GIB > llama.weight_bytes + 3 * fp8 + draft.weight_bytes
    assert engines_gib(llama, [draft]) > engines_gib(llama, [])
