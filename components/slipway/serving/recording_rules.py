"""What Prometheus records of the counters of Triton, as plain data: importing it loads no cloud SDK.

The names are those of NVIDIA's guide to autoscaling Triton. A rule adds up the instances and versions of a model and
keeps `namespace`, `pod` and `model`, so a value belongs to one pod, and a model does not hide behind another.
"""

from collections.abc import Mapping
from dataclasses import replace

from slipway.catalog.engines import TRITON, Quantity, Series
from slipway.checks.signals.queries import SCRAPES_IN_A_WINDOW

LABELS = ("namespace", "pod", "model")

_QUEUE = "nv_inference_queue_duration_us"
_COMPUTE = "nv_inference_compute_infer_duration_us"
_BATCHER = "nv_trt_llm_request_metrics"
_WAITING = 'request_type="waiting"'
_DURATIONS = {"compute": _COMPUTE, "queue": _QUEUE, "request": "nv_inference_request_duration_us"}
_SHOWN: Mapping[str, Quantity] = {
    "compute": "Time of compute",
    "queue": "Time in the queue",
    "request": "Time of a request in Triton",
}

QUEUE_COMPUTE_RATIO = Series(
    name="triton:queue_compute:ratio",
    kind="gauge",
    unit="time in the queue per time of compute",
    shows="Queue time per compute time",
    labels=LABELS,
    signal="queue-compute-ratio",
    blind=TRITON.find(_QUEUE)[0].blind,
)
"""How long requests waited for each second for which they ran; 0 while none was answered."""

WAITING_REQUESTS = Series(
    name="triton:waiting_requests:sum",
    kind="gauge",
    unit="requests",
    shows="Requests that wait in the batcher",
    labels=LABELS,
    until=TRITON.find(_BATCHER)[0].until,
    signal="waiting-requests",
    modes=("tensorrtllm",),
)
"""What waits inside the in-flight batcher of TensorRT-LLM, where Triton's own queue sees nothing."""


def _average(duration: str) -> str:
    return f"triton:{duration}_duration:average"


RECORDED = (
    QUEUE_COMPUTE_RATIO,
    WAITING_REQUESTS,
    *(
        replace(QUEUE_COMPUTE_RATIO, name=_average(name), unit="microseconds", shows=shows, signal=None)
        for name, shows in _SHOWN.items()
    ),
)
"""Everything that the rules record. An average is of the requests answered last, and absent while there are none."""


def expressions(scrape_seconds: int, matchers: str = "") -> Mapping[str, str]:
    """Return the PromQL behind each recorded series by its name.

    No value is NaN or infinite: a divisor of 0 is left out, and the ratio is then 0, so that an idle server can lose
    replicas. A counter that starts again at 0 counts as one that grew from there.

    Args:
        scrape_seconds: time between two scrapes; a rate is over four of them, or it has gaps when one fails.
        matchers: PromQL matchers of the pods and models that are recorded, with commas between them.
    """
    window = f"{SCRAPES_IN_A_WINDOW * scrape_seconds}s"
    compute = _rate(_COMPUTE, window, matchers)
    answered = _rate("nv_inference_request_success", window, matchers)
    return {
        **{
            _average(name): f"{_rate(counter, window, matchers)} / ({answered} > 0) >= 0"
            for name, counter in _DURATIONS.items()
        },
        QUEUE_COMPUTE_RATIO.name: f"({_rate(_QUEUE, window, matchers)} / ({compute} > 0) or {compute} == 0) >= 0",
        WAITING_REQUESTS.name: f"{_sum(_selected(_BATCHER, matchers, _WAITING))} >= 0",
    }


def _rate(counter: str, window: str, matchers: str) -> str:
    return _sum(f"rate({_selected(counter, matchers)}[{window}])")


def _selected(series: str, *matchers: str) -> str:
    given = ",".join(each for each in matchers if each)
    return f"{series}{{{given}}}" if given else series


def _sum(vector: str) -> str:
    return f"sum by ({', '.join(LABELS)}) ({vector})"
