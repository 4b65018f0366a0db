"""What Triton servers become on EKS.

Tests that guard against a failure mode (F) or a trap are named after it or say so.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording, Resource
from slipway.checks.signals.promql import read
from tests.stacks.edits import Deploy, Stack

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
JOB = "kubernetes:batch/v1:Job"
POD_MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"
RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
SERVERS = (("eks-triton", "llama"), ("triton", "parts"), ("triton", "api"), ("triton", "own"))


def one(recording: Recording, kind: str, name: str) -> Resource:
    [found] = [resource for resource in recording.of(kind) if resource.name == name]
    return found


def pod(recording: Recording, name: str) -> dict[str, Any]:
    return one(recording, DEPLOYMENT, name).inputs["spec"]["template"]["spec"]


def server(recording: Recording, name: str) -> dict[str, Any]:
    [container] = pod(recording, name)["containers"]
    return container


def before(recording: Recording, name: str) -> dict[str, dict[str, Any]]:
    """Return the containers that run before a server, by their names, in their order."""
    return {container["name"]: container for container in pod(recording, name).get("initContainers", [])}


def volumes(of: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {volume["name"]: volume for volume in of["volumes"]}


def mounts(container: Mapping[str, Any]) -> dict[str, str]:
    return {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}


def env(container: Mapping[str, Any]) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container["env"]}


def metric(recording: Recording, name: str) -> dict[str, Any]:
    [found] = one(recording, AUTOSCALER, name).inputs["spec"]["metrics"]
    return found["pods"]


def flag(container: Mapping[str, Any], name: str) -> str:
    [value] = [word.partition("=")[2] for word in container["command"] if word.startswith(f"--{name}=")]
    return value


@pytest.fixture(scope="module")
def article(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-triton"]


@pytest.fixture(scope="module")
def choices(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-triton-choices"]


@pytest.fixture(params=SERVERS, ids=lambda param: param[1])
def served(request: pytest.FixtureRequest, article: Recording, choices: Recording) -> tuple[Recording, str]:
    stack, name = request.param
    return (article if stack == "eks-triton" else choices), name


def test_the_article_scales_from_one_to_four_on_its_ratio(article: Recording) -> None:
    spec = one(article, AUTOSCALER, "llama").inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (1, 4)
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "llama"}
    assert metric(article, "llama") == {
        "metric": {"name": "triton:queue_compute:ratio"},
        "target": {"type": "AverageValue", "averageValue": "1"},
    }


def test_a_server_has_three_ports_and_is_scraped_where_its_metrics_are(served: tuple[Recording, str]) -> None:
    recording, name = served
    ports = {port["name"]: port["containerPort"] for port in server(recording, name)["ports"]}
    assert ports == {"http": 8000, "grpc": 8001, "metrics": 8002}
    [endpoint] = one(recording, POD_MONITOR, name).inputs["spec"]["podMetricsEndpoints"]
    assert endpoint == {"port": "metrics", "path": "/metrics", "interval": "15s"}


def test_shared_memory_is_large_enough_for_python_models_and_ranks(served: tuple[Recording, str]) -> None:
    """Trap 28: a container has 64 MiB, and the volume counts as its memory."""
    recording, name = served
    assert mounts(server(recording, name))["dshm"] == "/dev/shm"
    assert volumes(pod(recording, name))["dshm"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "8Gi"}


def test_f01_the_number_of_replicas_is_the_autoscalers(served: tuple[Recording, str]) -> None:
    recording, name = served
    workload = one(recording, DEPLOYMENT, name)
    assert "replicas" not in workload.inputs["spec"]
    assert "spec.replicas" in workload.ignore_changes


def test_f07_config_maps_are_named_anew_with_each_change(served: tuple[Recording, str]) -> None:
    recording, name = served
    for config_map in (each for each in recording.of(CONFIG_MAP) if each.name.startswith(f"{name}-")):
        assert "name" not in config_map.inputs["metadata"]
        assert config_map.inputs["immutable"] is True


def test_f16_a_start_is_given_the_time_of_the_download_and_the_build(article: Recording, choices: Recording) -> None:
    """Trap 27: the guide kills a server that is not live after forty seconds."""
    built, served_as_it_is = server(article, "llama")["startupProbe"], server(choices, "own")["startupProbe"]
    assert built["httpGet"]["path"] == "/v2/health/ready"
    assert built["periodSeconds"] * built["failureThreshold"] > 40 * 60
    assert served_as_it_is["periodSeconds"] * served_as_it_is["failureThreshold"] == 15 * 60
    assert server(article, "llama")["livenessProbe"]["httpGet"]["path"] == "/v2/health/live"


def test_f16_a_service_waits_for_the_pods_behind_it(served: tuple[Recording, str]) -> None:
    recording, name = served
    service = one(recording, "kubernetes:core/v1:Service", name)
    assert one(recording, DEPLOYMENT, name).urn in service.dependencies
    assert {port["name"]: port["port"] for port in service.inputs["spec"]["ports"]} == {"http": 8000, "grpc": 8001}


def test_f22_f21_rules_are_read_and_rated_over_four_scrapes(article: Recording) -> None:
    recorded = one(article, RULE, "eks-triton-recorded").inputs
    monitored = one(article, POD_MONITOR, "llama").inputs["metadata"]["labels"]
    assert recorded["metadata"]["labels"].items() <= monitored.items()
    rules = {rule["record"]: rule["expr"] for group in recorded["spec"]["groups"] for rule in group["rules"]}
    ratio = read(rules["triton:queue_compute:ratio"])
    assert {term.window_seconds for term in ratio.terms} == {60}
    assert {term.series for term in ratio.terms} == {
        "nv_inference_queue_duration_us",
        "nv_inference_compute_infer_duration_us",
    }


def test_f23_a_ratio_leaves_out_what_waits_behind_another_model(article: Recording, choices: Recording) -> None:
    """The times of an engine behind a gate are those of handing requests over, and would hide that nothing waits."""
    rules = one(article, RULE, "eks-triton-recorded").inputs["spec"]["groups"][0]["rules"]
    ratio = next(rule["expr"] for rule in rules if rule["record"] == "triton:queue_compute:ratio")
    assert all(term.matchers == {"_behind": ""} for term in read(ratio).terms)
    assert before(article, "llama")["repository"]["command"].count("--behind") == 1
    models = one(choices, CONFIG_MAP, "api-models").inputs["data"]
    assert 'key: "behind"\n  value: "llm"' in models["tensorrt__llm_.config.pbtxt"]
    assert "behind" not in models["llm_.config.pbtxt"]


def test_f27_the_token_is_a_file_of_the_container_that_downloads(article: Recording, choices: Recording) -> None:
    """Nobody who gets into the server finds it there. Trap 45."""
    weights = before(article, "llama")["weights"]
    assert env(weights) == {"HF_TOKEN_PATH": "/var/run/secrets/huggingface/token", "HF_HUB_DISABLE_XET": "1"}
    assert mounts(weights)["hugging-face-token"] == "/var/run/secrets/huggingface"
    assert "hugging-face-token" not in mounts(server(article, "llama"))
    assert volumes(pod(article, "llama"))["hugging-face-token"]["secret"]["items"] == [
        {"key": "password", "path": "token"}
    ]
    assert "hugging-face-token" not in volumes(pod(choices, "api")), "the model is not gated"


def test_f32_a_stopping_server_finishes_its_requests(served: tuple[Recording, str]) -> None:
    """Trap 59: with equal grace and exit timeout of 30 s, generations are cut."""
    recording, name = served
    container, grace = server(recording, name), pod(recording, name)["terminationGracePeriodSeconds"]
    waits = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    if container["command"][0] == "mpirun":
        assert waits == 20 + 300, "it kills its processes soon after SIGTERM, so they finish before it"
        assert grace == waits + 30
    else:
        assert waits == 20
        assert grace == waits + int(flag(container, "exit-timeout-secs")) + 30


def test_an_image_is_pulled_with_the_key_of_ngc(served: tuple[Recording, str]) -> None:
    """Trap 66."""
    recording, name = served
    [secret] = pod(recording, name)["imagePullSecrets"]
    assert secret["name"] == "ngc-pull" or secret["name"].startswith("triton-choices-ngc-pull")


def test_without_shared_storage_each_replica_builds_its_engine_on_its_node(article: Recording) -> None:
    """Traps 25, 26 and 48."""
    assert not article.of(JOB)
    assert list(before(article, "llama")) == ["weights", "repository"]
    weights = before(article, "llama")["weights"]
    assert weights["command"][:2] == ["python3", "/scripts/build_engine.py"]
    assert weights["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    disk = volumes(pod(article, "llama"))["models"]["emptyDir"]["sizeLimit"]
    assert weights["resources"]["requests"]["ephemeral-storage"] == disk
    assert {mounts(each)["models"] for each in (weights, server(article, "llama"))} == {"/models"}


def test_on_shared_storage_one_job_builds_the_engine_before_the_server_starts(choices: Recording) -> None:
    """Trap 29."""
    jobs = {job.name: job for job in choices.of(JOB)}
    assert jobs.keys() == {"parts-weights", "api-weights"}
    build = jobs["parts-weights"]
    [container] = build.inputs["spec"]["template"]["spec"]["containers"]
    assert container["command"][:2] == ["python3", "/scripts/build_engine.py"]
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "2"}
    assert container["image"] == server(choices, "parts")["image"]
    assert build.urn in one(choices, DEPLOYMENT, "parts").dependencies
    assert list(before(choices, "parts")) == ["repository"]
    assert mounts(server(choices, "parts"))["shared"] == mounts(container)["shared"]
    assert f"--weights={mounts(container)['shared']}" in container["command"]


def test_f08_a_job_is_made_anew_rather_than_changed(choices: Recording) -> None:
    assert all("name" not in job.inputs["metadata"] for job in choices.of(JOB))


def test_a_download_needs_no_gpu_and_finds_a_node(choices: Recording) -> None:
    """A job on nodes with a taint has to tolerate it by itself: it asks for no GPU."""
    spec = one(choices, JOB, "api-weights").inputs["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert container["command"] == [
        "python3",
        "/scripts/checkpoint.py",
        "--weights=/shared",
        "--model=Qwen/Qwen3-8B",
    ]
    assert container["resources"]["limits"].keys() == {"memory"}
    assert spec["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def test_every_part_of_an_engine_has_a_server_with_ports_and_memory_of_its_own(choices: Recording) -> None:
    """Trap 55."""
    command = server(choices, "parts")["command"]
    assert command[:4] == ["mpirun", "--allow-run-as-root", "-n", "1"]
    first, second = " ".join(command).split(" : ")
    assert "--http-port" not in first
    assert "shm-region-prefix-name=rank0_" in first
    for word in (
        "--http-port=8010",
        "--grpc-port=8011",
        "--allow-metrics=false",
        "--load-model=tensorrt_llm",
        "=rank1_",
    ):
        assert word in second


def test_the_front_decides_which_models_are_made_and_which_signal_tells_of_load(
    article: Recording, choices: Recording
) -> None:
    """Trap 11: the batcher takes every request at once, so that its own count of those that wait is followed."""
    for recording, name, front in ((article, "llama", "tensorrt_llm_bls"), (choices, "parts", "ensemble")):
        command = before(recording, name)["repository"]["command"]
        made = command[command.index("--models") + 1 :]
        assert made == [front, "preprocessing", "postprocessing", "tensorrt_llm"]
        assert env(server_load(recording, name))["REQUEST_PATH"] == f"/v2/models/{front}/generate"
    assert metric(choices, "parts")["metric"]["name"] == "triton:waiting_requests:sum"
    values = json.loads(flag(before(article, "llama")["repository"], "values"))
    assert (values["bls_instance_count"], values["triton_max_batch_size"]) == ("8", "8")


def server_load(recording: Recording, name: str) -> dict[str, Any]:
    [container] = pod(recording, f"{name}-load")["containers"]
    return container


def test_clients_speak_the_endpoint_of_what_is_served(article: Recording, choices: Recording) -> None:
    """Trap 56."""
    asked = {
        name: (
            env(server_load(recording, name))["REQUEST_PATH"],
            json.loads(env(server_load(recording, name))["REQUEST"]),
        )
        for recording, name in ((article, "llama"), (choices, "api"), (choices, "own"))
    }
    assert asked["llama"] == (
        "/v2/models/tensorrt_llm_bls/generate",
        {"text_input": "Write a story about San Francisco.", "max_tokens": 200},
    )
    assert asked["api"][0] == "/v2/models/llm/generate"
    assert asked["api"][1]["sampling_param_max_tokens"] == 100
    assert asked["own"] == ("/v2/models/echo/generate", {"text": "hello"})
    script = server_load(article, "llama")["command"][-1]
    assert '"$URL$REQUEST_PATH"' in script


def test_the_llm_api_runs_code_of_the_image_with_arguments_of_the_stack(choices: Recording) -> None:
    repository = before(choices, "api")["repository"]
    links = json.loads(flag(repository, "links"))
    assert links == {
        f"tensorrt_llm/1/{file}": f"/app/all_models/llmapi/tensorrt_llm/1/{file}" for file in ("model.py", "helpers.py")
    }
    models = one(choices, CONFIG_MAP, "api-models").inputs["data"]
    arguments = models["tensorrt__llm_.1_.model.yaml"]
    for line in ("model: /shared/checkpoints/Qwen/Qwen3-8B", "max_seq_len: 8192", "enable_chunked_prefill: true"):
        assert line in arguments
    assert "count: 16" in models["llm_.config.pbtxt"]


def test_each_model_is_a_volume_of_its_own_from_which_the_repository_is_put_together(choices: Recording) -> None:
    config_map = one(choices, CONFIG_MAP, "own-models")
    volume = volumes(pod(choices, "own"))["model-echo"]["configMap"]
    assert {item["path"]: config_map.inputs["data"][item["key"]] for item in volume["items"]}.keys() == {
        "config.pbtxt",
        "1/model.py",
    }
    assert mounts(before(choices, "own")["repository"])["model-echo"] == "/files/echo"


def test_the_flags_of_a_repositorys_server(choices: Recording) -> None:
    assert server(choices, "own")["command"] == [
        "tritonserver",
        "--model-repository=/repository",
        "--exit-timeout-secs=120",
        "--model-control-mode=explicit",
        "--load-model=echo",
        "--rate-limit=execution_count",
        "--cache-config=local,size=67108864",
        "--log-verbose=1",
        "--allow-gpu-metrics=false",
    ]
    assert server(choices, "own")["image"] == "nvcr.io/nvidia/tritonserver:24.10-py3"


def test_another_file_rolls_the_pods_and_the_same_files_do_not(article: Recording, deployed: Deploy) -> None:
    def shorter(stack: Stack) -> None:
        stack["servers"]["llama"]["serving"]["repository"]["maxModelLen"] = 256

    def annotations(recording: Recording) -> dict[str, str]:
        return one(recording, DEPLOYMENT, "llama").inputs["spec"]["template"]["metadata"]["annotations"]

    same, again = deployed(stack="eks-triton-llama2"), deployed(shorter, stack="eks-triton-llama2")
    assert annotations(same) == annotations(deployed(stack="eks-triton-llama2"))
    assert annotations(same) != annotations(again)


def test_memory_holds_the_build_of_the_engine(article: Recording) -> None:
    """Traps 25 and 58: a build keeps the weights and the serialised engine in main memory."""
    requests = before(article, "llama")["weights"]["resources"]["requests"]
    assert int(requests["memory"].removesuffix("Gi")) > 2 * 12.6


def test_a_server_that_downloads_nothing_secret_needs_no_token(deployed: Deploy) -> None:
    def own(stack: Stack) -> None:
        told = {
            "source": "directory",
            "path": "tests/stacks/repositories/echo",
            "entry": "echo",
            "request": {"text": "a"},
        }
        stack["servers"]["llama"]["serving"] = {"route": "model-repository", "repository": told}
        del stack["huggingFace"]

    recording = deployed(own, stack="eks-triton-llama2")
    assert not recording.of("kubernetes:core/v1:Secret")
    assert list(before(recording, "llama")) == ["repository"]
