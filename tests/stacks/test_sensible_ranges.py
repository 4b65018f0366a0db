"""A number that makes no sense beside another one is refused, in the words of the engine's own keys."""

from typing import Any

import pytest

from tests.stacks.edits import Deploy, Edit, Refuse, Stack

TOKEN = {"slipway:huggingFaceToken": {"secure": "AAABAFakeCiphertextOfAToken"}}


def llama(stack: Stack) -> Stack:
    return stack["servers"]["llama"]


def adding(**further: Any) -> Edit:
    return lambda stack: llama(stack).update(further)


def within(block: str, **further: Any) -> Edit:
    return lambda stack: llama(stack)[block].update(further)


def vllm_on_gpus(**further: Any) -> Edit:
    def edit(stack: Stack) -> None:
        kept = {key: llama(stack)[key] for key in ("model", "pool", "maxModelLen", "autoscaling")}
        limits = {"engine": "vllm", "tensorParallel": 1, "maxNumSeqs": 64, "maxNumBatchedTokens": 2048}
        stack["servers"]["llama"] = kept | limits | further

    return edit


CASES: dict[str, tuple[str, Edit, str, str]] = {
    "fewer tokens than requests, of Triton": (
        "eks-triton",
        within("serving", maxNumTokens=4),
        "serving.maxNumTokens",
        "lower maxBatchSize",
    ),
    "fewer tokens than requests, of TensorRT-LLM": (
        "eks-h200",
        within("route", maxNumBatchedTokens=4),
        "route.maxNumBatchedTokens",
        "lower maxNumSeqs",
    ),
    "a step of a billion tokens on TPU": (
        "gke-tpu",
        adding(maxNumBatchedTokens=10**9),
        "maxNumBatchedTokens",
        "write 1048576 or less",
    ),
    "more memory than is free": (
        "eks-nim",
        vllm_on_gpus(memoryUtilization=0.995),
        "memoryUtilization",
        "use at most 0.98",
    ),
    "clients that ask for more than there is": (
        "eks-nim",
        adding(loadClients={"maxTokens": 16384}),
        "loadClients.maxTokens",
        "fewer",
    ),
    "a test that asks for more than there is": (
        "eks-nim",
        adding(loadTest={"tool": {"type": "aiperf"}, "inputTokens": 16000, "outputTokens": 500}),
        "loadTest.outputTokens",
        "fewer",
    ),
    "a benchmark that asks for more than there is": (
        "eks-h200",
        adding(benchmark={"answerTokens": 32769}),
        "benchmark.answerTokens",
        "fewer",
    ),
    "Triton's clients": (
        "eks-triton",
        adding(loadClients={"maxTokens": 1024}),
        "loadClients.maxTokens",
        "fewer",
    ),
    "a billion connections of a client": (
        "gke-tpu",
        adding(loadClients={"concurrency": 10**9}),
        "loadClients.concurrency",
        "write 10000 or less",
    ),
    "a name of a blank": ("gke-tpu", adding(servedModelName=" "), "servedModelName", "write servedModelName: llama"),
    "an image of another model": (
        "eks-nim",
        adding(image="registry.example.com/mirror/llama-3.3-70b-instruct"),
        "model",
        "write meta-llama/Llama-3.3-70B-Instruct, or the image of meta-llama/Llama-3.1-8B-Instruct",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_number_that_makes_no_sense_is_refused_at_its_key(case: str, refused: Refuse) -> None:
    stack, edit, path, remedy = CASES[case]
    found = refused(edit, stack=stack, config=TOKEN)
    assert remedy in found[f"servers.llama.{path}"].remedy


@pytest.mark.parametrize(
    ("stack", "requests", "late"),
    [("gke-tpu", 1280, False), ("gke-tpu", 1281, True), ("eks-h200", 500, True)],
)
def test_a_queue_of_many_batches_is_a_late_signal(stack: str, requests: int, late: bool, deployed: Deploy) -> None:
    metric = {"signal": "waiting-requests", "target": requests}
    recording = deployed(lambda raw: llama(raw)["autoscaling"].update(metric=metric), stack=stack)
    assert ("signals.late" in {finding.code for finding in recording.findings}) == late


def test_a_cache_of_answers_takes_main_memory_that_no_node_may_have(refused: Refuse) -> None:
    edit = within("serving", flags={"responseCacheMib": 10**6})
    found = refused(edit, stack="eks-triton-llama2")
    assert any("GiB of main memory" in finding.message for finding in found.values()), found


def test_a_cache_of_answers_is_asked_for_with_the_pod(deployed: Deploy) -> None:
    def memory(*edits: Edit) -> int:
        [pod] = [
            each.inputs["spec"]["template"]["spec"]["containers"][0]
            for each in deployed(*edits, stack="eks-triton-llama2").of("kubernetes:apps/v1:Deployment")
            if each.inputs["metadata"]["name"] == "llama"
        ]
        return int(pod["resources"]["requests"]["memory"].removesuffix("Gi"))

    assert memory(within("serving", flags={"responseCacheMib": 8192})) == memory() + 8


def test_a_shorter_context_is_offered_where_triton_does_not_fit(refused: Refuse) -> None:
    edit = within("serving", model="meta-llama/Llama-3.1-8B-Instruct", maxModelLen=131072)
    found = refused(edit, stack="eks-triton")
    assert "maxModelLen: " in found["servers.llama.serving"].remedy


def test_a_context_beyond_the_models_positions_is_never_offered(refused: Refuse) -> None:
    found = refused(within("serving", maxModelLen=100_000), stack="eks-triton")
    assert found["servers.llama.serving.maxModelLen"].remedy == "use at most 4096"
    assert "maxModelLen: 4096" in found["servers.llama.serving"].remedy


def test_a_server_has_no_name_of_what_downloads_anothers_weights(refused: Refuse) -> None:
    def edit(stack: Stack) -> None:
        stack["servers"]["llama-weights"] = llama(stack)
        stack["cluster"]["pools"]["v6e"]["maxNodes"] = 4

    [finding] = refused(edit).values()
    assert finding.path == "servers.llama-weights"
