"""Servers of every engine as dashboards and alerts see them, and the pods that they and others have."""

from slipway.addons.observed import ObservedServer
from slipway.catalog.engines import NIM, SGLANG, TRITON, TRTLLM_SERVE, VLLM, Engine, Mode, Series
from slipway.checks.signals import Export, Workload
from slipway.serving.recording_rules import QUEUE_COMPUTE_RATIO, RECORDED, WAITING_REQUESTS

NAMESPACE = "serving"
PODS = ("llama-6d4b75cb6d-hwx2k", "llama-6d4b75cb6d-8zq4v")
"""Those of the server."""

OTHERS = {
    "llama-8b-6d4b75cb6d-x5lkt": NAMESPACE,
    "llama-load-5f6b8d7c94-n2xvk": NAMESPACE,
    "llama": NAMESPACE,
    PODS[0]: "staging",
}
"""Pods of other servers, with their namespaces."""


def server(
    engine: Engine,
    version: str,
    signal: Series,
    *,
    mode: Mode = "",
    options: frozenset[str] = frozenset(),
    target: float = 5,
) -> ObservedServer:
    """Return the server whose pods `PODS` are."""
    export = Export(
        path="servers.llama",
        engine=engine,
        version=version,
        workload=Workload("Deployment", NAMESPACE, "llama"),
        labels={"app.kubernetes.io/name": "llama"},
        ports={"http": engine.port},
        mode=mode,
        options=options,
    )
    return ObservedServer(export=export, signal=signal, target=target)


def of(engine: Engine, name: str) -> Series:
    """Return a series of an engine, or one that is recorded."""
    [found] = [series for series in (*engine.exports, *RECORDED) if series.name == name]
    return found


SERVERS = {
    "vllm": server(VLLM, "v0.27.0", VLLM.signals["waiting-requests"]),
    "sglang": server(SGLANG, "v0.5.23", SGLANG.signals["waiting-requests"], options=frozenset({"--enable-metrics"})),
    "nim 1": server(NIM, "1.10.1", of(NIM, "gpu_cache_usage_perc"), target=0.1),
    "nim 2": server(NIM, "2.0.13", NIM.signals["kv-cache-use"], target=0.1),
    "triton": server(TRITON, "26.09", QUEUE_COMPUTE_RATIO, mode="ensemble", target=1),
    "triton pending": server(TRITON, "26.09", TRITON.signals["waiting-requests"], mode="synchronous"),
    "triton tensorrtllm": server(TRITON, "26.07", WAITING_REQUESTS, mode="tensorrtllm"),
    "triton vllm": server(
        TRITON,
        "26.09",
        TRITON.signals["waiting-requests"],
        mode="vllm",
        options=frozenset({"REPORT_CUSTOM_METRICS"}),
    ),
    "trtllm-serve": server(
        TRTLLM_SERVE,
        "1.3.0rc24",
        TRTLLM_SERVE.signals["kv-cache-use"],
        target=0.7,
        options=frozenset({"return_perf_metrics", "enable_iter_perf_stats"}),
    ),
}
