"""What the settings of a TensorRT-LLM server become, and what a person meets who writes them wrong.

Docstrings name the failure modes (F) and traps that a test guards against.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording, Resource
from tests.stacks.edits import Deploy, Edit, Refuse, Stack

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
CRON_JOB = "kubernetes:batch/v1:CronJob"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
JOB = "kubernetes:batch/v1:Job"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
POD_MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"

LLAMA = "meta-llama/Llama-3.3-70B-Instruct"
DRAFT = "meta-llama/Llama-3.2-1B-Instruct"
SMALL = "meta-llama/Llama-3.1-8B-Instruct"
PUBLIC = {
    "type": "public-alb",
    "sourceRanges": ["203.0.113.0/24"],
    "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
}


def one(recording: Recording, kind: str, name: str) -> Resource:
    [found] = [resource for resource in recording.of(kind) if resource.name == name]
    return found


def files(recording: Recording, name: str) -> Mapping[str, str]:
    return one(recording, CONFIG_MAP, name).inputs["data"]


def options(recording: Recording, server: str) -> dict[str, Any]:
    return json.loads(files(recording, f"{server}-options")["options.yaml"])


def container(recording: Recording, kind: str, name: str) -> dict[str, Any]:
    spec = one(recording, kind, name).inputs["spec"]
    [found] = (spec["jobTemplate"]["spec"] if kind == CRON_JOB else spec)["template"]["spec"]["containers"]
    return found


def volume(recording: Recording, kind: str, name: str, volume: str) -> dict[str, Any]:
    pod = one(recording, kind, name).inputs["spec"]["template"]["spec"]
    [found] = [each for each in pod["volumes"] if each["name"] == volume]
    return found


def steps(recording: Recording, config_map: str) -> list[str]:
    """Return the command lines of a plan, without the download."""
    plan = json.loads(files(recording, config_map)["steps.json"])
    return [" ".join(step["command"]) for step in plan if step["command"][1] != "-c"]


@pytest.fixture(scope="module")
def h200(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-h200"]


@pytest.fixture(scope="module")
def choices(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-trtllm"]


def test_the_server_reads_its_options_from_a_file(h200: Recording) -> None:
    served = container(h200, DEPLOYMENT, "llama")
    assert served["image"] == "nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc24"
    assert served["command"][:2] == ["trtllm-serve", "nvidia/Llama-3.3-70B-Instruct-FP8"]
    assert "--config=/etc/slipway/options.yaml" in served["command"]
    assert options(h200, "llama") == {
        "tensor_parallel_size": 1,
        "max_seq_len": 32768,
        "max_batch_size": 8,
        "max_num_tokens": 8192,
        "enable_chunked_prefill": True,
        "kv_cache_config": {"free_gpu_memory_fraction": 0.9, "dtype": "fp8"},
        "disable_overlap_scheduler": True,
        "return_perf_metrics": True,
        "enable_iter_perf_stats": True,
        "speculative_config": {
            "decoding_type": "Draft_Target",
            "speculative_model": DRAFT,
            "max_draft_len": 10,
        },
    }


def test_each_method_is_spelt_as_the_engine_spells_it(choices: Recording) -> None:
    assert options(choices, "eagle")["speculative_config"] == {
        "decoding_type": "Eagle3",
        "speculative_model": "yuhuili/EAGLE3-LLaMA3.3-Instruct-70B",
        "max_draft_len": 4,
    }
    assert options(choices, "ngram")["speculative_config"] == {
        "decoding_type": "NGram",
        "max_matching_ngram_size": 3,
        "max_draft_len": 5,
    }
    assert options(choices, "deepseek")["speculative_config"] == {"decoding_type": "MTP", "max_draft_len": 3}
    overlap = {name: not options(choices, name)["disable_overlap_scheduler"] for name in ("eagle", "ngram", "deepseek")}
    assert overlap == {"eagle": True, "ngram": False, "deepseek": True}


def test_a_persons_options_are_merged_last(choices: Recording) -> None:
    cache = options(choices, "eagle")["kv_cache_config"]
    assert cache == {"free_gpu_memory_fraction": 0.9, "enable_block_reuse": False}


def test_other_options_roll_the_pods(h200: Recording, deployed: Deploy) -> None:
    other = deployed(lambda stack: llama(stack).update(maxNumSeqs=4), stack="eks-h200")
    mounted = [volume(each, DEPLOYMENT, "llama", "config")["configMap"]["name"] for each in (h200, other)]
    named = [one(each, CONFIG_MAP, "llama-options").inputs["metadata"]["name"] for each in (h200, other)]
    assert mounted == named
    assert len(set(named)) == 2
    assert one(h200, CONFIG_MAP, "llama-options").inputs["immutable"] is True


def test_series_are_scraped_where_prometheus_can_read_them(h200: Recording, choices: Recording) -> None:
    """F19."""
    [endpoint] = one(h200, POD_MONITOR, "llama").inputs["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http", "/prometheus/metrics")
    [endpoint] = one(choices, POD_MONITOR, "pair").inputs["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("metrics", "/metrics")


def test_each_route_is_scaled_on_a_series_that_means_something_there(h200: Recording, choices: Recording) -> None:
    def followed(recording: Recording, name: str) -> str:
        [metric] = one(recording, AUTOSCALER, name).inputs["spec"]["metrics"]
        return metric["pods"]["metric"]["name"]

    assert followed(h200, "llama") == "trtllm_num_requests_waiting"
    assert followed(choices, "eagle") == "trtllm_kv_cache_utilization"
    assert followed(choices, "pair") == "triton:waiting_requests:sum"


def test_a_replica_gets_its_gpu_its_disk_and_the_token_as_a_file(h200: Recording) -> None:
    """F16; traps 27 and 28."""
    served = container(h200, DEPLOYMENT, "llama")
    assert served["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    assert served["resources"]["requests"]["ephemeral-storage"] == "84Gi"
    environment = {variable["name"]: variable["value"] for variable in served["env"]}
    assert environment == {
        "HF_TOKEN_PATH": "/var/run/secrets/huggingface/token",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HOME": "/models",
    }
    token = volume(h200, DEPLOYMENT, "llama", "hugging-face-token")
    assert token["secret"]["secretName"] == "hugging-face"
    assert not h200.of("kubernetes:core/v1:Secret")


def test_creating_the_stack_measures_nothing(h200: Recording) -> None:
    spec = one(h200, CRON_JOB, "llama-benchmark").inputs["spec"]
    assert spec["suspend"] is True
    assert spec["jobTemplate"]["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert not h200.of(JOB)


def test_the_benchmark_compares_the_articles_drafts_with_none(h200: Recording) -> None:
    written = files(h200, "llama-benchmark")
    runs = json.loads(written["benchmark.json"])["runs"]
    assert [run["label"] for run in runs] == [
        "Llama-3.2-1B-Instruct",
        "Llama-3.2-3B-Instruct",
        "Llama-3.1-8B-Instruct",
        "no draft",
    ]
    read = [json.loads(written[run["command"][-1].rpartition("/")[2]]) for run in runs]
    drafts = [each.get("speculative_config", {}).get("speculative_model") for each in read]
    assert drafts == [DRAFT, "meta-llama/Llama-3.2-3B-Instruct", SMALL, None]
    assert read[0] == options(h200, "llama")
    assert read[-1]["disable_overlap_scheduler"] is False
    assert all("--host=127.0.0.1" in run["command"] for run in runs)


def test_engines_are_built_with_the_articles_flags(choices: Recording) -> None:
    """The article names eight GPUs for one, both of two plugins, and reads a checkpoint that it did not write."""
    target_fp8, target, draft_fp8, draft = steps(choices, "pair-engines")
    for quantised, model in ((target_fp8, LLAMA), (draft_fp8, DRAFT)):
        assert f"--model_dir=/models/checkpoints/{model.replace('/', '--')}" in quantised
        for flag in ("--dtype=float16", "--qformat=fp8", "--kv_cache_dtype=fp8", "--calib_size=512", "--tp_size=1"):
            assert flag in quantised
    for built in (target, draft):
        for flag in (
            "--gpt_attention_plugin=float16",
            "--use_paged_context_fmha=enable",
            "--multiple_profiles=enable",
            "--max_batch_size=32",
            "--max_seq_len=32768",
        ):
            assert flag in built
    assert "--speculative_decoding_mode=draft_tokens_external --max_draft_len=10" in target
    assert "--low_latency_gemm_plugin=fp8" in target
    assert " --gemm_plugin" not in target
    assert "--gemm_plugin=fp8" in draft
    assert "speculative" not in draft


def test_each_step_reads_what_the_step_before_it_writes(choices: Recording) -> None:
    for config_map in ("pair-engines", "pair-benchmark"):
        plan = json.loads(files(choices, config_map)["steps.json"])
        made = {step["output"] for step in plan}
        assert len(made) == len(plan)
        for step in plan:
            for word in step["command"]:
                if word.startswith(("--model_dir=", "--checkpoint_dir=")):
                    assert word.partition("=")[2] in made


def test_engines_are_kept_by_release_architecture_and_shards_and_by_every_flag(
    choices: Recording, deployed: Deploy
) -> None:
    """An engine runs with the release and on the GPU that it was built for alone."""

    def engines(recording: Recording, config_map: str) -> set[str]:
        plan = json.loads(files(recording, config_map)["steps.json"])
        return {step["output"] for step in plan if step["command"][0] == "trtllm-build"}

    own = engines(choices, "pair-engines")
    assert all(path.startswith("/models/engines/1.2.1/{arch}/tp1-pp1/") for path in own)
    assert own < engines(choices, "pair-benchmark")
    first = deployed(pair, stack="eks-h200")
    longer = deployed(pair, lambda stack: llama(stack).update(maxModelLen=8192), stack="eks-h200")
    assert not engines(first, "llama-engines") & engines(longer, "llama-engines")


def test_replicas_start_once_the_engines_are_built_and_where_their_volume_is(choices: Recording) -> None:
    job, served = one(choices, JOB, "pair-engines"), one(choices, DEPLOYMENT, "pair")
    assert job.urn in served.dependencies
    assert container(choices, JOB, "pair-engines")["resources"]["limits"] == {"nvidia.com/gpu": "2"}
    claim = one(choices, CLAIM, "pair-engines").inputs
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert claim["spec"]["storageClassName"] == "gp3-encrypted"
    for kind, name in ((JOB, "pair-engines"), (DEPLOYMENT, "pair")):
        mounted = volume(choices, kind, name, "engines")
        assert mounted["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    [term] = served.inputs["spec"]["template"]["spec"]["affinity"]["podAffinity"][
        "requiredDuringSchedulingIgnoredDuringExecution"
    ]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert job.custom_timeouts["create"].endswith("m")


def test_triton_is_told_of_the_engines_that_the_job_builds(choices: Recording) -> None:
    built = {
        step["output"].rpartition("/")[2]: step
        for step in json.loads(files(choices, "pair-engines")["steps.json"])
        if step["command"][0] == "trtllm-build"
    }
    told = {variable["name"]: variable["value"] for variable in container(choices, DEPLOYMENT, "pair")["env"]}
    assert {told["TARGET"], told["DRAFT"]} == built.keys()
    assert "draft_tokens_external" in " ".join(built[told["TARGET"]]["command"])
    assert (told["TARGET_KV_SHARE"], told["DRAFT_KV_SHARE"]) == ("0.6", "0.3")
    assert (told["ENGINES"], told["LAYOUT"]) == ("/models/engines/1.2.1", "tp1-pp1")


def test_the_engines_are_compared_with_one_that_takes_no_drafts(choices: Recording) -> None:
    runs = json.loads(files(choices, "pair-benchmark")["benchmark.json"])["runs"]
    assert [run["label"] for run in runs][-1] == "no draft"
    alone = runs[-1]["environment"]
    assert alone["DRAFT"] == ""
    [baseline] = [line for line in steps(choices, "pair-benchmark") if "--use_fused_mlp=enable" in line]
    assert "--reduce_fusion=enable" in baseline
    assert alone["TARGET"] != runs[0]["environment"]["TARGET"]
    assert [run["draft_tokens"] for run in runs] == [10, 10, 10, 0]


def test_load_clients_ask_each_route_in_its_own_way(h200: Recording, choices: Recording) -> None:
    def asked(recording: Recording, server: str) -> tuple[str, dict[str, Any]]:
        given = {each["name"]: each["value"] for each in container(recording, DEPLOYMENT, f"{server}-load")["env"]}
        return given["REQUEST_PATH"], json.loads(given["REQUEST"])

    path, request = asked(h200, "llama")
    assert (path, request["model"]) == ("/v1/completions", "nvidia/Llama-3.3-70B-Instruct-FP8")
    path, request = asked(choices, "pair")
    assert path == "/v2/models/tensorrt_llm_bls/generate"
    assert (request["num_draft_tokens"], request["stream"]) == (10, False)


def test_the_preview_says_what_fits_and_what_it_costs(h200: Recording, choices: Recording) -> None:
    fit = h200.outputs["fit"]["llama"]
    assert fit["weightsGibPerChip"] == pytest.approx(67.67)
    assert fit["fullLengthRequests"] > 8
    assert h200.outputs["costUsd"]["perHour"]["floor"] > 41.61
    pair_fits = choices.outputs["fit"]["pair"]
    assert pair_fits["gibPerChip"] == fit["gibPerChip"]
    assert pair_fits["kvCacheGibPerChip"] < fit["kvCacheGibPerChip"] / 3


def llama(stack: Stack) -> Stack:
    return stack["servers"]["llama"]


def speculation(**chosen: object) -> Edit:
    return lambda stack: llama(stack)["route"].update(speculation=chosen)


def pair(stack: Stack) -> None:
    """Serve the article's two engines."""
    llama(stack).update(
        model=LLAMA,
        maxNumSeqs=32,
        route={
            "type": "engines",
            "draft": DRAFT,
            "maxDraftLen": 10,
            "kvCacheShares": {"target": 0.6, "draft": 0.3},
        },
    )


def pair_with(edit: Edit) -> Edit:
    def both(stack: Stack) -> None:
        pair(stack)
        edit(stack)

    return both


SPECULATION = "servers.llama.route.speculation"

MISTAKES: dict[str, tuple[Edit, str, str, str]] = {
    "a draft of another vocabulary": (
        speculation(type="draft-target", model="Qwen/Qwen2.5-7B-Instruct", maxDraftLen=4),
        f"{SPECULATION}.model",
        "Qwen/Qwen2.5-7B-Instruct has 152064 tokens and nvidia/Llama-3.3-70B-Instruct-FP8 has 128256",
        "use a smaller model of the same family",
    ),
    "a draft that is not smaller": (
        lambda stack: (
            llama(stack).update(model=DRAFT, benchmark={}),
            llama(stack)["route"]["speculation"].update(model="meta-llama/Llama-3.2-3B-Instruct"),
        ),
        f"{SPECULATION}.model",
        "a draft that is no smaller than its target makes it slower",
        "use a smaller model",
    ),
    "a draft that nobody knows": (
        speculation(type="draft-target", model="meta-llama/Llama-3.2-1B-Instrukt", maxDraftLen=4),
        f"{SPECULATION}.model",
        "'meta-llama/Llama-3.2-1B-Instrukt' is not in the catalog",
        DRAFT,
    ),
    "a draft with a short context": (
        speculation(type="draft-target", model="meta-llama/Meta-Llama-3-8B-Instruct", maxDraftLen=4),
        f"{SPECULATION}.model",
        "8192 positions, and requests have up to 32768 tokens",
        "lower maxModelLen to 8192",
    ),
    "multi-token prediction of a model without such layers": (
        speculation(type="mtp", maxDraftLen=3),
        f"{SPECULATION}.type",
        "nvidia/Llama-3.3-70B-Instruct-FP8 has no layers that predict several tokens",
        "use the type draft-target, eagle3 or ngram",
    ),
    "EAGLE-3 without a checkpoint": (
        speculation(type="eagle3", maxDraftLen=4),
        f"{SPECULATION}.model",
        "is missing",
        "The head's checkpoint on Hugging Face",
    ),
    "a head of another model": (
        speculation(type="eagle3", model="yuhuili/EAGLE3-LLaMA3.1-Instruct-8B", maxDraftLen=4),
        f"{SPECULATION}.model",
        "was trained with meta-llama/Llama-3.1-8B-Instruct, whose hidden states it reads",
        "use yuhuili/EAGLE3-LLaMA3.3-Instruct-70B",
    ),
    "a head that nobody knows": (
        speculation(type="eagle3", model="yuhuili/EAGLE-LLaMA3-Instruct-70B", maxDraftLen=4),
        f"{SPECULATION}.model",
        "is no EAGLE-3 head that is known",
        "slipway.catalog.engines.tensorrt_llm",
    ),
    "drafts that never fit a step": (
        lambda stack: (
            llama(stack).update(maxNumSeqs=32),
            speculation(type="ngram", maxDraftLen=256, maxMatchingNgramSize=2)(stack),
        ),
        f"{SPECULATION}.maxDraftLen",
        "are 8224 tokens a step, and a step has 8192",
        "write 255 or less",
    ),
    "a method that there is not": (
        lambda stack: (llama(stack).pop("benchmark"), llama(stack)["route"].update(speculation={"type": "medusa"})),
        f"{SPECULATION}.type",
        "'medusa' is not a choice",
        "draft-target",
    ),
    "nothing to run the benchmark's drafts with": (
        lambda stack: (
            llama(stack)["route"].update(speculation={"type": "none"}),
            llama(stack)["benchmark"].update(drafts=[SMALL]),
        ),
        "servers.llama.benchmark.drafts.0",
        "has no maxDraftLen to be run with",
        "choose a speculation for the server",
    ),
    "a draft of the benchmark with another vocabulary": (
        lambda stack: llama(stack)["benchmark"].update(drafts=["Qwen/Qwen3-8B"]),
        "servers.llama.benchmark.drafts.0",
        "151936 tokens",
        "of the same family",
    ),
    "a draft of the benchmark that does not fit beside the model": (
        pair_with(
            lambda stack: (
                llama(stack)["route"].update(kvCacheShares={"target": 0.75, "draft": 0.05}),
                llama(stack)["benchmark"].update(drafts=[SMALL]),
            )
        ),
        "servers.llama.benchmark.drafts.0",
        "meta-llama/Llama-3.1-8B-Instruct does not fit beside",
        "leave it out",
    ),
    "KV caches of more than everything": (
        pair_with(lambda stack: llama(stack)["route"].update(kvCacheShares={"target": 0.75, "draft": 0.3})),
        "servers.llama.route.kvCacheShares",
        "0.75 for the target and 0.3 for the draft are 1.05 of the free memory",
        "write shares that add up to 1 at most",
    ),
    "the article's shares and length": (
        pair_with(
            lambda stack: (
                llama(stack).update(maxModelLen=131072),
                llama(stack)["route"].update(kvCacheShares={"target": 0.35, "draft": 0.35}),
            )
        ),
        "servers.llama.route.kvCacheShares.draft",
        "does not fit beside meta-llama/Llama-3.2-1B-Instruct",
        "lower this share, shorten maxModelLen or use a smaller draft",
    ),
    "engines of a model that is quantised already": (
        pair_with(lambda stack: llama(stack).update(model="nvidia/Llama-3.3-70B-Instruct-FP8")),
        "servers.llama.model",
        "is quantised already",
        "use the checkpoint that it was made of",
    ),
    "engines on two GPUs": (
        pair_with(
            lambda stack: (llama(stack).update(tensorParallel=2), llama(stack)["autoscaling"].update(maxReplicas=4))
        ),
        "servers.llama.tensorParallel",
        "2 GPUs, and both engines of this route are on one",
        "write 1",
    ),
    "one GPU to quantise 70 billion parameters": (
        pair_with(lambda stack: llama(stack)["route"].update(build={"gpus": 1})),
        "servers.llama.route.build.gpus",
        "takes 2 GPUs of p5en.48xlarge in 16 bits, and is quantised on 1",
        "write 2",
    ),
    "a signal that Triton does not have": (
        pair_with(lambda stack: llama(stack)["autoscaling"].update(metric={"signal": "kv-cache-use", "target": 0.7})),
        "servers.llama.autoscaling.metric.signal",
        "Triton says nothing of kv-cache-use",
        "write waiting-requests",
    ),
    "replicas on more nodes than mount the engines": (
        pair_with(
            lambda stack: (
                stack["cluster"]["pools"]["h200"].update(maxNodes=2),
                llama(stack)["autoscaling"].update(maxReplicas=16),
            )
        ),
        "servers.llama.autoscaling.maxReplicas",
        "16 replicas, and a p5en.48xlarge holds 8",
        "write 8 or less",
    ),
    "a public server that asks for no key": (
        lambda stack: llama(stack).update(exposure=PUBLIC),
        "servers.llama.exposure",
        "this engine asks nobody for a key",
        "a gateway that authenticates",
    ),
    "no token": (
        lambda stack: stack.pop("huggingFace"),
        "slipway:huggingFaceToken",
        "is missing: huggingFace.source is 'pulumi'",
        "pulumi config set --secret slipway:huggingFaceToken",
    ),
}
"""A name for each: the edit, the path of the finding, and what its message and its remedy say."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_its_reason_and_the_way_out(mistake: str, refused: Refuse) -> None:
    edit, path, message, remedy = MISTAKES[mistake]
    found = refused(edit, stack="eks-h200")
    assert set(found) == {path}, found
    assert message in found[path].message
    assert remedy in found[path].remedy


def test_a_draft_can_be_what_does_not_fit(deployed: Deploy, refused: Refuse) -> None:
    """An H100 holds the model in FP8, and no draft of eight billion parameters beside it."""

    def on_h100(stack: Stack) -> None:
        stack["cluster"]["pools"]["h200"].update(instanceType="p5.48xlarge")
        llama(stack).pop("benchmark")

    alone = deployed(on_h100, speculation(type="none"), stack="eks-h200")
    assert alone.outputs["fit"]["llama"]["fullLengthRequests"] >= 1
    draft = speculation(type="draft-target", model=SMALL, maxDraftLen=4)
    found = refused(on_h100, draft, stack="eks-h200")
    assert set(found) == {"servers.llama"}
    assert "draft 14.96 GiB" in found["servers.llama"].message
