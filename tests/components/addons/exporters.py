"""What exporters of a cluster say about pods, replicas and GPUs: the series that dashboards and alerts use.

Sources: docs/metrics/workload of kubernetes/kube-state-metrics (Aug 2026); etc/default-counters.csv of NVIDIA/
dcgm-exporter (May 2026); the values of NVIDIA/gpu-operator 26.7, by which Prometheus does not honour the labels that
the DCGM exporter gives a GPU: `namespace` and `pod` are the exporter's own, and those of the GPU's user are renamed.
"""

from slipway.catalog.engines import Series

_AUTOSCALER = ("namespace", "horizontalpodautoscaler")

KUBE_STATE_METRICS = (
    *(
        Series(name=f"kube_horizontalpodautoscaler_{name}", kind="gauge", unit="replicas", labels=_AUTOSCALER)
        for name in ("spec_max_replicas", "status_desired_replicas")
    ),
    Series(
        name="kube_horizontalpodautoscaler_spec_target_metric",
        kind="gauge",
        unit="that of the metric",
        labels=(*_AUTOSCALER, "metric_name", "metric_target_type"),
    ),
    Series(
        name="kube_horizontalpodautoscaler_status_condition",
        kind="gauge",
        unit="1 for the status that a condition has, else 0",
        labels=(*_AUTOSCALER, "condition", "status"),
    ),
    *(
        Series(
            name=f"kube_deployment_status_replicas_{name}",
            kind="gauge",
            unit="replicas",
            labels=("namespace", "deployment"),
        )
        for name in ("available", "ready")
    ),
    Series(
        name="kube_pod_status_unschedulable",
        kind="gauge",
        unit="1 for a pod that no node takes, else no series",
        labels=("namespace", "pod", "uid"),
    ),
)

DCGM = tuple(
    Series(name=name, kind="gauge", unit=unit, labels=("gpu", "UUID", "exported_namespace", "exported_pod"))
    for name, unit in (("DCGM_FI_DEV_GPU_UTIL", "per cent"), ("DCGM_FI_DEV_FB_USED", "MiB"))
)
