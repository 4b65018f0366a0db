"""NIM made by NVIDIA's operator. Docstrings name the traps that a test guards against."""

from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording, Resource
from tests.invariants.objects import AUTOSCALER, RELEASE, reached
from tests.stacks.edits import Edit, Refuse

CACHE = "kubernetes:apps.nvidia.com/v1alpha1:NIMCache"
SERVICE = "kubernetes:apps.nvidia.com/v1alpha1:NIMService"
MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"


@pytest.fixture(scope="module")
def operated(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-nim-operator"]


def one(recording: Recording, kind: str, name: str) -> Resource:
    [found] = [resource for resource in recording.of(kind) if resource.name == name]
    return found


def spec(recording: Recording, kind: str, name: str) -> dict[str, Any]:
    return one(recording, kind, name).inputs["spec"]


def test_f1_the_operators_autoscaler_is_the_only_writer_of_replicas(operated: Recording) -> None:
    """Trap 18: the operator refuses `replicas` beside `scale`, and deletes other autoscalers of the server's name."""
    assert not operated.of(AUTOSCALER)
    for name in ("older", "newer"):
        assert "replicas" not in spec(operated, SERVICE, name)
        assert spec(operated, SERVICE, name)["scale"]["enabled"] is True


def test_the_intent_is_that_of_a_server_of_our_own(operated: Recording, recordings: Mapping[str, Recording]) -> None:
    [ours] = [one.inputs["spec"] for one in recordings["eks-nim"].of(AUTOSCALER)]
    theirs = spec(operated, SERVICE, "older")["scale"]["hpa"]
    assert theirs["behavior"] == ours["behavior"]
    assert theirs["metrics"][0]["pods"]["target"] == ours["metrics"][0]["pods"]["target"]
    assert (theirs["minReplicas"], theirs["maxReplicas"]) == (1, 3)


def test_the_generation_of_nim_decides_the_series(operated: Recording) -> None:
    """Trap 14."""
    names = {
        name: spec(operated, SERVICE, name)["scale"]["hpa"]["metrics"][0]["pods"]["metric"]["name"]
        for name in ("older", "newer")
    }
    assert names == {"older": "gpu_cache_usage_perc", "newer": "vllm:num_requests_waiting"}
    [adapter] = [each for each in operated.of(RELEASE) if each.inputs["name"] == "prometheus-adapter"]
    served = {rule["name"]["as"] for rule in adapter.inputs["values"]["rules"]["custom"]}
    assert served == set(names.values())


def test_each_pod_is_scraped_once_at_the_operators_port(operated: Recording) -> None:
    """Trap 15."""
    for name in ("older", "newer"):
        [endpoint] = spec(operated, MONITOR, name)["podMetricsEndpoints"]
        assert (endpoint["port"], endpoint["path"]) == ("api", "/v1/metrics")
        assert "metrics" not in spec(operated, SERVICE, name)


def test_a_model_is_kept_once_for_all_replicas(operated: Recording) -> None:
    """Trap 29: a volume that one node mounts would keep the others without a model."""
    volume = spec(operated, CACHE, "newer-cache")["storage"]["pvc"]
    [claim] = operated.of("kubernetes:core/v1:PersistentVolumeClaim")
    assert volume["create"] is False
    assert volume["name"] == claim.state["metadata"]["name"]
    assert volume["subPath"] == "nim/newer"
    made = spec(operated, CACHE, "older-cache")["storage"]["pvc"]
    assert made == {"create": True, "storageClass": "efs", "size": "17Gi", "volumeAccessMode": "ReadWriteMany"}
    for name in ("older", "newer"):
        assert spec(operated, SERVICE, name)["storage"]["nimCache"]["name"] == f"{name}-cache"


def test_only_profiles_that_can_be_served_are_downloaded(operated: Recording) -> None:
    chosen = {name: spec(operated, CACHE, f"{name}-cache")["source"]["ngc"]["model"] for name in ("older", "newer")}
    profile = spec(operated, SERVICE, "older")["storage"]["nimCache"]["profile"]
    assert chosen == {
        "older": {"profiles": [profile]},
        "newer": {"engine": "vllm", "tensorParallelism": "1"},
    }


def test_cache_and_servers_run_on_the_gpu_nodes_and_as_nobody_special(operated: Recording) -> None:
    """Trap 30: the download asks for no GPU, so nothing tolerates the taint for it."""
    for kind, name in ((CACHE, "newer-cache"), (SERVICE, "newer")):
        found = spec(operated, kind, name)
        assert found["nodeSelector"] == {"slipway.dev/pool": "l40s"}
        assert found["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
        assert (found["userID"], found["groupID"]) == (1000, 1000)
    assert spec(operated, SERVICE, "newer")["resources"]["limits"] == {"nvidia.com/gpu": "1"}


def test_secrets_are_named_and_not_shown(operated: Recording) -> None:
    secrets = {one.name: one.state["metadata"]["name"] for one in operated.of("kubernetes:core/v1:Secret")}
    source = spec(operated, CACHE, "newer-cache")["source"]["ngc"]
    assert source["authSecret"] == secrets["eks-nim-operator-ngc-api"]
    assert source["pullSecret"] == secrets["eks-nim-operator-ngc-pull"]
    assert spec(operated, SERVICE, "newer")["image"]["pullSecrets"] == [source["pullSecret"]]
    assert spec(operated, SERVICE, "newer")["authSecret"] == source["authSecret"]


def test_a_persons_variables_are_passed_on(operated: Recording) -> None:
    env = {entry["name"]: entry["value"] for entry in spec(operated, SERVICE, "newer")["env"]}
    assert env == {
        "NIM_SERVED_MODEL_NAME": "meta/llama-3.1-8b-instruct",
        "NIM_MAX_MODEL_LEN": "16384",
        "NIM_LOG_LEVEL": "WARNING",
    }


def test_f16_f17_an_update_waits_for_the_server_longer_than_its_start_may_take(operated: Recording) -> None:
    service = one(operated, SERVICE, "newer")
    assert service.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "jsonpath={.status.state}=Ready"}
    probe = service.inputs["spec"]["startupProbe"]["probe"]
    starts = probe["periodSeconds"] * probe["failureThreshold"]
    assert starts >= 1800
    assert int(service.custom_timeouts["create"].removesuffix("m")) * 60 > starts


def test_f9_f18_the_operator_comes_first_and_goes_last(operated: Recording) -> None:
    [operator] = [each for each in operated.of(RELEASE) if each.inputs["name"] == "nim-operator"]
    assert operator.inputs["values"]["operator"]["admissionController"] == {"enabled": False}
    for resource in [*operated.of(CACHE), *operated.of(SERVICE)]:
        assert operator.urn in reached(operated, resource), resource.urn
    assert one(operated, CACHE, "newer-cache").urn in one(operated, SERVICE, "newer").dependencies


def test_without_such_a_server_there_is_no_operator(recordings: Mapping[str, Recording]) -> None:
    assert "nim-operator" not in {each.inputs["name"] for each in recordings["eks-nim"].of(RELEASE)}


def through_operator(**more: object) -> Edit:
    return lambda stack: stack["servers"]["llama"].update(deployment={"type": "operator", **more})


MISTAKES: dict[str, tuple[list[Edit], str, str, str]] = {
    "two writers of one autoscaler": (
        [through_operator(storageClass="efs"), lambda stack: stack.update(monitoring={"actuator": {"type": "keda"}})],
        "servers.llama.deployment.type",
        "KEDA serves none",
        "write 'workload', or monitoring.actuator.type 'prometheus-adapter'",
    ),
    "a load balancer before a Service that is not ours": (
        [
            through_operator(storageClass="efs"),
            lambda stack: stack["servers"]["llama"].update(exposure={"type": "internal"}),
        ],
        "servers.llama.exposure.type",
        "the operator makes it",
        "write 'cluster' here",
    ),
    "no storage for all replicas": (
        [through_operator()],
        "servers.llama.deployment.storageClass",
        "the stack has no shared storage",
        "name a StorageClass of ReadWriteMany volumes, or add sharedStorage",
    ),
    "a drain that nobody grants": (
        [through_operator(storageClass="efs"), lambda stack: stack["servers"]["llama"].update(drainSeconds=120)],
        "servers.llama.drainSeconds",
        "gives a stopping replica 30 s",
        "leave it out",
    ),
    "a profile that is none": (
        [through_operator(storageClass="efs", profile="vllm-bf16-tp1")],
        "servers.llama.deployment.profile",
        "vllm-bf16-tp1",
        "",
    ),
}
"""A name for each: the edits, the path of the finding, and what its message and its remedy say."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_the_operator_has_no_room_for_is_refused(mistake: str, refused: Refuse) -> None:
    edits, path, message, remedy = MISTAKES[mistake]
    [finding] = refused(*edits, stack="eks-nim").values()
    assert finding.path == path
    assert message in finding.message
    assert remedy in finding.remedy


@pytest.mark.parametrize("suffix", ["load", "load-test", "cache"])
def test_a_server_cannot_be_named_like_pods_of_another(suffix: str, refused: Refuse) -> None:
    """Services, monitors and disruption budgets select pods by that name."""
    found = refused(
        lambda stack: stack["servers"].update({f"llama-{suffix}": stack["servers"]["llama"]}),
        lambda stack: stack["cluster"]["pools"]["l40s"].update(maxNodes=20),
        stack="eks-nim",
    )
    assert list(found) == [f"servers.llama-{suffix}"]
