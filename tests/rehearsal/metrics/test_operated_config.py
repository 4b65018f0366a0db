"""What prometheus-operator writes, made runnable; that Prometheus takes it is shown in the story of eks-nim."""

import base64
import gzip
import json
from pathlib import Path

import yaml

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.metrics.operated_config import read_config, read_rules

WRITTEN = {
    "global": {"scrape_interval": "15s", "evaluation_interval": "30s", "external_labels": {"replica": "$(POD_NAME)"}},
    "rule_files": ["/etc/prometheus/rules/x/*.yaml"],
    "scrape_configs": [
        {
            "job_name": "podMonitor/nim/llama/0",
            "scrape_interval": "1m",
            "scrape_timeout": "30s",
            "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": ["nim"]}}],
            "relabel_configs": [{"source_labels": ["__tmp_hash"], "regex": "$(SHARD)", "action": "keep"}],
        }
    ],
}


def config(speed: float = 30) -> Json:
    data = base64.b64encode(gzip.compress(json.dumps(WRITTEN).encode())).decode()
    secret = {"metadata": {"name": "prometheus-main"}, "data": {"prometheus.yaml.gz": data}}
    return read_config(secret, Path("/kubeconfig"), Path("/rules"), Clock(speed))


def test_times_are_compressed_and_the_first_pods_variables_filled_in() -> None:
    made = config()
    assert made["global"] == {
        "scrape_interval": "500ms",
        "evaluation_interval": "1000ms",
        "external_labels": {"replica": "prometheus-main-0"},
    }
    [job] = made["scrape_configs"]
    assert (job["scrape_interval"], job["scrape_timeout"]) == ("2000ms", "1000ms")
    assert job["relabel_configs"][0]["regex"] == "0"


def test_targets_are_discovered_with_a_kubeconfig_and_rules_read_from_a_folder() -> None:
    made = config()
    [discovery] = made["scrape_configs"][0]["kubernetes_sd_configs"]
    assert discovery == {"role": "pod", "namespaces": {"names": ["nim"]}, "kubeconfig_file": "/kubeconfig"}
    assert made["rule_files"] == ["/rules/*.yaml"]


def test_rules_are_compressed_file_by_file() -> None:
    group = {
        "name": "autoscaling",
        "interval": "6s",
        "rules": [
            {"record": "a:b", "expr": "sum by (pod) (rate(x[1m]))", "labels": {"for": "people"}},
            {"alert": "Slow", "expr": "a:b > 1", "for": "5m"},
        ],
    }
    maps: list[Json] = [{"data": {"nim-a.yaml": yaml.safe_dump({"groups": [group]})}}, {"metadata": {}}]
    [(name, text)] = read_rules(maps, Clock(30)).items()
    [made] = yaml.safe_load(text)["groups"]
    assert (name, made["name"], made["interval"]) == ("nim-a.yaml", "autoscaling", "200ms")
    record, alert = made["rules"]
    assert "rate(x[2s]) / 30" in record["expr"]
    assert record["labels"] == {"for": "people"}
    assert alert["for"] == "10000ms"
