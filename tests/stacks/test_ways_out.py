"""Whatever a refusal offers, written into the stack file, lets the server fit."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from slipway.catalog.machines import MACHINES, slices_of
from slipway.catalog.models import MODELS, Model
from slipway.checks import Finding
from slipway.checks.fit.sharding import divisors
from stacks import AnyStack, Stack, Surroundings
from stacks.judgement import judge

STACKS = Path(__file__).parents[2] / "stacks"
SETTINGS: TypeAdapter[Stack] = TypeAdapter(AnyStack)
OURS = "our-org/ours-fp8"
OFFERED = "any of these fits: "

Raw = dict[str, Any]


def stack_file(name: str) -> Raw:
    return yaml.safe_load((STACKS / f"Pulumi.{name}.yaml").read_text())["config"]["slipway:stack"]


EKS, GKE, TRTLLM = stack_file("eks-nim"), stack_file("gke-tpu"), stack_file("eks-h200")["servers"]["llama"]
EC2 = sorted(name for name, machine in MACHINES.items() if machine.provider == "eks")
SLICES = [each for each in slices_of(MACHINES.values()) if each.topology]
VLLM: Raw = {
    "engine": "vllm",
    "model": "Qwen/Qwen3-32B",
    "pool": "a",
    "tensorParallel": 1,
    "maxModelLen": 32000,
    "maxNumSeqs": 1024,
    "maxNumBatchedTokens": 8192,
    "autoscaling": EKS["servers"]["llama"]["autoscaling"],
}


def findings(raw: Raw) -> list[Finding]:
    read = SETTINGS.validate_python(raw, by_alias=True, by_name=False)
    return judge(read, Surroundings(project="project"))


def refusal(raw: Raw) -> Finding | None:
    found = [one for one in findings(raw) if one.path == "servers.it" and "does not fit" in one.message]
    return found[0] if found else None


def ways_out(finding: Finding) -> list[str]:
    assert finding.remedy.startswith(OFFERED)
    return finding.remedy.removeprefix(OFFERED).split("; ")


def written(raw: Raw, way: str) -> Raw:
    """Return the stack file with a way out written into it."""
    raw = copy.deepcopy(raw)
    server, pools = raw["servers"]["it"], raw["cluster"]["pools"]
    if way == "a checkpoint of the model with FP8 weights":
        raw["models"] = {OURS: in_fp8(MODELS[server["model"]])}
        server["model"] = OURS
    elif found := re.fullmatch(r"a pool of (.+?)(?: with (.+))?", way):
        pools["new"] = {**pools["a"], **machine(found[1])}
        server |= {"pool": "new", **pairs(found[2] or "")}
    else:
        server |= pairs(re.sub(r" on \d+ chips$", "", way))
    return raw


def machine(text: str) -> Raw:
    return pairs(text) if ":" in text else {"instanceType": text}


def pairs(text: str) -> Raw:
    return yaml.safe_load(text.replace(", ", "\n")) or {}


def in_fp8(row: Model) -> Raw:
    return {
        "source": "numbers",
        "parameters": row.parameters,
        "numHiddenLayers": row.layers,
        "hiddenSize": row.hidden,
        "intermediateSize": row.intermediate,
        "numAttentionHeads": row.heads,
        "numKeyValueHeads": row.kv_heads,
        "headDim": row.head_dim,
        "vocabSize": row.vocabulary,
        "maxPositionEmbeddings": row.max_positions,
        "quantization": "fp8",
    }


PLAIN = sorted(
    row.name for row in MODELS.values() if not (row.experts or row.latent or row.window or row.vision_parameters)
)
names = st.sampled_from(sorted(MODELS))
lengths = st.sampled_from([1024, 4096, 16384, 65536, 131072])
sequences = st.sampled_from([8, 64, 256, 1024])


@st.composite
def on_gpus(draw: st.DrawFn) -> Raw:
    raw = copy.deepcopy(EKS)
    name = draw(names)
    row = MODELS[name]
    by_vllm = draw(st.booleans())
    server = copy.deepcopy(VLLM if by_vllm else EKS["servers"]["llama"])
    server |= {"pool": "a", "model": name, "maxModelLen": min(draw(lengths), row.max_positions)}
    if by_vllm:
        server["maxNumSeqs"] = draw(sequences)
        lora = draw(st.sampled_from([None, {"maxAdapters": 4, "maxRank": 64}]))
        if lora and row.model_type in ("llama", "qwen2") and not row.experts:
            server["lora"] = lora
    pools = raw["cluster"]["pools"]
    shape = pools.pop("l40s") | {"rootVolumeGib": 4000}
    pools["a"] = {**shape, "instanceType": draw(st.sampled_from(EC2))}
    if draw(st.booleans()):
        pools["b"] = {**shape, "instanceType": draw(st.sampled_from(EC2))}
    gpus = MACHINES[pools["a"]["instanceType"]].chips
    server["tensorParallel"] = draw(st.sampled_from([chips for chips in divisors(row) if chips <= gpus]))
    raw["servers"] = {"it": server}
    return raw


@st.composite
def by_tensorrt_llm(draw: st.DrawFn) -> Raw:
    raw = copy.deepcopy(EKS)
    row = MODELS[draw(names)]
    limits = {"maxModelLen": min(draw(lengths), row.max_positions), "maxNumSeqs": 8}
    server = (
        TRTLLM
        | {
            "pool": "a",
            "model": row.name,
            "route": {"type": "pytorch", "speculation": {"type": "none"}},
            "benchmark": {"drafts": []},
        }
        | limits
    )
    machines = [name for name in EC2 if MACHINES[name].chip.compute_capability >= (8, 9)]
    shape = raw["cluster"]["pools"].pop("l40s") | {"rootVolumeGib": 4000}
    raw["cluster"]["pools"]["a"] = {**shape, "instanceType": draw(st.sampled_from(machines))}
    raw["servers"] = {"it": server}
    return raw


@st.composite
def on_tpus(draw: st.DrawFn) -> Raw:
    raw = copy.deepcopy(GKE)
    name = draw(names)
    row = MODELS[name]
    server = raw["servers"].pop("llama")
    server |= {"pool": "a", "model": name, "maxModelLen": min(draw(lengths), row.max_positions)}
    server |= {"maxNumSeqs": draw(sequences)}
    pools = raw["cluster"]["pools"]
    shape = pools.pop("v6e") | {"minNodes": 0, "maxNodes": 64}
    chosen = draw(st.lists(st.sampled_from(SLICES), min_size=1, max_size=2))
    pools |= {
        pool: {**shape, "machineType": each.machine.name, "topology": each.topology}
        for pool, each in zip("ab", chosen, strict=False)
    }
    server["tensorParallel"] = chosen[0].devices
    raw["servers"]["it"] = server
    return raw


def every_way_out_fits(raw: Raw) -> None:
    refused = refusal(raw)
    assume(refused is not None)
    assert refused is not None
    ways = ways_out(refused)
    assert ways[0]
    for way in ways:
        if way.startswith("chips of at least") or (
            way.startswith("a checkpoint") and raw["servers"]["it"]["model"] not in PLAIN
        ):
            continue
        changed = written(raw, way)
        assert refusal(changed) is None, way


# Most combinations fit, and say nothing here.
MANY_FIT = settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])


@MANY_FIT
@given(by_tensorrt_llm())
def test_every_way_out_of_tensorrt_llm_fits_once_it_is_written(raw: Raw) -> None:
    every_way_out_fits(raw)


@MANY_FIT
@given(on_gpus())
def test_every_way_out_on_gpus_fits_once_it_is_written(raw: Raw) -> None:
    every_way_out_fits(raw)


@MANY_FIT
@given(on_tpus())
def test_every_way_out_on_tpus_fits_once_it_is_written(raw: Raw) -> None:
    every_way_out_fits(raw)


def on_an_h100(**server: Any) -> Raw:
    """Return a stack with Qwen3-32B for requests that one H100 does not hold."""
    raw = copy.deepcopy(EKS)
    raw["cluster"]["pools"] = {"a": {**raw["cluster"]["pools"]["l40s"], "instanceType": "p5.4xlarge"}}
    raw["servers"] = {"it": VLLM | server}
    return raw


def test_the_ways_out_come_with_the_least_intrusive_first() -> None:
    refused = refusal(on_an_h100())
    assert refused is not None
    assert ways_out(refused) == [
        "maxNumSeqs: 512",
        "maxModelLen: 21760",
        "kvCacheDtype: fp8",
        "a checkpoint of the model with FP8 weights",
        "a pool of g7e.2xlarge",
    ]


def test_another_pool_of_the_stack_is_offered_before_a_new_one() -> None:
    raw = on_an_h100()
    raw["cluster"]["pools"]["wide"] = {**raw["cluster"]["pools"]["a"], "instanceType": "p5en.48xlarge"}
    refused = refusal(raw)
    assert refused is not None
    assert ways_out(refused)[-1] == "pool: wide"
    assert "a pool of" not in refused.remedy


def test_more_gpus_of_the_same_node_are_offered() -> None:
    raw = on_an_h100()
    raw["cluster"]["pools"]["a"]["instanceType"] = "p5.48xlarge"
    refused = refusal(raw)
    assert refused is not None
    assert "tensorParallel: 2 on 2 chips" in ways_out(refused)


def test_a_nim_server_is_offered_only_what_it_has_keys_for() -> None:
    raw = copy.deepcopy(EKS)
    raw["servers"] = {"it": {**raw["servers"]["llama"], "maxModelLen": 131072, "model": "Qwen/Qwen2.5-32B-Instruct"}}
    refused = refusal(raw)
    assert refused is not None
    assert not re.search("maxNumSeqs|kvCacheDtype|checkpoint|model:", refused.remedy)


def test_tensorrt_llm_is_offered_the_checkpoint_that_nvidia_quantised() -> None:
    raw = on_an_h100()
    raw["servers"] = {"it": TRTLLM | {"pool": "a", "model": "meta-llama/Llama-3.3-70B-Instruct", "maxModelLen": 1024}}
    raw["cluster"]["pools"]["a"]["instanceType"] = "p5.48xlarge"
    raw["servers"]["it"]["route"] = {"type": "pytorch", "speculation": {"type": "none"}}
    refused = refusal(raw)
    assert refused is not None
    assert "model: nvidia/Llama-3.3-70B-Instruct-FP8" in ways_out(refused)


@pytest.mark.parametrize(("gpu", "offered"), [("g5.12xlarge", False), ("g6e.12xlarge", True)])
def test_an_fp8_cache_is_offered_only_where_the_gpu_computes_in_it(gpu: str, offered: bool) -> None:
    long = {"model": "meta-llama/Llama-3.1-8B-Instruct", "maxNumSeqs": 8, "maxModelLen": 131072}
    raw = on_an_h100(**long, memoryUtilization=0.65 if offered else 0.92)
    raw["cluster"]["pools"]["a"]["instanceType"] = gpu
    refused = refusal(raw)
    assert refused is not None
    assert ("kvCacheDtype: fp8" in ways_out(refused)) is offered
