"""What overrides a judged setting is judged: arguments, options and variables that a person adds."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.engines.nim import flags as nim
from slipway.catalog.engines.sglang import flags as sglang
from slipway.catalog.engines.tensorrt_llm import flags as tensorrt_llm
from slipway.catalog.engines.triton import flags as triton
from slipway.catalog.engines.vllm import flags as vllm
from slipway.checks import Finding
from slipway.checks.argument_words import Told
from slipway.checks.arguments import argument_findings, environment_findings, option_findings

PATH = "servers.llama.extraArgs"
VLLM = Told(flags=vllm.arguments())
TOKEN = "hf_" + "a" * 34


def words(*given: str, told: Told = VLLM) -> list[Finding]:
    return list(argument_findings(PATH, given, told))


def codes(found: list[Finding]) -> list[str]:
    return [finding.code.removeprefix("arguments.") for finding in found]


@pytest.mark.parametrize(
    ("given", "code", "message", "remedy"),
    [
        ("--max_model_len=131072", "owned", "--max-model-len comes after what the stack file", "write maxModelLen"),
        ("-tp 4", "owned", "-tp comes after", "write tensorParallel instead"),
        ("--gpu-mem 0.99", "owned", "--gpu-mem (--gpu-memory-utilization) comes", "write memoryUtilization"),
        ("--model=other", "owned", "--model comes after", "write model instead"),
        ("--host=127.0.0.1", "listening", "probes, the Service and the scrape", "leave it out"),
        ("--uds=/run/vllm.sock", "listening", "in place of port 8000", "leave it out"),
        ("--headless", "listening", "starts no HTTP server", "leave it out"),
        ("--ssl-keyfile=/k", "listening", "speak TLS", "leave it out"),
        ("--disable-log-stats", "listening", "takes every series off the page", "leave it out"),
        ("-pp 2", "memory", "over 2 times the GPUs", "leave it out"),
        ("--data-parallel-size=2", "memory", "several copies of the model", "leave it out"),
        ("--kv-offloading-size=300", "memory", "in main memory", "leave it out"),
        ("--hf-overrides.num_hidden_layers=2", "memory", "changes the shape of the model", "leave it out"),
        ('--compilation-config={"cudagraph_capture_sizes":[1]}', "memory", "CUDA graphs", "leave it out"),
        ("--no-enable-chunked-prefill", "memory", "longest request one step", "leave it out"),
        ("--api-key=x", "secret", "clear text", "slipway:apiKey"),
        (f"--lora-modules a={TOKEN}", "secret", "--lora-modules would show a credential", "write {secret:"),
        ("--config=more.yaml", "file", "reads further arguments from a file", "leave it out"),
        ("--swap-space=4", "gone", "has no --swap-space any more", "leave it out"),
        ("--enable-prefix-cacheing", "unknown", "has no --enable-prefix-cacheing", "--enable-prefix-caching"),
        ("--data-parallel", "unknown", "can stand for", "write the whole name"),
        ("--seed=x", "value", "takes a whole number, not 'x'", "write --seed=1"),
        ("--scheduling-policy=lifo", "value", "takes fcfs, priority, not 'lifo'", "write --scheduling-policy=fcfs"),
        ("--enable-prefix-caching=true", "value", "takes no value", "write --enable-prefix-caching alone"),
        ("--seed", "value", "takes a value, and has none", "write --seed=1"),
        ("--stream-interval=0", "value", "takes a whole number of 1 or more, not '0'", "write --stream-interval=1"),
        ("-O.mode=3", "value", "takes 0, 1, 2, 3, not '.mode=3'", "write --optimization-level=0"),
        ("--attention-backend FLASH_INFER", "value", "takes FLASHINFER, ", "write --attention-backend=FLASHINFER"),
        ("--reasoning-parser qwen", "value", "takes qwen3, ", "write --reasoning-parser=qwen3"),
        (
            "--tool-call-parser llama3 --enable-auto-tool-choice",
            "value",
            "takes llama3_json, ",
            "write --tool-call-parser=llama3_json",
        ),
        ("--enable-auto-tool-choice", "start", "is nothing without --tool-call-parser", "write --tool-call-parser"),
        ("--enable-log-outputs", "start", "is nothing without --enable-log-requests", "write --enable-log-requests"),
        ("--task=generate", "gone", "has no --task any more", "leave it out"),
        ("serve", "unknown", "'serve' belongs to no flag", "leave it out"),
    ],
)
def test_each_kind_of_argument_is_told_of(given: str, code: str, message: str, remedy: str) -> None:
    [finding] = words(*given.split())
    assert finding.code == f"arguments.{code}"
    assert finding.path == PATH
    assert message in finding.message
    assert remedy in finding.remedy
    assert finding.severity == "error"


@pytest.mark.parametrize(
    "given",
    [
        "--enable-prefix-caching --seed 3 --enforce-eager",
        "--tool-call-parser hermes --enable-auto-tool-choice --reasoning-parser qwen3",
        "--attention-backend FLASHINFER -O3 --no-enable-log-requests",
        "--attention-backend flash_attn --no-enable-auto-tool-choice",
        "--tool-parser-plugin /workspace/ours.py --tool-call-parser ours --enable-auto-tool-choice",
        "--compilation-config.mode 3 --max-log-len=100",
        "--lora-modules sql=org/sql chat=org/chat",
        "--host=0.0.0.0 --port=8000 -pp 1 --dtype bfloat16 --cpu-offload-gb=0.0 --enable-chunked-prefill",
    ],
)
def test_what_changes_nothing_that_is_judged_passes(given: str) -> None:
    assert words(*given.split()) == []


def test_a_flag_and_its_value_in_one_word_belong_to_no_flag() -> None:
    [finding] = words("--seed 3")
    assert finding.remedy == "write it as words of their own: [--seed, 3]"


@pytest.mark.parametrize(
    ("template", "warned"),
    [
        ("/ours/chat.jinja", True),
        ("/vllm-workspace/examples/tool_chat_template_hermes.jinja", False),
        ("{{ messages }}", False),
    ],
)
def test_a_file_that_no_pod_has_is_a_warning(template: str, warned: bool) -> None:
    found = words(f"--chat-template={template}")
    assert [(finding.code, finding.severity) for finding in found] == [("arguments.file", "warning")] * warned
    assert words(f"--chat-template={template}", told=Told(flags=vllm.arguments(), pinned=False)) == []


def test_an_image_of_another_version_may_have_other_flags_but_undoes_nothing() -> None:
    other = Told(flags=vllm.arguments(), pinned=False)
    found = words("--new-flag", "--scheduling-policy=lifo", "--host=::1", told=other)
    assert [finding.severity for finding in found] == ["warning", "warning", "error"]


@given(st.sampled_from(sorted(TOKEN[:20] + "b" * n for n in range(8))), st.sampled_from(["", "name=", "x "]))
def test_a_message_never_repeats_a_credential(token: str, before: str) -> None:
    [finding] = words(f"--chat-template={before}{token}")
    assert finding.code == "arguments.secret"
    assert token not in str(finding)


NIM = Told(
    flags=nim.variables("2.0.13"),
    arguments=Told(flags=vllm.arguments(), keys={"maxModelLen": "maxModelLen"}),
)
VLLM_ENV = Told(flags=vllm.variables(), downloads=True)


@pytest.mark.parametrize(
    ("told", "name", "value", "code", "remedy"),
    [
        (NIM, "NIM_MAX_MODEL_LEN", "131072", "owned", "write maxModelLen instead"),
        (NIM, "NIM_TENSOR_PARALLEL_SIZE", "2", "owned", "write tensorParallel instead"),
        (NIM, "NGC_API_KEY", "nvapi-" + "a" * 40, "secret", "write ngc instead"),
        (NIM, "NIM_SERVER_PORT", "9000", "listening", "leave it out"),
        (NIM, "NIM_SSL_MODE", "tls", "listening", "leave it out"),
        (NIM, "NIM_KVCACHE_PERCENT", "0.95", "memory", "leave it out"),
        (NIM, "NIM_LOG_LEVLE", "INFO", "unknown", "write NIM_LOG_LEVEL"),
        (NIM, "NIM_PASSTHROUGH_ARGS", "--max-model-len 131072", "owned", "write maxModelLen instead"),
        (NIM, "NIM_PASSTHROUGH_ARGS", "--max-num-seqs 8", "owned", "leave it out"),
        (NIM, "NIM_PASSTHROUGH_ARGS", "--pipeline-parallel-size 2", "memory", "leave it out"),
        (VLLM_ENV, "VLLM_API_KEY", "x", "owned", "slipway:apiKey"),
        (VLLM_ENV, "VLLM_API_KEY", None, "owned", "slipway:apiKey"),
        (VLLM_ENV, "VLLM_CACHE_ROOT", "/tmp", "owned", "leave it out"),
        (VLLM_ENV, "HF_TOKEN_PATH", "/t", "owned", "write huggingFace instead"),
        (VLLM_ENV, "HF_TOKEN", "x", "secret", "under huggingFace"),
        (VLLM_ENV, "CUDA_VISIBLE_DEVICES", "0", "memory", "leave it out"),
        (VLLM_ENV, "OUR_DATABASE_PASSWORD", "x", "secret", "write {secret:"),
        (VLLM_ENV, "ANYTHING", f"https://user:{TOKEN}@example.com", "secret", "write {secret:"),
        (VLLM_ENV, "VLLM_LOGGING_LEVL", "DEBUG", "unknown", "VLLM_LOGGING_LEVEL"),
        (VLLM_ENV, "HF_HUB_OFFLINE", "1", "start", "leave it out"),
        (VLLM_ENV, "TRANSFORMERS_OFFLINE", "true", "start", "leave it out"),
        (VLLM_ENV, "PATH", "/ours/bin", "start", "leave it out"),
        (VLLM_ENV, "LD_LIBRARY_PATH", "/ours/lib", "start", "leave it out"),
        (VLLM_ENV, "LD_PRELOAD", "/ours.so", "memory", "leave it out"),
        (VLLM_ENV, "PYTHONPATH", "/ours", "memory", "leave it out"),
        (NIM, "CUDA_MPS_PIPE_DIRECTORY", "/tmp/mps", "memory", "leave it out"),
        (VLLM_ENV, "PROMETHEUS_MULTIPROC_DIR", "/ours", "listening", "leave it out"),
    ],
)
def test_each_kind_of_variable_is_told_of(told: Told, name: str, value: str | None, code: str, remedy: str) -> None:
    [finding] = environment_findings("servers.llama.env", {name: value}, told)
    assert finding.code == f"arguments.{code}"
    assert finding.path == f"servers.llama.env.{name}"
    assert remedy in finding.remedy
    assert finding.severity == "error"


@pytest.mark.parametrize(
    ("told", "environment"),
    [
        (VLLM_ENV, {"HF_HUB_DISABLE_XET": "1", "VLLM_USE_DEEP_GEMM": "0", "NCCL_DEBUG": "INFO"}),
        (VLLM_ENV, {"LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4"}),
        (VLLM_ENV, {"LD_LIBRARY_PATH": "/usr/local/nvidia/lib64"}),
        (VLLM_ENV, {"OUR_TOKEN": None, "HF_TOKEN": None, "S3_SECRET_ACCESS_KEY": None}),
        (VLLM_ENV, {"HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "False"}),
        (NIM, {"HF_HUB_OFFLINE": "1"}),
        (NIM, {"NIM_LOG_LEVEL": "WARNING", "NIM_JSONL_LOGGING": "0", "NIM_SERVER_PORT": "8000"}),
        (NIM, {"NIM_PASSTHROUGH_ARGS": "--enable-auto-tool-choice --tool-call-parser llama3_json"}),
    ],
)
def test_variables_that_change_nothing_that_is_judged_pass(told: Told, environment: Mapping[str, str | None]) -> None:
    assert list(environment_findings("env", environment, told)) == []


def test_what_an_engine_no_longer_reads_is_a_warning() -> None:
    [finding] = environment_findings("env", {"VLLM_ATTENTION_BACKEND": "FLASHINFER"}, VLLM_ENV)
    assert finding.severity == "warning"
    assert "--attention-backend" in finding.remedy


def test_an_unknown_variable_of_an_engine_whose_list_has_gaps_is_a_warning() -> None:
    [finding] = environment_findings("env", {"NIM_QQQ": "1"}, NIM)
    assert (finding.code, finding.severity) == ("arguments.unknown", "warning")


@pytest.mark.parametrize(
    ("options", "path", "code"),
    [
        ({"tensor_parallel_size": 2}, "tensor_parallel_size", "owned"),
        ({"speculative_config": None}, "speculative_config", "owned"),
        ({"kv_cache_config": {"free_gpu_memory_fraction": 0.9}}, "kv_cache_config.free_gpu_memory_fraction", "owned"),
        ({"backend": "tensorrt"}, "backend", "memory"),
        ({"kv_cache_config": {"host_cache_size": 1}}, "kv_cache_config.host_cache_size", "memory"),
        ({"return_perf_metrics": False}, "return_perf_metrics", "listening"),
        ({"env_overrides": {"A": "b"}}, "env_overrides", "file"),
        ({"kv_cache_config": {"no_such": 1}}, "kv_cache_config.no_such", "unknown"),
        ({"max_sequence_len": 1}, "max_sequence_len", "unknown"),
        ({"enable_autotuner": "perhaps"}, "enable_autotuner", "value"),
        ({"tokenizer": TOKEN}, "tokenizer", "secret"),
    ],
)
def test_each_kind_of_option_is_told_of(options: dict[str, Any], path: str, code: str) -> None:
    [finding] = option_findings("extraOptions", options, Told(flags=tensorrt_llm.options()))
    assert finding.code == f"arguments.{code}"
    assert finding.path == f"extraOptions.{path}"


def test_options_that_change_nothing_that_is_judged_pass() -> None:
    options = {
        "backend": "pytorch",
        "enable_chunked_prefill": True,
        "kv_cache_config": {"enable_block_reuse": False, "tokens_per_block": 32},
        "scheduler_config": {"capacity_scheduler_policy": "MAX_UTILIZATION"},
        "guided_decoding_backend": "xgrammar",
    }
    assert list(option_findings("extraOptions", options, Told(flags=tensorrt_llm.options()))) == []


def test_a_key_is_named_as_the_server_calls_it() -> None:
    told = Told(flags=tensorrt_llm.options(), keys={"maxNumSeqs": "maxBatchSize"})
    [finding] = option_findings("serving.extraArgs", {"max_batch_size": 8}, told)
    assert finding.remedy == "write maxBatchSize instead"


@pytest.mark.parametrize(
    ("told", "given", "code"),
    [
        (Told(flags=triton.arguments("25.11")), "--allow-metrics=false", "listening"),
        (Told(flags=triton.arguments("25.11")), "--http-port 9000", "listening"),
        (Told(flags=triton.arguments("25.11")), "--metrics-port=9002", "listening"),
        (Told(flags=triton.arguments("25.11")), "--model-repository=/models", "owned"),
        (Told(flags=triton.arguments("25.11")), "--allow-client-shm=true", "unknown"),
        (Told(flags=sglang.arguments()), "--tp 2", "owned"),
        (Told(flags=sglang.arguments()), "--enable-hierarchical-cache", "memory"),
        (Told(flags=sglang.arguments()), "--grpc-mode", "listening"),
    ],
)
def test_other_engines_have_flags_of_their_own(told: Told, given: str, code: str) -> None:
    assert codes(words(*given.split(), told=told)) == [code]


def test_a_switch_that_is_on_already_passes_for_triton() -> None:
    told = Told(flags=triton.arguments("26.07"))
    assert words("--allow-metrics=true", "--allow-client-shm=true", "--log-info=on", told=told) == []
