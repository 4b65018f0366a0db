"""What KEDA asks Prometheus for. Plain data: importing it loads no cloud SDK."""

from slipway.addons.monitoring_settings import AGGREGATION, PORT, URL
from slipway.addons.observed import pods_of
from slipway.catalog.engines import Series

NAME = "keda"
"""Of the chart, its release and its namespace."""

SERVER = f"{URL}:{PORT}"


def query(series: Series, deployment: str, namespace: str) -> str:
    """Return PromQL for the signal of all replicas together: the sum of what each has, which a target is a share of.

    Raises:
        ValueError: the series stands for no signal.
    """
    if series.signal is None:
        msg = f"{series.name} stands for no signal"
        raise ValueError(msg)
    selected = f"{series.name}{{{pods_of(deployment, namespace)}}}"
    return f"sum({AGGREGATION[series.signal]} by (namespace, pod) ({selected}))"
