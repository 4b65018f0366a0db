"""Quotas, reservations, adapters, drivers and number formats, as a person meets them in a stack file."""

from typing import Any

import pytest

from offline import Recording
from offline.summary import summary
from tests.stacks.edits import Deploy, Edit, Refuse, Stack

TOKEN = {"slipway:huggingFaceToken": {"secure": "AAABAFakeCiphertextOfAToken"}}
LORA: dict[str, Any] = {"maxAdapters": 4, "maxRank": 64}


def by_vllm(**server: Any) -> Edit:
    """Serve by vLLM on the GPUs of `eks-nim`."""

    def edit(stack: Stack) -> None:
        kept = {key: stack["servers"]["llama"][key] for key in ("model", "pool", "maxModelLen", "autoscaling")}
        limits = {"engine": "vllm", "tensorParallel": 1, "maxNumSeqs": 64, "maxNumBatchedTokens": 2048}
        stack["servers"]["llama"] = kept | limits | server

    return edit


def command(recording: Recording) -> list[str]:
    [workload] = [
        one for one in recording.of("kubernetes:apps/v1:Deployment") if one.inputs["metadata"]["name"] == "llama"
    ]
    return workload.inputs["spec"]["template"]["spec"]["containers"][0]["command"]


def pool(stack: Stack) -> Stack:
    return stack["cluster"]["pools"][next(iter(stack["cluster"]["pools"]))]


def reserved(stack: Stack, **more: Any) -> None:
    pool(stack)["capacity"] = {"type": "reservation", **more}


MISTAKES: dict[str, tuple[str, Edit, str, str, str]] = {
    "a machine twice": (
        "eks-nim",
        lambda stack: stack["cluster"]["pools"]["l40s"].update(instanceType=["g6e.xlarge", "g6e.xlarge"]),
        "cluster.pools.l40s.instanceType",
        "names a machine twice",
        "name each once",
    ),
    "more vCPUs than the quota": (
        "eks-nim",
        lambda stack: stack.update(quota={"onDemandGAndVt": 32}),
        "quota.onDemandGAndVt",
        "40 vCPUs are taken at most (l40s 10 x 4), and 'Running On-Demand G and VT instances' allows 32",
        "have it raised to 40 (Service Quotas, ec2, L-DB2E81BA)",
    ),
    "more system nodes than the quota": (
        "eks-nim",
        lambda stack: stack.update(quota={"onDemandStandard": 8}),
        "quota.onDemandStandard",
        "(systemPool 4 x 4)",
        "L-1216C47A",
    ),
    "more chips than the quota": (
        "gke-tpu",
        lambda stack: stack.update(quota={"onDemandTpuV6E": 8}),
        "quota.onDemandTpuV6E",
        "16 chips are taken at most (v6e 2 x 8), and 'TPUS_PER_TPU_FAMILY (CT6E)' allows 8",
        "lower maxNodes, or have it raised to 16",
    ),
    "more nodes than a reservation of EC2": (
        "eks-nim",
        lambda stack: (reserved(stack, id="cr-0123456789abcdef0", nodes=4), pool(stack).update(zones=["us-east-1a"])),
        "cluster.pools.l40s.maxNodes",
        "10 nodes are more than the 4 of the reservation",
        "write 4",
    ),
    "more nodes than a reservation of TPUs": (
        "gke-tpu",
        lambda stack: reserved(stack, name="tpus", nodes=1),
        "cluster.pools.v6e.maxNodes",
        "2 nodes are more than the 1 of the reservation",
        "write 1",
    ),
    "a quota that there is none of": (
        "gke-tpu",
        lambda stack: stack.update(quota={"onDemandTpuV6": 16}),
        "quota.onDemandTpuV6",
        "is not a key here",
        "'onDemandTpuV6E'",
    ),
    "adapters on TPU": (
        "gke-tpu",
        lambda stack: stack["servers"]["llama"].update(lora=LORA),
        "servers.llama.lora",
        "vLLM on TPU has no adapters whose memory is known",
        "merge the adapter",
    ),
    "a rank that vLLM does not have": (
        "eks-nim",
        by_vllm(lora=LORA | {"maxRank": 24}),
        "servers.llama.lora.maxRank",
        "24 is not a choice",
        "32",
    ),
    "adapters of a block that is not known": (
        "eks-nim",
        by_vllm(model="openai/gpt-oss-20b", lora=LORA),
        "servers.llama.lora",
        "adapters are known for gemma2",
        "leave it out",
    ),
    "adapters of experts": (
        "eks-nim",
        by_vllm(model="Qwen/Qwen3-30B-A3B", lora=LORA),
        "servers.llama.lora.targets",
        "the adapters of experts are not known",
        "leave the feed-forward layers out",
    ),
    "adapters that leave no room": (
        "eks-nim",
        by_vllm(lora=LORA | {"maxAdapters": 64, "maxRank": 128}),
        "servers.llama",
        "adapters 44.04 GiB",
        "a pool of p5.4xlarge",
    ),
    "an argument that undoes a key, on GPUs": (
        "eks-nim",
        by_vllm(extraArgs=["--max_model_len=131072"]),
        "servers.llama.extraArgs",
        "--max-model-len comes after what the stack file says of it",
        "write maxModelLen instead",
    ),
    "an argument that undoes a key, on TPU": (
        "gke-tpu",
        lambda stack: stack["servers"]["llama"].update(extraArgs=["-tp", "4"]),
        "servers.llama.extraArgs",
        "-tp comes after",
        "write tensorParallel instead",
    ),
    "an FP8 cache on a GPU without FP8": (
        "eks-nim",
        lambda stack: (by_vllm(kvCacheDtype="fp8")(stack), pool(stack).update(instanceType="g5.4xlarge")),
        "servers.llama.kvCacheDtype",
        "NVIDIA-A10G (compute capability 8.6) does not compute in FP8, which begins at 8.9",
        "leave it in 16 bits",
    ),
    "a second driver": (
        "eks-nim",
        lambda stack: stack.update(values={"gpuOperator": {"driver": {"enabled": True}}}),
        "values.gpuOperator.driver.enabled",
        "the nodes' image has driver 580",
        "leave it out",
    ),
    "no device plugin": (
        "eks-nim",
        lambda stack: stack.update(values={"gpuOperator": {"devicePlugin": {"enabled": False}}}),
        "values.gpuOperator.devicePlugin.enabled",
        "nothing tells Kubernetes of the GPUs",
        "leave it out",
    ),
    "a driver that is too old": (
        "existing",
        lambda stack: (by_vllm()(stack), pool(stack).update(driver=570)),
        "servers.llama",
        "its image has CUDA 13.0, and the nodes have driver 570: CUDA 13 needs 580",
        "give the nodes driver 580 or newer (cluster.pools.l40s)",
    ),
    "a driver that the operator installs and that is too old": (
        "existing",
        lambda stack: (
            by_vllm()(stack),
            stack.update(values={"gpuOperator": {"driver": {"enabled": True, "version": "550.144.03"}}}),
        ),
        "servers.llama",
        "the nodes have driver 550",
        "or use an image with older CUDA",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_gives_one_message(mistake: str, refused: Refuse) -> None:
    stack, edit, path, message, remedy = MISTAKES[mistake]
    found = refused(edit, stack=stack, config=TOKEN)
    assert set(found) == {path}
    assert message in found[path].message
    assert remedy in found[path].remedy


def test_what_a_quota_allows_is_no_finding(deployed: Deploy) -> None:
    assert deployed(lambda stack: stack.update(quota={"onDemandGAndVt": 40, "onDemandP": 0}), stack="eks-nim")
    assert deployed(lambda stack: stack.update(quota={"onDemandTpuV6E": 16, "preemptibleTpuV6E": 0}))


def test_adapters_become_flags_and_take_their_memory(deployed: Deploy) -> None:
    alone = deployed(by_vllm(), stack="eks-nim", config=TOKEN)
    adapted = deployed(by_vllm(lora=LORA), stack="eks-nim", config=TOKEN)
    assert set(command(adapted)) - set(command(alone)) == {"--enable-lora", "--max-loras=4", "--max-lora-rank=64"}
    before, after = (one.outputs["fit"]["llama"]["kvCacheGibPerChip"] for one in (alone, adapted))
    once = 2 * 64 * (128_256 + 4096)
    assert before - after == pytest.approx(4 * 2 * (4 * 41_943_040 + once) / 2**30, abs=0.01)


def test_targets_of_adapters_are_vllms_modules(deployed: Deploy) -> None:
    attention = {**LORA, "targets": ["qkv_proj", "o_proj"]}
    recording = deployed(by_vllm(model="Qwen/Qwen3-8B", lora=attention), stack="eks-nim", config=TOKEN)
    flags = command(recording)
    assert flags[flags.index("--lora-target-modules") + 1 :] == ["qkv_proj", "o_proj"]
    everything = deployed(by_vllm(model="Qwen/Qwen3-8B", lora=LORA), stack="eks-nim", config=TOKEN)
    few, all_ = (one.outputs["fit"]["llama"]["kvCacheGibPerChip"] for one in (recording, everything))
    assert few > all_


def test_an_fp8_cache_is_a_flag_and_holds_twice_the_tokens(deployed: Deploy) -> None:
    wide, narrow = (deployed(by_vllm(kvCacheDtype=dtype), stack="eks-nim", config=TOKEN) for dtype in ("auto", "fp8"))
    assert "--kv-cache-dtype=fp8" in command(narrow)
    tokens = [one.outputs["fit"]["llama"]["kvCacheTokens"] for one in (wide, narrow)]
    assert tokens[1] == pytest.approx(2 * tokens[0], rel=0.001)


def test_an_fp8_checkpoint_on_a_gpu_without_fp8_is_a_warning(deployed: Deploy) -> None:
    def edit(stack: Stack) -> None:
        by_vllm(model="RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", tensorParallel=8, maxModelLen=4096)(stack)
        pool(stack).update(instanceType="g5.48xlarge", rootVolumeGib=300)

    found = [one for one in deployed(edit, stack="eks-nim", config=TOKEN).findings if one.path == "servers.llama.model"]
    assert [one.severity for one in found] == ["warning"]
    assert "saves memory but no time" in found[0].message


@pytest.mark.parametrize("change", [{"kvCacheDtype": "fp8"}, {"model": "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic"}])
def test_a_tpu_is_not_judged_by_what_gpus_compute_in(change: Stack, deployed: Deploy) -> None:
    """FP8 weights beside an FP8 cache are served on v6e in public (tpu-inference#2333)."""
    recording = deployed(lambda stack: stack["servers"]["llama"].update(change), stack="gke-tpu")
    assert not [finding for finding in recording.findings if finding.code.startswith("precision.")]


def test_a_figure_of_memory_says_how_far_it_was_from_a_log_where_one_is_known(deployed: Deploy) -> None:
    def by_h200(stack: Stack) -> None:
        by_vllm()(stack)
        stack["cluster"]["pools"]["l40s"] |= {"instanceType": "p5en.48xlarge", "maxNodes": 2, "rootVolumeGib": 300}
        stack["servers"]["llama"]["autoscaling"] |= {"maxReplicas": 2}

    measured, unmeasured = (deployed(edit, stack="eks-nim", config=TOKEN) for edit in (by_h200, by_vllm()))
    fit = measured.outputs["fit"]["llama"]
    assert (fit["weightsWithin"], fit["tokensWithin"]) == (0.01, 0.02)
    assert "±2%" in "\n".join(summary(measured))
    assert "tokensWithin" not in unmeasured.outputs["fit"]["llama"]
    assert "never measured" in "\n".join(summary(unmeasured))
