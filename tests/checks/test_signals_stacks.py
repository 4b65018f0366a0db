"""The chains of real stacks: what components create is proven edge by edge, and is what was judged beforehand."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from offline import Recording
from offline.manifests import manifest
from offline.signals import registered
from offline.stack_config import stack_name
from slipway.addons.metrics import ManagedMetrics
from slipway.catalog.engines import VLLM
from slipway.checks.quantities import quantity
from slipway.checks.signals import Monitoring, Scaler, bump_findings, signal_findings
from slipway.checks.signals.assembly import monitoring
from stacks import AnyStack, Stack
from stacks.signals import monitoring as judged_beforehand
from tests.stack_paths import STACK_FILES

Objects = list[dict[str, Any]]


def settings_of(path: Path) -> Stack:
    return TypeAdapter[Stack](AnyStack).validate_python(yaml.safe_load(path.read_text())["config"]["slipway:stack"])


MANAGED = [path for path in STACK_FILES if isinstance(settings_of(path).metrics, ManagedMetrics)]


def objects_of(recording: Recording) -> Objects:
    return [copy.deepcopy(manifest(resource)) for resource in recording.resources if resource.is_kubernetes_object]


def chain_of(recording: Recording, objects: Objects | None = None, readers: Sequence[str] | None = None) -> Monitoring:
    """Return the chain of a recorded stack, or of the same stack with other objects or grants."""
    expected = recording.judged.signals
    assert expected
    if objects is None and readers is None:
        return registered(recording, expected)
    grants = recording.of("gcp:projects/iAMMember:IAMMember")
    return monitoring(
        objects_of(recording) if objects is None else objects,
        resource_metrics=expected.resource_metrics,
        readers=[grant.inputs["member"] for grant in grants] if readers is None else readers,
    )


def test_every_autoscaler_of_every_stack_can_follow_its_signal(recording: Recording) -> None:
    chain = chain_of(recording)
    assert chain.scalers
    assert len(chain.scalers) == len(chain.exports) == len(chain.scrapes)
    assert signal_findings(chain) == []


@pytest.mark.parametrize("path", MANAGED, ids=stack_name)
def test_what_is_judged_beforehand_is_what_components_create(path: Path, recordings: Mapping[str, Recording]) -> None:
    judged = judged_beforehand(settings_of(path))
    assert without_paths(judged) == without_paths(chain_of(recordings[stack_name(path)]))


def without_paths(chain: Monitoring) -> Monitoring:
    """Return a chain without the places that findings name, its targets as numbers, its servers in order of name, and
    versions without the variant of an image."""
    return replace(
        chain,
        adapter=replace(chain.adapter, path=""),
        exports=tuple(
            sorted(
                (
                    replace(each, path="", version=each.version.removeprefix("v").partition("-")[0])
                    for each in chain.exports
                ),
                key=lambda each: str(each.workload),
            )
        ),
        scrapes=tuple(sorted((replace(each, path="") for each in chain.scrapes), key=lambda each: str(each.selector))),
        services=(),
        scalers=tuple(sorted((_bare(each) for each in chain.scalers), key=lambda each: str(each.target))),
        apis=tuple(replace(each, path="") for each in chain.apis),
    )


def _bare(scaler: Scaler) -> Scaler:
    metrics = tuple(replace(each, path="", target=str(float(quantity(each.target) or 0))) for each in scaler.metrics)
    return replace(scaler, path="", metrics=metrics)


def of_kind(objects: Objects, kind: str) -> dict[str, Any]:
    return next(item for item in objects if item["kind"] == kind)


def test_a_broken_object_is_found_in_a_recording(recordings: Mapping[str, Recording]) -> None:
    """Each change is one that a component could make by accident."""
    recording = recordings["gke-tpu"]

    def broken(kind: str, *path: str | int, value: Any) -> list[str]:
        objects = objects_of(recording)
        place: Any = of_kind(objects, kind)
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        return [finding.message for finding in signal_findings(chain_of(recording, objects))]

    endpoint = ("spec", "endpoints", 0)
    assert "no metrics there" in broken("PodMonitoring", *endpoint, "path", value="/v1/metrics")[0]
    assert "is no port of Deployment vllm/llama" in broken("PodMonitoring", *endpoint, "port", value="metrics")[0]
    assert "is in namespace default" in broken("PodMonitoring", "metadata", "namespace", value="default")[0]
    assert "selects app: x" in broken("PodMonitoring", "spec", "selector", "matchLabels", value={"app": "x"})[0]
    assert "reads PodMonitoring only" in broken("PodMonitoring", "kind", value="PodMonitor")[0]
    metric = ("spec", "metrics", 0, "pods")
    name = broken("HorizontalPodAutoscaler", *metric, "metric", "name", value="vllm:num_requests_waiting")
    assert "is not the name" in name[0]
    target = broken("HorizontalPodAutoscaler", *metric, "target", "type", value="Value")
    assert "of type Value and stated as averageValue" in target[0]
    wrong = broken("HorizontalPodAutoscaler", "spec", "scaleTargetRef", "kind", value="StatefulSet")
    assert "scales StatefulSet vllm/llama, which does not exist" in wrong[0]
    dead = broken("APIService", "spec", "service", "name", value="prometheus-adapter")
    assert any("2 owners" in message for message in dead)
    assert any("does not have" in message for message in dead)


def test_an_adapter_without_its_role_is_found_in_a_recording(recordings: Mapping[str, Recording]) -> None:
    [finding] = signal_findings(chain_of(recordings["gke-tpu"], readers=[]))
    assert "403" in finding.message


def test_replicas_that_a_component_states_are_found_in_a_recording(recordings: Mapping[str, Recording]) -> None:
    objects = objects_of(recordings["gke-tpu"])
    server = next(item for item in objects if item["kind"] == "Deployment" and item["metadata"]["name"] == "llama")
    server["spec"]["replicas"] = 1
    [finding] = signal_findings(chain_of(recordings["gke-tpu"], objects))
    assert finding.path == "Deployment vllm/llama"
    assert finding.remedy == "leave replicas out"


def test_todays_stacks_outlive_the_next_vllm(recordings: Mapping[str, Recording]) -> None:
    for path in MANAGED:
        assert bump_findings(chain_of(recordings[stack_name(path)]), VLLM, "0.32.0") == []


SETTINGS: dict[str, tuple[dict[str, Any], str, str]] = {
    "statistics off": (
        {"extraArgs": ["--disable-log-stats"]},
        "servers.llama.autoscaling.metric",
        "--disable-log-stats takes vllm:num_requests_waiting off the page",
    ),
    "another port": ({"extraArgs": ["--port", "9000"]}, "servers.llama", "serves its metrics on 9000"),
    "another port, last of several": (
        {"extraArgs": ["--port=8000", "--port=9000"]},
        "servers.llama",
        "serves its metrics on 9000",
    ),
    "a share that the tolerance swallows": (
        {
            "autoscaling": {
                "metric": {"signal": "kv-cache-use", "target": 0.95},
                "minReplicas": 1,
                "maxReplicas": 2,
            }
        },
        "servers.llama.autoscaling.metric",
        "a target of 0.95 is never passed",
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_break_the_chain_are_refused(name: str) -> None:
    change, path, message = SETTINGS[name]
    stack = yaml.safe_load(next(path for path in MANAGED if stack_name(path) == "gke-tpu").read_text())
    raw = stack["config"]["slipway:stack"]
    raw["servers"]["llama"] |= change
    [finding] = signal_findings(judged_beforehand(TypeAdapter[Stack](AnyStack).validate_python(raw)))
    assert finding.path == path
    assert message in finding.message
    assert finding.remedy
