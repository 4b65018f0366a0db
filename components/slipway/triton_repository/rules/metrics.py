"""Changes to a model's metrics."""

from collections.abc import Iterator

from slipway.checks import Finding
from slipway.triton_repository.model import Model


def metrics_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the model's changes to its metrics."""
    metrics = model.config.model_metrics
    for index, control in enumerate(metrics.metric_control if metrics else ()):
        path = f"{place}.model_metrics.metric_control[{index}]"
        if control.metric_identifier is None or not control.metric_identifier.family:
            remedy = "write the metric's name, nv_inference_…"
            yield Finding("triton.metric-family", f"{path}.metric_identifier.family", "it names no metric", remedy)
        if control.histogram_options is None or not control.histogram_options.buckets:
            path = f"{path}.histogram_options.buckets"
            yield Finding("triton.metric-buckets", path, "there are none", "write the upper bounds")
