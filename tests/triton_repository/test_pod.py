"""Instances and engines against what the pod has: GPUs, their memory, the release and the backends of its image."""

from dataclasses import replace
from typing import Any

import pytest

from slipway.triton_repository import (
    Model,
    ModelEnsembling,
    ModelInstanceGroup,
    Pod,
    VllmEngineArgs,
    vllm_model,
)
from slipway.triton_repository.schema.policies import (
    HistogramOptions,
    MetricControl,
    MetricIdentifier,
    ModelMetrics,
)
from tests.triton_repository.repositories import A10G, CPU, ensemble, found, group, model, step

TWO_GPUS = replace(A10G, gpus=2)


def on(*gpus: int, count: int = 1) -> tuple[ModelInstanceGroup, ...]:
    return (ModelInstanceGroup(kind="KIND_GPU", count=count, gpus=gpus),)


@pytest.mark.parametrize(
    ("gpus", "pod", "message"),
    [
        ((0, 1), TWO_GPUS, None),
        ((), TWO_GPUS, None),
        ((2,), TWO_GPUS, "the pod has no GPU 2; it has 2: 0 to 1"),
        ((0, 1), A10G, "the pod has no GPU 1; it has 1: 0 to 0"),
        ((-1,), A10G, "the pod has no GPU -1; it has 1: 0 to 0"),
        ((0, 0), A10G, "GPU 0 stands 2 times"),
    ],
)
def test_gpus_are_those_of_the_pod(gpus: tuple[int, ...], pod: Pod, message: str | None) -> None:
    expected = [("m.instance_group[0].gpus", message)] if message else []
    assert found(model("m", instance_group=on(*gpus)), pod=pod) == expected


def sized(name: str, gib: float, **fields: Any) -> Model:
    return model(name, **fields).model_copy(update={"instance_memory_gib": gib})


@pytest.mark.parametrize(
    ("groups", "pod", "gpus"),
    [
        (on(count=2), A10G, [0]),
        (on(count=1), A10G, []),
        (on(1, count=2), TWO_GPUS, [1]),
        (on(count=2), TWO_GPUS, [0, 1]),
        (on(0) + on(1), TWO_GPUS, []),
        (on(0) + on(0, 1), TWO_GPUS, [0]),
        ((group("KIND_CPU", 2),), A10G, []),
        ((ModelInstanceGroup(count=2),), A10G, [0]),
        ((), A10G, []),
    ],
    ids=["two", "one", "second GPU", "each GPU", "one each", "first twice", "CPU", "auto", "none stated"],
)
def test_instances_fill_the_gpus_of_their_groups(
    groups: tuple[ModelInstanceGroup, ...], pod: Pod, gpus: list[int]
) -> None:
    messages = [message for _, message in found(sized("m", 13.5, instance_group=groups), pod=pod)]
    assert [int(message.split()[1].rstrip(":")) for message in messages] == gpus


def test_all_models_of_a_gpu_count_together() -> None:
    chat, other = sized("chat", 13.5, instance_group=on()), sized("other", 9.0, instance_group=on())
    assert found(chat, other, pod=A10G) == [
        ("other.instance_group", "GPU 0: 22.5 GiB are needed (chat 13.5 + other 9.0), and it has 22.4")
    ]


def test_vllm_takes_its_share_of_each_of_its_gpus() -> None:
    engine = vllm_model("vllm", VllmEngineArgs(model="m", gpu_memory_utilization=0.8))
    beside = sized("beside", 5.0, instance_group=on(0))
    ((path, message),) = found(engine, beside, pod=A10G)
    assert path == "beside.instance_group"
    assert "vllm 17.9 + beside 5.0" in message
    assert found(engine, sized("beside", 5.0, instance_group=on(1)), pod=TWO_GPUS) == []
    spread = vllm_model("vllm", VllmEngineArgs(model="m", gpu_memory_utilization=0.8, tensor_parallel_size=2))
    assert found(spread, sized("beside", 5.0, instance_group=on(1)), pod=TWO_GPUS) != []


def test_fields_that_a_release_does_not_know_are_refused() -> None:
    control = MetricControl(
        metric_identifier=MetricIdentifier(family="nv_inference_first_response_histogram_ms"),
        histogram_options=HistogramOptions(buckets=(1, 2)),
    )
    measured = model("measured", model_metrics=ModelMetrics(metric_control=(control,)))
    scheduling = ModelEnsembling(step=(step("measured", {"x": "x"}, {"y": "y"}),), max_inflight_requests=4)
    bounded = ensemble("bounded", ensemble_scheduling=scheduling)
    assert [path for path, _ in found(measured, bounded, pod=CPU)] == [
        "measured.model_metrics",
        "bounded.ensemble_scheduling.max_inflight_requests",
    ]
    assert found(measured, bounded, pod=replace(CPU, release="25.11")) == []


def test_a_metric_without_name_or_buckets_is_refused() -> None:
    metrics = ModelMetrics(metric_control=(MetricControl(),))
    paths = [path for path, _ in found(model("m", model_metrics=metrics), pod=replace(CPU, release="26.07"))]
    assert paths == [
        "m.model_metrics.metric_control[0].metric_identifier.family",
        "m.model_metrics.metric_control[0].histogram_options.buckets",
    ]


def test_two_models_of_one_name_are_refused() -> None:
    assert ("m", "2 models have this name") in found(model("m"), model("m"), pod=CPU)


def test_ensembles_that_contain_each_other_are_reported_once() -> None:
    one = ensemble("one", step("two", {"x": "x"}, {"y": "y"}))
    two = ensemble("two", step("one", {"x": "x"}, {"y": "y"}))
    assert found(one, two, pod=CPU) == [("one.ensemble_scheduling", "it is made of itself: one → two → one")]
