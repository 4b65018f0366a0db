"""The stack `eks-nim` through prometheus-operator, Prometheus and prometheus-adapter, all of them real.

One control plane serves all tests of this module, in their order: the load takes the server from one replica to three,
each link is broken and found by its name, and at the end everything goes.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from offline import Recording
from rehearsal import lifecycle, stack
from rehearsal.client import Json
from rehearsal.metrics.operator import MONITORING
from rehearsal.server import Server
from rehearsal.stack import PlayedStack
from rehearsal.story.diagnosis import diagnose
from rehearsal.story.goals import goal
from rehearsal.story.observation import nodes_by_pool, signal
from rehearsal.story.setting import Setting, setting
from rehearsal.story.verdict import Link, Verdict
from tests.rehearsal.objects import eventually
from tests.rehearsal.story.conftest import SPEED
from tests.rehearsal.story.faults import patched

USE = "vllm:kv_cache_usage_perc"
NODES = 3
"""As many as the story needs, and no more, so that a fourth replica finds none."""
Break = Callable[[Setting, Server], Any]


@pytest.fixture(scope="module")
def eks_nim(recordings: Mapping[str, Recording]) -> PlayedStack:
    played = stack.read(recordings["eks-nim"])
    return replace(
        played, pools=[replace(pool, maximum=NODES) if pool.name == "l40s" else pool for pool in played.pools]
    )


@pytest.fixture(scope="module")
def stage(eks_nim: PlayedStack, binaries: Mapping[str, Path]) -> Generator[Setting]:
    with setting(eks_nim, speed=SPEED, binaries=binaries) as made:
        yield made


@pytest.fixture(scope="module")
def server(eks_nim: PlayedStack) -> Server:
    [found] = eks_nim.servers
    return found


def monitor(server: Server) -> Json:
    metadata = {"name": server.name, "namespace": server.namespace}
    return {"apiVersion": MONITORING, "kind": "PodMonitor", "metadata": metadata}


def rule(server: Server, record: str, expression: str, labels: Mapping[str, str]) -> Json:
    group = {"name": "test", "interval": "15s", "rules": [{"record": record, "expr": expression}]}
    return {
        "apiVersion": MONITORING,
        "kind": "PrometheusRule",
        "metadata": {"name": "test", "namespace": server.namespace, "labels": dict(labels)},
        "spec": {"groups": [group]},
    }


def test_all_objects_are_accepted_with_the_operators_own_definitions(stage: Setting) -> None:
    assert [str(each) for each in lifecycle.apply(stage.plane.client, stage.manifests)] == []
    good = monitor(stage.stack.servers[0])
    bad: Json = {**good, "metadata": {**good["metadata"], "name": "bad"}, "spec": {"podMetricEndpoints": "http"}}
    [refused] = lifecycle.apply(stage.plane.client, [bad])
    assert "podMetricEndpoints" in refused.message


def test_its_pods_are_scraped_and_its_autoscaler_reads_the_metric(stage: Setting, server: Server) -> None:
    assert eventually(lambda: signal(stage.autoscaler(server)) is not None, 40)
    [target] = stage.metrics.prometheus.targets()
    assert target["labels"].items() >= {"namespace": "nim", "container": "nim", "endpoint": "http"}.items()
    assert target["scrapeUrl"].endswith(":8000/v1/metrics")


def test_the_load_takes_it_from_one_replica_to_three(stage: Setting, server: Server) -> None:
    aim = goal(server, stage.metrics.series(server.metric))
    assert (aim.replicas, aim.clients * server.load.concurrency) == (3, 400)
    stage.plane.client.scale(server.clients, aim.clients)
    eventually(lambda: stage.autoscaler(server).get("desiredReplicas") == 3, 60)
    eventually(lambda: nodes_by_pool(stage)["l40s"] == 3, 30)
    eventually(lambda: "every link holds" in diagnose(stage, server, loaded=False).text, 30)


def test_a_rule_is_evaluated_in_the_clusters_time(stage: Setting, server: Server) -> None:
    expression = "sum(rate(vllm:generation_tokens_total[1m]))"
    recorded = rule(server, "test:tokens:rate", expression, {"release": "kube-prometheus-stack"})
    assert not lifecycle.apply(stage.plane.client, [recorded])
    step = server.engine.limits.step_seconds if server.engine.limits else None
    assert step is not None
    each = goal(server, USE).clients * server.load.concurrency / 3
    tokens = pytest.approx(3 * each / step(round(each)), rel=0.5)
    # The first evaluations see scrapes of before the load, and fewer than a minute of them.
    eventually(
        lambda: [sample for sample in stage.metrics.prometheus.query("test:tokens:rate") if sample.value == tokens]
    )
    stage.plane.client.delete(recorded)


def test_a_rule_without_the_label_is_not_evaluated_and_that_is_said(stage: Setting, server: Server) -> None:
    ignored = rule(server, "test:ignored", "vector(1)", {})
    assert not lifecycle.apply(stage.plane.client, [ignored])
    eventually(lambda: "has no label release: kube-prometheus-stack" in stage.metrics.unrecorded("test:ignored"))
    assert stage.metrics.prometheus.query("test:ignored") == []
    stage.plane.client.delete(ignored)


@contextmanager
def no_release_label(stage: Setting, server: Server) -> Generator[None]:
    stage.plane.client.patch(monitor(server), {"metadata": {"labels": {"release": None}}})
    yield
    stage.plane.client.patch(monitor(server), {"metadata": {"labels": {"release": "kube-prometheus-stack"}}})


def endpoint(stage: Setting, server: Server, **change: Any) -> Any:
    own = {"port": "http", "path": "/v1/metrics", "interval": "15s", **change}
    return patched(stage, monitor(server), {"spec": {"podMetricsEndpoints": [own]}})


def wrong_port(stage: Setting, server: Server) -> Any:
    return endpoint(stage, server, port="metrics")


def wrong_path(stage: Setting, server: Server) -> Any:
    return endpoint(stage, server, path="/metrics")


def no_pod_label(stage: Setting, server: Server) -> Any:
    return endpoint(stage, server, metricRelabelings=[{"action": "labeldrop", "regex": "pod"}])


def dropped_series(stage: Setting, server: Server) -> Any:
    drop = {"action": "drop", "sourceLabels": ["__name__"], "regex": USE}
    return endpoint(stage, server, metricRelabelings=[drop])


def dropping_relabelings(stage: Setting, server: Server) -> Any:
    drop = {"action": "drop", "sourceLabels": ["__meta_kubernetes_namespace"], "regex": server.namespace}
    return endpoint(stage, server, relabelings=[drop])


def metric(server: Server, name: str) -> Json:
    [own] = server.autoscaler["spec"]["metrics"]
    return {"spec": {"metrics": [{**own, "pods": {**own["pods"], "metric": {"name": name}}}]}}


def metric_without_a_rule(stage: Setting, server: Server) -> Any:
    return patched(stage, server.autoscaler, metric(server, "vllm:num_requests_waiting"))


def metric_of_the_other_generation(stage: Setting, server: Server) -> Any:
    return patched(stage, server.autoscaler, metric(server, "gpu_cache_usage_perc"))


def wrong_scale_target(stage: Setting, server: Server) -> Any:
    target = {**server.autoscaler["spec"]["scaleTargetRef"], "name": "lama"}
    return patched(stage, server.autoscaler, {"spec": {"scaleTargetRef": target}})


def more_replicas_than_nodes(stage: Setting, server: Server) -> Any:
    return patched(stage, server.autoscaler, {"spec": {"minReplicas": NODES + 1}})


@contextmanager
def dead_adapter(stage: Setting, server: Server) -> Generator[None]:
    stage.plane.processes.stop("prometheus-adapter")
    try:
        yield
    finally:
        stage.plane.processes.restart("prometheus-adapter")


@pytest.mark.parametrize(
    ("breaks", "link", "text"),
    [
        (no_release_label, Link.NOT_SCRAPED, "PodMonitor nim/llama has no label release: kube-prometheus-stack"),
        (wrong_port, Link.NOT_SCRAPED, "scrapes port metrics, and the ports of the pods are ['http=8000']"),
        (wrong_path, Link.NOT_SCRAPED, "404"),
        (dropping_relabelings, Link.NOT_SCRAPED, "its relabelings drop every target"),
        (dropped_series, Link.SERIES_MISSING, USE),
        (no_pod_label, Link.LABEL_LOST, "it has __name__, container"),
        (
            metric_without_a_rule,
            Link.NO_METRIC,
            f"rules of prometheus-adapter: {USE}; add one whose name.as is vllm:num",
        ),
        (metric_of_the_other_generation, Link.SERIES_MISSING, f"did you mean {USE}?"),
        (wrong_scale_target, Link.HPA_CANNOT_READ, "FailedGetScale"),
        (more_replicas_than_nodes, Link.NO_NODE_FITS, "l40s 3 of 3"),
        (dead_adapter, Link.ADAPTER_SILENT, "service unavailable"),
    ],
)
def test_a_broken_link_is_found_by_its_name(
    stage: Setting, server: Server, breaks: Break, link: Link, text: str
) -> None:
    def found() -> Verdict | None:
        changed = replace(server, autoscaler=stage.plane.client.get(server.autoscaler) or {})
        verdict = diagnose(stage, changed, loaded=False)
        return verdict if verdict.broken is link and text in verdict.text else None

    eventually(lambda: "every link holds" in diagnose(stage, server, loaded=False).text, 30)
    with breaks(stage, server):
        assert eventually(found, 20)


def test_without_load_it_comes_back_to_one(stage: Setting, server: Server) -> None:
    stage.plane.client.scale(server.clients, 0)
    eventually(lambda: stage.autoscaler(server).get("desiredReplicas") == 1, 40)


def test_everything_goes_in_the_order_of_destroy(stage: Setting) -> None:
    assert [verdict.broken for verdict in stage.deployment.down()] == [None]
