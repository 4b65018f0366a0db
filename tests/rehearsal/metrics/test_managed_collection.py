"""PodMonitoring objects as scrape configuration; whether Prometheus takes it is shown by the stories."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.metrics.managed_collection import Cluster, scrape_configs

CLUSTER = Cluster(project="my-project", location="us-east5-a", name="my-cluster")


def monitoring(endpoint: Json, **spec: Any) -> Json:
    return {
        "metadata": {"name": "llama", "namespace": "vllm"},
        "spec": {"selector": {"matchLabels": {"app.kubernetes.io/name": "llama"}}, "endpoints": [endpoint], **spec},
    }


def translated(endpoint: Json, speed: float = 1, **spec: Any) -> Json:
    [config] = scrape_configs(monitoring(endpoint, **spec), CLUSTER, Path("/kubeconfig"), Clock(speed))
    return config


def rules(config: Json, **wanted: Any) -> list[Json]:
    return [rule for rule in config["relabel_configs"] if wanted.items() <= rule.items()]


ENDPOINT = {"port": "http", "path": "/metrics", "interval": "15s"}


def test_only_the_selected_pods_of_its_namespace_are_scraped_at_the_named_port() -> None:
    kept = {(rule["source_labels"][0], rule["regex"]) for rule in rules(translated(ENDPOINT), action="keep")}
    assert kept == {
        ("__meta_kubernetes_namespace", "vllm"),
        ("__meta_kubernetes_pod_label_app_kubernetes_io_name", "llama"),
        ("__meta_kubernetes_pod_container_port_name", "http"),
    }


def test_series_get_the_labels_of_managed_collection() -> None:
    config = translated(ENDPOINT)
    written = {rule["target_label"] for rule in config["relabel_configs"] if "target_label" in rule}
    assert written >= {"project_id", "location", "cluster", "namespace", "job", "instance", "pod", "container"}
    assert rules(config, target_label="cluster", replacement="my-cluster")
    assert rules(config, target_label="job", replacement="llama")


def test_a_port_by_number_is_scraped_without_a_container_label() -> None:
    config = translated({**ENDPOINT, "port": 8000})
    assert rules(config, target_label="__address__", replacement="$1:8000")
    assert rules(config, action="labeldrop", regex="container")
    assert not rules(config, source_labels=["__meta_kubernetes_pod_container_port_name"])


def test_labels_that_a_podmonitoring_leaves_out_are_not_written() -> None:
    config = translated(ENDPOINT, targetLabels={"metadata": ["container"]})
    assert not rules(config, target_label="pod")
    assert rules(config, target_label="container")


def test_the_interval_is_compressed() -> None:
    config = translated(ENDPOINT, speed=30)
    assert (config["scrape_interval"], config["scrape_timeout"]) == ("500ms", "500ms")


@given(st.integers(1, 1000), st.sampled_from(["ms", "s", "m", "h"]), st.floats(1, 500))
def test_an_interval_never_becomes_zero(number: int, unit: str, speed: float) -> None:
    config = translated({**ENDPOINT, "interval": f"{number}{unit}"}, speed=speed)
    assert int(config["scrape_interval"].removesuffix("ms")) >= 1
