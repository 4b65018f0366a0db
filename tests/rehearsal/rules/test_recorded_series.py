"""What Prometheus records of Triton's counters."""

import pytest

from tests.rehearsal.rules.promtool import Promtool, Samples, recording_group

RATIO = "triton:queue_compute:ratio"
AVERAGES = [f"triton:{name}_duration:average" for name in ("compute", "queue", "request")]
COUNTERS = {
    "queue": "nv_inference_queue_duration_us",
    "compute": "nv_inference_compute_infer_duration_us",
    "request": "nv_inference_request_duration_us",
    "success": "nv_inference_request_success",
}


def labels(pod: str = "triton-a", model: str = "gpt2") -> str:
    return f'namespace="triton",pod="{pod}",model="{model}"'


def page(values: dict[str, str], *, pod: str = "triton-a", model: str = "gpt2", version: str = "1") -> dict[str, str]:
    """Return the counters of one version of a model in a pod, each with its values."""
    where = f'{labels(pod, model)},version="{version}",instance="10.0.0.1:8002",job="triton/triton"'
    return {f"{COUNTERS[name]}{{{where}}}": each for name, each in values.items()}


def recorded(series: str, values: dict[str, float]) -> Samples:
    return {f"{series}{{{where}}}": value for where, value in values.items()}


BUSY = {"queue": "0+300x40", "compute": "0+150x40", "request": "0+600x40", "success": "0+3x40"}
NOT_A_NUMBER = " ".join(["NaN"] * 40)
IDLE = dict.fromkeys(COUNTERS, "7x40")


def test_a_ratio_and_averages_belong_to_a_pod_and_a_model(promtool: Promtool) -> None:
    series = (
        page(BUSY) | page(BUSY | {"queue": "0+75x40"}, pod="triton-b") | page(BUSY | {"queue": "0+0x40"}, model="e")
    )
    promtool.expect(
        {
            RATIO: recorded(RATIO, {labels(): 2, labels("triton-b"): 0.5, labels(model="e"): 0}),
            AVERAGES[0]: recorded(AVERAGES[0], dict.fromkeys((labels(), labels("triton-b"), labels(model="e")), 50)),
            AVERAGES[1]: recorded(AVERAGES[1], {labels(): 100, labels("triton-b"): 25, labels(model="e"): 0}),
            AVERAGES[2]: recorded(AVERAGES[2], dict.fromkeys((labels(), labels("triton-b"), labels(model="e")), 200)),
        },
        series=series,
        groups=[recording_group()],
    )


def test_the_versions_of_a_model_count_together(promtool: Promtool) -> None:
    series = page(BUSY) | page({"queue": "0+0x40", "compute": "0+450x40"}, version="2")
    promtool.expect({RATIO: recorded(RATIO, {labels(): 0.5})}, series=series, groups=[recording_group()])


def test_an_idle_model_has_the_ratio_0_and_no_average(promtool: Promtool) -> None:
    promtool.expect(
        {RATIO: recorded(RATIO, {labels(): 0}), **{average: {} for average in AVERAGES}},
        series=page(IDLE),
        groups=[recording_group()],
    )


def test_time_in_the_queue_without_any_compute_is_no_infinite_ratio(promtool: Promtool) -> None:
    promtool.expect(
        {RATIO: recorded(RATIO, {labels(): 0})}, series=page(BUSY | {"compute": "0x40"}), groups=[recording_group()]
    )


def test_counters_that_start_again_leave_ratio_and_averages_as_they_were(promtool: Promtool) -> None:
    """A restart of the container, or a model that is unloaded and loaded again."""
    again = {name: f"{values[:-3]}x18 {values[:-3]}x20" for name, values in BUSY.items()}
    for at in ("4m30s", "4m45s", "5m", "5m15s", "6m"):
        promtool.expect(
            {
                RATIO: recorded(RATIO, {labels(): 2}),
                AVERAGES[1]: recorded(AVERAGES[1], {labels(): 100}),
            },
            series=page(again),
            at=at,
            groups=[recording_group()],
        )


def test_two_scrapes_in_four_may_fail(promtool: Promtool) -> None:
    holes = {name: f"{values[:-3]}x16 _ _ {int(values[2:-3]) * 19}{values[1:-3]}x10" for name, values in BUSY.items()}
    for at in ("4m15s", "4m30s", "4m45s", "5m"):
        promtool.expect({RATIO: recorded(RATIO, {labels(): 2})}, series=page(holes), at=at, groups=[recording_group()])


@pytest.mark.parametrize("broken", [["queue"], ["compute"], ["queue", "compute"]])
def test_a_ratio_that_is_not_a_number_is_not_recorded(promtool: Promtool, broken: list[str]) -> None:
    sick = page(BUSY | dict.fromkeys(broken, NOT_A_NUMBER), pod="triton-b")
    promtool.expect({RATIO: recorded(RATIO, {labels(): 2})}, series=page(BUSY) | sick, groups=[recording_group()])


@pytest.mark.parametrize("broken", [["queue", "compute", "request"], ["success"]])
def test_an_average_that_is_not_a_number_is_not_recorded(promtool: Promtool, broken: list[str]) -> None:
    sick = page(BUSY | dict.fromkeys(broken, NOT_A_NUMBER), pod="triton-b")
    wanted = dict(zip(AVERAGES, (50, 100, 200), strict=True))
    promtool.expect(
        {average: recorded(average, {labels(): value}) for average, value in wanted.items()},
        series=page(BUSY) | sick,
        groups=[recording_group()],
    )


def test_a_pod_that_is_gone_has_no_value(promtool: Promtool) -> None:
    gone = {name: f"{values[:-2]}10 stale" for name, values in BUSY.items()}
    promtool.expect(
        {RATIO: {}, **{average: {} for average in AVERAGES}}, series=page(gone), at="6m", groups=[recording_group()]
    )


def test_without_triton_nothing_is_recorded(promtool: Promtool) -> None:
    promtool.expect(
        {'{__name__=~"triton:.+"}': {}},
        series={'vllm:num_requests_waiting{pod="a"}': "4x40"},
        groups=[recording_group()],
    )


def test_what_waits_in_the_batcher_is_counted_by_model(promtool: Promtool) -> None:
    waiting = "triton:waiting_requests:sum"
    kinds = {"waiting": "3x40", "active": "64x40", "max": "128x40"}
    series = {
        f'nv_trt_llm_request_metrics{{{labels()},version="{version}",request_type="{kind}"}}': values
        for version in ("1", "2")
        for kind, values in kinds.items()
    }
    sick = {f'nv_trt_llm_request_metrics{{{labels("triton-b")},version="1",request_type="waiting"}}': NOT_A_NUMBER}
    promtool.expect({waiting: recorded(waiting, {labels(): 6})}, series=series | sick, groups=[recording_group()])


def test_a_model_that_matchers_leave_out_is_not_recorded(promtool: Promtool) -> None:
    """Such as one behind another, which Triton tags."""
    behind = {
        series.replace("{", '{_slipway_behind="gate",', 1): values
        for series, values in page(BUSY, model="batcher").items()
    }
    promtool.expect(
        {RATIO: recorded(RATIO, {labels(): 2}), AVERAGES[1]: recorded(AVERAGES[1], {labels(): 100})},
        series=page(BUSY) | behind,
        groups=[recording_group('_slipway_behind=""')],
    )
