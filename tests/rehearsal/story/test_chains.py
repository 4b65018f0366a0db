"""Chains that are broken in the stacks' own objects, on the ways of GKE and of EKS, and the link that is named."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from offline import Recording
from rehearsal import releases, stack
from rehearsal.client import Json
from rehearsal.engine.probes import PROBES
from rehearsal.metrics import monitors
from rehearsal.metrics.managed_collection import KIND as MONITORING
from rehearsal.metrics.operator import OperatorPlan
from rehearsal.releases import PROMETHEUS_STACK, release
from rehearsal.stack import PlayedStack
from rehearsal.story.verdict import Link
from tests.rehearsal.story import picture
from tests.rehearsal.story.picture import Break, Objects

WAYS = ("gke-tpu", "eks-nim")
ADAPTER = "custom-metrics-stackdriver-adapter"


@pytest.fixture(scope="session")
def played(recordings: Mapping[str, Recording]) -> Mapping[str, PlayedStack]:
    return {name: stack.read(recordings[name]) for name in WAYS}


def container(objects: Objects) -> Json:
    return objects.one("Deployment", "llama")["spec"]["template"]["spec"]["containers"][0]


def probe(name: str, **asked: Any) -> Break:
    return lambda objects: container(objects)[name]["httpGet"].update(asked)


def service(**spec: Any) -> Break:
    return lambda objects: objects.one("Service", "llama")["spec"].update(spec)


def target_port(port: int | str) -> Break:
    return lambda objects: objects.one("Service", "llama")["spec"]["ports"][0].update(targetPort=port)


def load_port(objects: Objects) -> object:
    return objects.one("Service", "llama")["spec"]["ports"][0].update(port=80)


def no_service(objects: Objects) -> object:
    return objects.remove("Service", "llama")


def no_apis(objects: Objects) -> object:
    return objects.remove("APIService")


def lost_apis(objects: Objects) -> object:
    return [each["spec"]["service"].update(name="adapter") for each in objects.of("APIService")]


def endpoint(objects: Objects) -> Json:
    [monitor] = objects.of("PodMonitor", MONITORING)
    [found] = monitor["spec"].get("podMetricsEndpoints") or monitor["spec"]["endpoints"]
    return found


def interval(duration: str) -> Break:
    return lambda objects: endpoint(objects).update(interval=duration)


def clients_of_another_model(objects: Objects) -> None:
    for each in objects.one("Deployment", "llama-load")["spec"]["template"]["spec"]["containers"][0]["env"]:
        each["value"] = each["value"].replace("lama-3.1", "lama-3")


def no_load(objects: Objects) -> object:
    spec = objects.one("Deployment", "llama-load")["spec"]["template"]["spec"]
    return spec["containers"][0].update(env=[])


ON_BOTH: Mapping[str, tuple[list[Break], Link, str]] = {
    "a Service that selects nothing": ([service(selector={"app": "lama"})], Link.LOAD_LOST, "selects {'app': 'lama'}"),
    "a Service without a selector": ([service(selector={})], Link.LOAD_LOST, "pods with an engine have labels"),
    "a Service that is not there": ([no_service], Link.LOAD_LOST, "which does not exist"),
    "a Service that leads to another port": ([target_port(9999)], Link.LOAD_LOST, "leads to port 9999 of its pods"),
    "a Service that leads to an unknown port": ([target_port("grpc")], Link.LOAD_LOST, "named ports: http=8000"),
    "a Service on another port": ([load_port], Link.LOAD_LOST, "clients send to port 8000, which"),
    "clients of another model": ([clients_of_another_model], Link.LOAD_LOST, "clients ask for model"),
    "clients that send nothing": ([no_load], Link.LOAD_LOST, "or none sends anything"),
    "APIs that nobody registers": ([no_apis], Link.ADAPTER_SILENT, "no APIService registers custom.metrics.k8s.io"),
    "APIs of a lost Service": ([lost_apis], Link.ADAPTER_SILENT, "/adapter, which does not exist"),
    "rare scrapes": ([interval("5m")], Link.NOT_SCRAPED, "are scraped every 5 min only"),
    "scrapes every two minutes": ([interval("2m")], Link.NOT_SCRAPED, "let the interval be 15s"),
    "a readiness probe of another path": (
        [probe("readinessProbe", path="/healthy")],
        Link.NOT_READY,
        "the readinessProbe of container",
    ),
    "a readiness probe of another port": ([probe("readinessProbe", port=8001)], Link.NOT_READY, "refused"),
    "a startup probe of an unknown port": (
        [probe("startupProbe", port="health")],
        Link.NOT_READY,
        "port 'health'",
    ),
    "a liveness probe of another path": ([probe("livenessProbe", path="/live")], Link.NOT_READY, "/live answers 404"),
    "a probe and a Service": (
        [probe("readinessProbe", path="/healthy"), service(selector={})],
        Link.NOT_READY,
        "/healthy answers 404",
    ),
    "scrapes and APIs": ([interval("10m"), no_apis], Link.NOT_SCRAPED, "every 10 min only"),
    "APIs and a Service": ([target_port(9999), lost_apis], Link.ADAPTER_SILENT, "/adapter, which does not exist"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("chain", ON_BOTH)
def test_a_broken_chain_is_named_on_both_ways(played: Mapping[str, PlayedStack], way: str, chain: str) -> None:
    breaks, link, text = ON_BOTH[chain]
    verdict = picture.found(played[way], breaks)
    assert (verdict.broken, text in verdict.text) == (link, True), verdict.text


@pytest.mark.parametrize("way", WAYS)
def test_a_chain_that_nobody_broke_holds(played: Mapping[str, PlayedStack], way: str) -> None:
    verdict = picture.found(played[way], [])
    assert verdict.broken is Link.HPA_STILL
    assert "every link holds" in verdict.text


def chips(number: str) -> Break:
    return lambda objects: container(objects)["resources"]["limits"].update({"google.com/tpu": number})


def sharded(number: int) -> Break:
    def over(objects: Objects) -> None:
        words = container(objects)["command"]
        words[:] = [f"--tensor-parallel-size={number}" if "tensor-parallel" in each else each for each in words]

    return over


def adapter_without(kind: str, name: str) -> Break:
    return lambda objects: objects.remove(kind, name)


def adapter_replicas(objects: Objects) -> object:
    return objects.one("Deployment", ADAPTER)["spec"].update(replicas=0)


def adapter_of_another_account(objects: Objects) -> object:
    return objects.one("Deployment", ADAPTER)["spec"]["template"]["spec"].update(serviceAccountName="default")


def adapter_service(objects: Objects) -> object:
    return objects.one("Service", ADAPTER)["spec"].update(selector={"run": "adapter"})


ON_GKE: Mapping[str, tuple[list[Break], Link, str]] = {
    "half of a machine's chips": ([chips("4")], Link.NOT_READY, "asks for 4 chips, and the engine shards over 8"),
    "half of the chips for half of the shards": ([chips("4"), sharded(4)], Link.NOT_READY, "4 of 8 TPU chips"),
    "an adapter at 0": ([adapter_replicas], Link.ADAPTER_SILENT, "no Ready pod of the adapter is behind Service"),
    "an adapter behind no Service": ([adapter_service], Link.ADAPTER_SILENT, "selects [{'run': 'adapter'}]"),
    "an adapter that may list no pods": (
        [adapter_without("ClusterRoleBinding", "custom-metrics-resource-reader")],
        Link.ADAPTER_SILENT,
        "may not list the pods",
    ),
    "an adapter whose role is gone": (
        [adapter_without("ClusterRole", "custom-metrics-resource-reader")],
        Link.ADAPTER_SILENT,
        "may not list the pods",
    ),
    "an adapter that may not ask": (
        [adapter_without("ClusterRoleBinding", "custom-metrics:system:auth-delegator")],
        Link.ADAPTER_SILENT,
        "system:auth-delegator",
    ),
    "an adapter that may not read": (
        [adapter_without("RoleBinding", "custom-metrics-auth-reader")],
        Link.ADAPTER_SILENT,
        "extension-apiserver-authentication-reader",
    ),
    "an adapter of another account": ([adapter_of_another_account], Link.ADAPTER_SILENT, "custom-metrics/default"),
    "an adapter and the chips": ([adapter_replicas, chips("4")], Link.NOT_READY, "asks for 4 chips"),
}


@pytest.mark.parametrize("chain", ON_GKE)
def test_a_broken_chain_is_named_on_gke(played: Mapping[str, PlayedStack], chain: str) -> None:
    breaks, link, text = ON_GKE[chain]
    verdict = picture.found(played["gke-tpu"], breaks)
    assert (verdict.broken, text in verdict.text) == (link, True), verdict.text


@pytest.mark.parametrize(
    "change",
    [
        {"role": "roles/logging.viewer"},
        {"member": "principal://iam.googleapis.com/x/subject/ns/custom-metrics/sa/other"},
    ],
)
def test_an_adapter_without_the_right_to_read_is_named(
    recordings: Mapping[str, Recording], change: Mapping[str, str]
) -> None:
    def taken_away(recording: Recording) -> Recording:
        resources = [
            replace(each, inputs={**each.inputs, **change}) if "monitoring.viewer" in str(each.inputs) else each
            for each in recording.resources
        ]
        return replace(recording, resources=tuple(resources))

    verdict = picture.found(stack.read(taken_away(recordings["gke-tpu"])), [])
    assert verdict.broken is Link.ADAPTER_SILENT
    assert "may not read Cloud Monitoring" in verdict.text


def relabelings(**rule: Any) -> Break:
    return lambda objects: objects.one("PodMonitor", "llama")["spec"]["podMetricsEndpoints"][0].update(
        relabelings=[rule]
    )


ON_EKS: Mapping[str, tuple[list[Break], Link, str]] = {
    "relabelings that drop": (
        [relabelings(action="drop", sourceLabels=["__meta_kubernetes_namespace"], regex="nim")],
        Link.NOT_SCRAPED,
        "its relabelings drop every target",
    ),
    "relabelings that keep nothing": (
        [relabelings(action="keep", sourceLabels=["__meta_kubernetes_namespace"], regex="other")],
        Link.NOT_SCRAPED,
        "its relabelings drop every target",
    ),
    "relabelings and a Service": (
        [relabelings(action="keep", sourceLabels=["x"], regex="y"), service(selector={})],
        Link.NOT_SCRAPED,
        "its relabelings drop every target",
    ),
}


@pytest.mark.parametrize("chain", ON_EKS)
def test_a_broken_chain_is_named_on_eks(played: Mapping[str, PlayedStack], chain: str) -> None:
    breaks, link, text = ON_EKS[chain]
    verdict = picture.found(played["eks-nim"], breaks)
    assert (verdict.broken, text in verdict.text) == (link, True), verdict.text


def regex(rule: Json) -> Json:
    return {**rule, "seriesQuery": '{__name__=~"^vllm_kv_.*",namespace!="",pod!=""}'}


def matches(rule: Json) -> Json:
    return {**rule, "name": {**rule["name"], "matches": "^nothing$"}}


@pytest.mark.parametrize("change", [regex, matches])
def test_a_rule_whose_expression_meets_no_series_is_named(
    played: Mapping[str, PlayedStack], change: Callable[[Json], Json]
) -> None:
    nim = played["eks-nim"]
    assert isinstance(nim.metrics, OperatorPlan)
    assert nim.metrics.adapter is not None
    adapter = nim.metrics.adapter
    [rule] = adapter.values["rules"]["custom"]
    values = {**adapter.values, "rules": {**adapter.values["rules"], "custom": [change(rule)]}}
    broken = replace(nim, metrics=replace(nim.metrics, adapter=replace(adapter, values=values)))
    verdict = picture.found(broken, [])
    assert verdict.broken is Link.NO_METRIC
    assert "meets none of the series that are collected" in verdict.text


@pytest.mark.parametrize(("retention", "text"), [("0s", "keep no sample"), ("0", "has retention 0: "), ("10m", "")])
def test_a_prometheus_that_is_to_keep_nothing_is_named(
    recordings: Mapping[str, Recording], retention: str, text: str
) -> None:
    found = release(recordings["eks-nim"], PROMETHEUS_STACK)
    assert found is not None
    values = {**found.values, "prometheus": {"prometheusSpec": {"retention": retention}}}
    changed = replace(found, values=values)
    said = monitors.unkept(releases.prometheus(changed), releases.retention(changed))
    assert bool(said) is bool(text)
    assert text in said


def test_the_probes_of_every_stack_ask_what_its_engine_answers(recording: Recording) -> None:
    for server in stack.read(recording).servers:
        assert server.engine.obstacle == ""
        for each in server.workload["spec"]["template"]["spec"]["containers"]:
            asked = [each[name]["httpGet"]["path"] for name in PROBES if "httpGet" in each.get(name, {})]
            assert set(asked) <= {server.engine.health_path, server.engine.live_path, *server.engine.answers}
