"""The measurement that a person starts. Docstrings name the traps that a test guards against."""

from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording
from slipway.serving.load_test import GENAI_PERF_IMAGE
from tests.stacks.edits import Refuse

CRON_JOB = "kubernetes:batch/v1:CronJob"


def cron_job(recording: Recording, name: str) -> dict[str, Any]:
    [found] = [resource.inputs["spec"] for resource in recording.of(CRON_JOB) if resource.name == name]
    return found


def container(recording: Recording, name: str) -> dict[str, Any]:
    [found] = cron_job(recording, name)["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    return found


def arguments(recording: Recording, name: str) -> list[str]:
    shell, flag, script, zero, *given = container(recording, name)["command"]
    assert (shell, flag, zero) == ("/bin/sh", "-c", "load-test")
    assert '"$@"' in script
    return given


def value(given: list[str], option: str) -> str:
    return given[given.index(option) + 1]


@pytest.fixture(scope="module")
def nim(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-nim"]


@pytest.fixture(scope="module")
def operated(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-nim-operator"]


def test_nothing_measures_until_somebody_says_so(nim: Recording) -> None:
    job = cron_job(nim, "llama-load-test")
    assert job["suspend"] is True
    assert job["schedule"] == "0 0 31 2 *"
    assert job["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert job["jobTemplate"]["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_the_profile_is_the_articles(nim: Recording) -> None:
    given = arguments(nim, "llama-load-test")
    assert value(given, "--synthetic-input-tokens-mean") == "200"
    assert value(given, "--output-tokens-mean") == "200"
    assert value(given, "--concurrency") == "10,100,200,300,400"
    assert value(given, "--model") == "meta/llama-3.1-8b-instruct"
    assert {"min_tokens:200", "ignore_eos:true"} <= set(given)
    env = {entry["name"]: entry["value"] for entry in container(nim, "llama-load-test")["env"]}
    assert env["URL"] == "http://llama.nim.svc:8000"


def test_new_replicas_get_their_share_of_the_load(nim: Recording) -> None:
    """Trap 22: a connection that is kept stays with its pod."""
    assert value(arguments(nim, "llama-load-test"), "--connection-reuse-strategy") == "never"


def test_each_tool_gets_the_options_that_its_release_has(nim: Recording, operated: Recording) -> None:
    """Trap 61."""
    new, old = arguments(nim, "llama-load-test"), arguments(operated, "older-load-test")
    assert container(nim, "llama-load-test")["image"].startswith("docker.io/library/python:3.12")
    assert container(operated, "older-load-test")["image"] == GENAI_PERF_IMAGE
    assert value(old, "--service-kind") == "openai"
    assert value(old, "--measurement-interval") == "60000"
    assert value(new, "--benchmark-duration") == "300"
    assert not {"--service-kind", "--measurement-interval", "--"} & set(new)
    assert not {"--benchmark-duration", "--ui", "--concurrency"} & set(old)
    script = container(operated, "older-load-test")["command"][2]
    assert '"${URL#http://}"' in script
    assert "-- -v --max-threads=256" in script
    env = {entry["name"]: entry["value"] for entry in container(operated, "older-load-test")["env"]}
    assert env["CONCURRENCY"] == "10 400"


def test_a_measurement_takes_no_gpu_and_writes_only_where_it_may(nim: Recording) -> None:
    """Trap 62."""
    found = container(nim, "llama-load-test")
    assert "nvidia.com/gpu" not in found["resources"]["limits"]
    assert found["securityContext"]["readOnlyRootFilesystem"] is True
    assert [mount["mountPath"] for mount in found["volumeMounts"]] == ["/tmp"]
    assert found["workingDir"] == "/tmp"


def test_without_the_key_there_is_none(recordings: Mapping[str, Recording]) -> None:
    assert not recordings["eks-keda"].of(CRON_JOB)


def test_a_tool_that_nobody_knows_is_refused(refused: Refuse) -> None:
    [finding] = refused(
        lambda stack: stack["servers"]["llama"].update(loadTest={"tool": {"type": "locust"}}), stack="eks-nim"
    ).values()
    assert finding.path.startswith("servers.llama.loadTest.tool")
    assert "'locust' is not a choice" in finding.message
