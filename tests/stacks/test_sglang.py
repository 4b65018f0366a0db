"""SGLang on GPUs: what its servers become, what a person may add to them, and what is refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from offline import Recording, record
from slipway.checks import Finding
from slipway.checks.fit.engines.sglang import default_share
from tests.stacks.edits import Deploy, Edit, Refuse, Stack
from tests.stacks.lookup import one

STACK = "eks-sglang"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
POD_MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"


@pytest.fixture(scope="module")
def sglang() -> Recording:
    return record(Path(__file__).parents[2] / "stacks" / f"Pulumi.{STACK}.yaml")


def adding(**further: Any) -> Edit:
    return lambda stack: stack["servers"]["qwen"].update(further)


def container_of(recording: Recording) -> dict[str, Any]:
    [container] = one(recording, DEPLOYMENT, "qwen").inputs["spec"]["template"]["spec"]["containers"]
    return container


def codes(found: Mapping[str, Finding]) -> set[tuple[str, str]]:
    return {(path, finding.code) for path, finding in found.items()}


def flags_of(recording: Recording) -> dict[str, str]:
    words = container_of(recording)["command"]
    assert words[:3] == ["python3", "-m", "sglang.launch_server"]
    return dict(word.partition("=")[::2] for word in words[3:])


def test_the_engine_is_told_what_the_stack_file_says(sglang: Recording) -> None:
    share = default_share(sglang.judged.servers["qwen"].replica)  # pyright: ignore[reportArgumentType]
    assert 0.8 < share < 0.9
    assert flags_of(sglang) == {
        "--model-path": "Qwen/Qwen3-8B",
        "--host": "0.0.0.0",
        "--port": "30000",
        "--served-model-name": "Qwen/Qwen3-8B",
        "--download-dir": "/models",
        "--tp-size": "1",
        "--context-length": "16384",
        "--max-running-requests": "64",
        "--chunked-prefill-size": "4096",
        "--mem-fraction-static": f"{share:g}",
        "--enable-metrics": "",
    }


def test_what_a_person_sets_stands_in_place_of_the_engines_own_rule(deployed: Deploy) -> None:
    args = {
        "memoryUtilization": 0.7,
        "kvCacheDtype": "fp8",
        "servedModelName": "chat",
        "extraArgs": ["--log-level=warning"],
    }
    flags = flags_of(deployed(adding(**args), stack=STACK))
    assert (flags["--mem-fraction-static"], flags["--kv-cache-dtype"]) == ("0.7", "fp8_e4m3")
    assert (flags["--served-model-name"], flags["--log-level"]) == ("chat", "warning")


def test_a_pod_says_where_it_keeps_files_and_what_it_takes(sglang: Recording) -> None:
    container = container_of(sglang)
    env = {each["name"]: each["value"] for each in container["env"]}
    assert env["SGLANG_CACHE_DIR"] == "/models/.compiled/v0.5.23"
    assert env["HF_TOKEN_PATH"].endswith("/token")
    assert container["image"] == "docker.io/lmsysorg/sglang:v0.5.23"
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {"/dev/shm", "/models"} <= mounts


def test_a_probe_waits_for_the_token_that_health_generates_and_a_stopping_pod_drains(sglang: Recording) -> None:
    spec, container = one(sglang, DEPLOYMENT, "qwen").inputs["spec"]["template"]["spec"], container_of(sglang)
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[name]["httpGet"] == {"path": "/health", "port": "http"}
        assert container[name]["timeoutSeconds"] >= 5
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert spec["terminationGracePeriodSeconds"] > sleep + 120


def test_the_autoscaler_follows_requests_in_the_queue_of_the_page_that_is_scraped(sglang: Recording) -> None:
    [metric] = one(sglang, AUTOSCALER, "qwen").inputs["spec"]["metrics"]
    assert metric["pods"]["metric"]["name"] == "sglang:num_queue_reqs"
    [endpoint] = one(sglang, POD_MONITOR, "qwen").inputs["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http", "/metrics")
    assert container_of(sglang)["ports"] == [{"containerPort": 30000, "name": "http"}]


def test_it_scales_on_its_cache_by_keda_too(deployed: Deploy) -> None:
    def by_cache(stack: Stack) -> None:
        stack["monitoring"] = {"actuator": {"type": "keda"}}
        stack["servers"]["qwen"]["autoscaling"]["metric"] = {"signal": "kv-cache-use", "target": 0.8}

    [scaled] = deployed(by_cache, stack=STACK).of("kubernetes:keda.sh/v1alpha1:ScaledObject")
    [trigger] = scaled.inputs["spec"]["triggers"]
    assert "sglang:token_usage" in trigger["metadata"]["query"]
    assert trigger["metadata"]["threshold"] == "0.8"


def test_a_dashboard_and_an_alert_show_its_cache(sglang: Recording) -> None:
    [board] = [
        each for each in sglang.of("kubernetes:core/v1:ConfigMap") if "dashboard" in each.inputs["metadata"]["name"]
    ]
    [text] = board.inputs["data"].values()
    assert "sglang:token_usage" in text
    [alerts] = sglang.of("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
    rules = {rule["alert"]: rule["expr"] for group in alerts.inputs["spec"]["groups"] for rule in group["rules"]}
    assert "sglang:token_usage" in rules["KvCacheNearlyFull"]


ADDED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a key's flag": ({"extraArgs": ["--context-length=4096"]}, "extraArgs", "owned"),
    "the short form of a key's flag": ({"extraArgs": ["--tp", "2"]}, "extraArgs", "owned"),
    "metrics": ({"extraArgs": ["--enable-metrics"]}, "extraArgs", "owned"),
    "another port": ({"extraArgs": ["--port=8000"]}, "extraArgs", "listening"),
    "loopback": ({"extraArgs": ["--host", "127.0.0.1"]}, "extraArgs", "listening"),
    "gRPC": ({"extraArgs": ["--grpc-mode"]}, "extraArgs", "listening"),
    "half of a request": ({"extraArgs": ["--disaggregation-mode=prefill"]}, "extraArgs", "listening"),
    "every worker's series": ({"extraArgs": ["--enable-metrics-for-all-schedulers"]}, "extraArgs", "listening"),
    "a cache in main memory": ({"extraArgs": ["--enable-hierarchical-cache"]}, "extraArgs", "memory"),
    "copies of the model": ({"extraArgs": ["--dp-size=2"]}, "extraArgs", "memory"),
    "a key in clear text": ({"extraArgs": ["--api-key=abc"]}, "extraArgs", "secret"),
    "a file": ({"extraArgs": ["--config", "/more.yaml"]}, "extraArgs", "file"),
    "a flag that there is none of": ({"extraArgs": ["--disable-radix-cash"]}, "extraArgs", "unknown"),
    "a variable that drops requests": ({"env": {"SGL_FORCE_SHUTDOWN": "1"}}, "env.SGL_FORCE_SHUTDOWN", "listening"),
    "the folder of compiled kernels": ({"env": {"SGLANG_CACHE_DIR": "/tmp"}}, "env.SGLANG_CACHE_DIR", "owned"),
    "a variable that there is none of": ({"env": {"SGLANG_ENABLE_TORCH_COMPLIE": "1"}}, "env", "unknown"),
}


@pytest.mark.parametrize("name", ADDED)
def test_what_undoes_a_key_or_what_was_judged_is_refused(name: str, refused: Refuse) -> None:
    further, place, kind = ADDED[name]
    found = refused(adding(**further), stack=STACK)
    assert {code for path, code in codes(found) if path.startswith(f"servers.qwen.{place}")} == {f"arguments.{kind}"}


def test_a_misspelt_flag_is_told_what_is_nearest(refused: Refuse) -> None:
    found = refused(adding(extraArgs=["--disable-radix-cash"]), stack=STACK)
    assert "--disable-radix-cache" in found["servers.qwen.extraArgs"].remedy


def test_harmless_arguments_and_variables_reach_the_pod(deployed: Deploy) -> None:
    given = {"extraArgs": ["--disable-radix-cache"], "env": {"SGLANG_HEALTH_CHECK_TIMEOUT": "10"}}
    container = container_of(deployed(adding(**given), stack=STACK))
    assert container["command"][-1] == "--disable-radix-cache"
    assert {"name": "SGLANG_HEALTH_CHECK_TIMEOUT", "value": "10"} in container["env"]


def test_another_image_is_judged_as_the_pinned_one_and_said_to_be(deployed: Deploy) -> None:
    recording = deployed(adding(image="registry.example.com/sglang:v0.5.20-ours"), stack=STACK)
    assert container_of(recording)["image"] == "registry.example.com/sglang:v0.5.20-ours"
    [finding] = [each for each in recording.findings if each.code == "arguments.image"]
    assert "is SGLang 0.5.20-ours" in finding.message


def test_a_model_that_does_not_fit_is_refused_with_a_way_out(refused: Refuse) -> None:
    found = refused(adding(model="Qwen/Qwen3-32B"), stack=STACK)["servers.qwen"]
    assert found.code == "fit.memory"
    assert "never measured with SGLang" in found.message
    assert "any of these fits" in found.remedy


def test_a_share_that_leaves_too_little_to_the_rest_is_a_warning(deployed: Deploy) -> None:
    recording = deployed(adding(memoryUtilization=0.95), stack=STACK)
    [finding] = [each for each in recording.findings if each.code == "fit.static-memory"]
    assert "use at most 0.8" in finding.remedy


def test_it_does_not_run_on_tpus(refused: Refuse) -> None:
    found = refused(lambda stack: stack["servers"]["llama"].update(engine="sglang"), stack="gke-tpu")
    assert found["servers.llama.pool"].code == "servers.chips"


def test_a_public_server_takes_its_key_from_a_secret(deployed: Deploy) -> None:
    public = {
        "type": "public-alb",
        "sourceRanges": ["203.0.113.0/24"],
        "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    }
    key = {"slipway:apiKey": {"secure": "AAABAFakeCiphertextOfAKey"}}
    container = container_of(deployed(adding(exposure=public), stack=STACK, config=key))
    assert container["command"][-1] == "--api-key=$(SLIPWAY_API_KEY)"
    [variable] = [each for each in container["env"] if each["name"] == "SLIPWAY_API_KEY"]
    assert variable["valueFrom"]["secretKeyRef"]["key"] == "key"


def test_it_runs_on_gpus_of_another_cluster_with_weights_in_a_bucket(deployed: Deploy) -> None:
    recording = deployed(lambda stack: stack["servers"]["llama-8b"].update(engine="sglang"), stack="gke-gpu")
    spec = one(recording, DEPLOYMENT, "llama-8b").inputs["spec"]["template"]["spec"]
    assert any("csi" in volume for volume in spec["volumes"])
    [metric] = one(recording, AUTOSCALER, "llama-8b").inputs["spec"]["metrics"]
    assert metric["pods"]["metric"]["name"] == "prometheus.googleapis.com|sglang:num_queue_reqs|gauge"
    boards = " ".join(board.inputs["dashboardJson"] for board in recording.of("gcp:monitoring/dashboard:Dashboard"))
    assert "sglang:token_usage" in boards


def test_steps_for_which_the_engine_leaves_itself_no_memory_are_refused_with_numbers(refused: Refuse) -> None:
    found = refused(adding(maxNumBatchedTokens=2**20), stack=STACK)
    assert codes(found) == {("servers.qwen", "fit.memory")}
