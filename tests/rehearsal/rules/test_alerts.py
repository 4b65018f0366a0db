"""When alerts fire, and when they do not."""

from collections.abc import Mapping

import pytest

from slipway.addons.alerts import alert_group
from slipway.addons.observed import ObservedServer
from tests.components.servers import NAMESPACE, OTHERS, PODS, SERVERS
from tests.rehearsal.rules.promtool import Promtool, recording_group

SCALER = f'namespace="{NAMESPACE}",horizontalpodautoscaler="llama"'
CONDITION = "kube_horizontalpodautoscaler_status_condition"
READY = f'kube_deployment_status_replicas_available{{namespace="{NAMESPACE}",deployment="llama"}}'
WANTED = f"kube_horizontalpodautoscaler_status_desired_replicas{{{SCALER}}}"
MOST = f"kube_horizontalpodautoscaler_spec_max_replicas{{{SCALER}}}"
HOUR = 240
"""Scrapes in an hour."""

ENGINES = [name for name in SERVERS if name != "triton vllm"]
"""Those that are scaled on something that moves."""


def fires(
    promtool: Promtool,
    server: ObservedServer,
    series: Mapping[str, str],
    *alerts: str,
    at: str = "45m",
) -> None:
    """Fail unless exactly these alerts fire."""
    group = alert_group(server)
    severities = {rule.alert: (rule.labels or {})["severity"] for rule in group.rules}
    promtool.expect(
        {
            'ALERTS{alertstate="firing"}': {
                f'ALERTS{{alertname="{alert}",alertstate="firing",severity="{severities[alert]}",'
                f'namespace="{NAMESPACE}",server="llama"}}': 1
                for alert in alerts
            }
        },
        series=series,
        at=at,
        groups=[group],
    )


def signal(server: ObservedServer, value: float, pods: tuple[str, ...] = PODS) -> dict[str, str]:
    """Return the signal at a constant value in some pods, and far too high in the pods of others."""
    others = {
        f'{server.signal.name}{{namespace="{namespace}",pod="{pod}"}}': f"{1000 * value}x{HOUR}"
        for pod, namespace in OTHERS.items()
    }
    return others | {f'{server.signal.name}{{namespace="{NAMESPACE}",pod="{pod}"}}': f"{value}x{HOUR}" for pod in pods}


def replicas(ready: int = 2, wanted: int = 2, most: int = 4, active: str = "true") -> dict[str, str]:
    conditions = {
        f'{CONDITION}{{{SCALER},condition="{condition}",status="{status}"}}': f"{int(status == now)}x{HOUR}"
        for condition, now in (("ScalingActive", active), ("AbleToScale", "true"), ("ScalingLimited", "false"))
        for status in ("true", "false", "unknown")
    }
    return conditions | {READY: f"{ready}x{HOUR}", WANTED: f"{wanted}x{HOUR}", MOST: f"{most}x{HOUR}"}


@pytest.mark.parametrize("name", ENGINES)
def test_a_server_near_its_target_raises_nothing(promtool: Promtool, name: str) -> None:
    server = SERVERS[name]
    fires(promtool, server, replicas() | signal(server, 1.05 * server.target))


@pytest.mark.parametrize("name", ENGINES)
def test_a_signal_above_its_target_is_told_apart_by_whether_replicas_may_come(promtool: Promtool, name: str) -> None:
    server = SERVERS[name]
    above = signal(server, 1.2 * server.target)
    fires(promtool, server, replicas(wanted=3) | above, "SignalAboveTarget")
    fires(promtool, server, replicas(wanted=3) | above, at="25m")
    fires(promtool, server, replicas(wanted=4) | above, "ReplicasAtMaximum")
    fires(promtool, server, replicas(wanted=4) | above, at="14m")


@pytest.mark.parametrize("name", ENGINES)
def test_a_replica_without_the_signal_is_noticed(promtool: Promtool, name: str) -> None:
    server = SERVERS[name]
    one, none = signal(server, server.target, PODS[:1]), signal(server, server.target, ())
    fires(promtool, server, replicas() | one, "SignalAbsent")
    fires(promtool, server, replicas() | none, "SignalAbsent")
    fires(promtool, server, replicas() | none, at="4m")
    fires(promtool, server, replicas(ready=0) | none)


def test_a_signal_that_is_no_number_is_absent(promtool: Promtool) -> None:
    server = SERVERS["vllm"]
    sick = {f'{server.signal.name}{{namespace="{NAMESPACE}",pod="{PODS[1]}"}}': " ".join(["NaN"] * HOUR)}
    fires(promtool, server, replicas() | signal(server, 1, PODS[:1]) | sick, "SignalAbsent")


def test_a_pod_that_drains_and_still_exports_is_no_alert(promtool: Promtool) -> None:
    server = SERVERS["vllm"]
    fires(promtool, server, replicas(ready=1) | signal(server, server.target))


@pytest.mark.parametrize("status", ["false", "unknown"])
def test_an_autoscaler_that_cannot_compute_is_noticed_once_a_replica_is_ready(promtool: Promtool, status: str) -> None:
    server = SERVERS["vllm"]
    calm = signal(server, server.target)
    fires(promtool, server, replicas(active=status) | calm, "ScalingNotActive")
    fires(promtool, server, replicas(active=status) | calm, at="9m")
    fires(promtool, server, replicas(active=status, ready=0) | calm)


def test_pods_that_find_no_node_are_noticed_and_those_of_others_are_not(promtool: Promtool) -> None:
    server = SERVERS["vllm"]
    calm = replicas() | signal(server, server.target)
    pending = {
        f'kube_pod_status_unschedulable{{namespace="{namespace}",pod="{pod}",uid="{number}"}}': f"1x{HOUR}"
        for number, (pod, namespace) in enumerate(OTHERS.items())
    }
    mine = {f'kube_pod_status_unschedulable{{namespace="{NAMESPACE}",pod="{PODS[1]}",uid="9"}}': f"1x{HOUR}"}
    fires(promtool, server, calm | pending)
    fires(promtool, server, calm | pending | mine, "PodsPendingForLackOfNodes")
    fires(promtool, server, calm | pending | mine, at="14m")


KV_CACHES = {
    "vllm": "vllm:kv_cache_usage_perc",
    "sglang": "sglang:token_usage",
    "nim 1": "gpu_cache_usage_perc",
    "nim 2": "vllm:kv_cache_usage_perc",
    "trtllm-serve": "trtllm_kv_cache_utilization",
}


@pytest.mark.parametrize("name", KV_CACHES)
def test_a_replica_whose_kv_cache_is_nearly_full_is_named(promtool: Promtool, name: str) -> None:
    shares = {f'{KV_CACHES[name]}{{namespace="{NAMESPACE}",pod="{PODS[0]}"}}': f"0.97x{HOUR}"}
    shares |= {f'{KV_CACHES[name]}{{namespace="{NAMESPACE}",pod="{PODS[1]}"}}': f"0.5x{HOUR}"}
    group = alert_group(SERVERS[name])
    alert = {
        "exp_labels": {"severity": "warning", "namespace": NAMESPACE, "server": "llama", "pod": PODS[0]},
        "exp_annotations": {
            "summary": "A replica of llama has almost no room for the context of further requests",
            "description": f"97% of the KV cache of {PODS[0]} is in use.",
            "runbook_url": "docs/runbooks/KvCacheNearlyFull.md",
        },
    }
    promtool.expect(
        {},
        series=shares,
        groups=[group],
        alerts=[
            {"eval_time": "9m", "alertname": "KvCacheNearlyFull", "exp_alerts": []},
            {"eval_time": "20m", "alertname": "KvCacheNearlyFull", "exp_alerts": [alert]},
        ],
    )


@pytest.mark.parametrize("name", sorted(SERVERS.keys() - KV_CACHES.keys()))
def test_an_engine_that_does_not_show_its_kv_cache_has_no_alert_about_it(name: str) -> None:
    assert "KvCacheNearlyFull" not in {rule.alert for rule in alert_group(SERVERS[name]).rules}


def test_in_an_empty_cluster_nothing_fires(promtool: Promtool) -> None:
    fires(promtool, SERVERS["vllm"], {"up": f"1x{HOUR}"})


def test_alerts_follow_a_recorded_signal(promtool: Promtool) -> None:
    """From the counters of two models in a pod to the alert on the busier one."""
    server = SERVERS["triton"]
    counters = {
        f'nv_inference_{counter}_duration_us{{namespace="{NAMESPACE}",pod="{PODS[0]}",model="{model}",version="1"}}': (
            f"0+{step}x{HOUR}"
        )
        for counter, model, step in (
            ("queue", "busy", 300),
            ("compute_infer", "busy", 150),
            ("queue", "calm", 10),
            ("compute_infer", "calm", 100),
        )
    }
    promtool.expect(
        {'count(ALERTS{alertstate="firing",alertname="ReplicasAtMaximum"})': {"{}": 1}},
        series=replicas(ready=1, wanted=4) | counters,
        at="45m",
        groups=[recording_group(), alert_group(server)],
    )
