"""How long a step takes, against the article's tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.triton.pace import MEASURED_MODEL, TOKENS_PER_SECOND, TWO_INSTANCES, step_seconds
from slipway.catalog.machines.chips import A10G, H100
from slipway.catalog.models import model

LLAMA = model(MEASURED_MODEL)


@pytest.mark.parametrize(("batch", "rate"), TOKENS_PER_SECOND.items())
def test_one_instance_generates_what_was_measured(batch: int, rate: float) -> None:
    steps = step_seconds(LLAMA, A10G, instances=1, largest_batch=8)
    assert batch / steps[batch - 1] == pytest.approx(rate)


def test_two_instances_together_generate_what_was_measured() -> None:
    [step] = step_seconds(LLAMA, A10G, instances=2, largest_batch=1)
    assert 2 / step == pytest.approx(TWO_INSTANCES)


@given(st.integers(1, 8), st.integers(2, 32))
def test_a_larger_batch_takes_longer_and_each_row_of_it_less(instances: int, largest: int) -> None:
    steps = step_seconds(LLAMA, A10G, instances=instances, largest_batch=largest)
    assert len(steps) == largest
    assert list(steps) == sorted(steps)
    rows = [step / batch for batch, step in enumerate(steps, start=1)]
    assert rows == sorted(rows, reverse=True)


@given(st.integers(2, 8))
def test_further_instances_gain_nothing_over_two(instances: int) -> None:
    [step] = step_seconds(LLAMA, A10G, instances=instances, largest_batch=1)
    assert instances / step == pytest.approx(TWO_INSTANCES)


def test_a_gpu_that_reads_faster_takes_less() -> None:
    [slow] = step_seconds(LLAMA, A10G, instances=1, largest_batch=1)
    [fast] = step_seconds(LLAMA, H100, instances=1, largest_batch=1)
    assert slow / fast == pytest.approx(3350 / 600)
