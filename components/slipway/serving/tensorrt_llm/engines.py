"""How two engines are made: download, quantisation to FP8 and build, as steps with exact command lines.

The flags are those of NVIDIA's article "Boost Llama 3.3 70B Inference Throughput 3x with NVIDIA TensorRT-LLM
Speculative Decoding" and of examples/draft_target_model/README.md in NVIDIA/TensorRT-LLM@11925f62, for the pinned
container. Where the article's commands contradict one another or the README, the README holds: one of two plugins for
the same matrices is given, and each step reads what the step before it wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from slipway.catalog.architecture import Model
from slipway.catalog.engines.tensorrt_llm.host import ENGINES_VERSION
from slipway.serving.tensorrt_llm.options import digest
from slipway.serving.tensorrt_llm.scripts.steps import Step
from slipway.serving.tensorrt_llm.settings import EngineBuild, EnginesRoute, TensorRtLlmArgs

ROOT = "/models"
"""Where the volume is mounted."""
DIRECTORY = f"{ROOT}/engines/{ENGINES_VERSION}"
"""Where engines are; the GPU's architecture and `LAYOUT` come next."""
LAYOUT = "tp1-pp1"
"""Tensor and pipeline parallelism of every engine."""
QUANTISE = "/app/examples/quantization/quantize.py"
"""NVIDIA's program in the container."""

DOWNLOAD = (
    "import sys; from huggingface_hub import snapshot_download; "
    "snapshot_download(sys.argv[1], local_dir=sys.argv[2], ignore_patterns=['original/*'])"
)
"""Meta's repositories have the weights a second time in `original`."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine, and the steps that make it.

    Attributes:
        name: of its directory; it changes with every flag, so that an engine of other flags is never taken for it.
        tokenizer: directory of the checkpoint.
    """

    name: str
    tokenizer: str
    steps: tuple[Step, ...]


def target_engine(args: TensorRtLlmArgs, route: EnginesRoute, model: Model) -> Engine:
    """Return the engine of the served model, which takes drafted tokens."""
    drafts = ["--speculative_decoding_mode=draft_tokens_external", f"--max_draft_len={route.max_draft_len}"]
    plugin = "low_latency_gemm_plugin" if route.build.target_gemm_plugin == "low-latency-fp8" else "gemm_plugin"
    return _engine(args, route.build, model, "target", [f"--{plugin}=fp8", *drafts])


def draft_engine(args: TensorRtLlmArgs, build: EngineBuild, model: Model) -> Engine:
    """Return the engine of a draft."""
    return _engine(args, build, model, "draft", ["--gemm_plugin=fp8"])


def baseline_engine(args: TensorRtLlmArgs, build: EngineBuild, model: Model) -> Engine:
    """Return the engine of the served model that takes no drafts, with which the benchmark compares."""
    flags = ["--gemm_plugin=fp8", "--use_fused_mlp=enable", "--reduce_fusion=enable"]
    return _engine(args, build, model, "alone", flags)


def _engine(args: TensorRtLlmArgs, build: EngineBuild, model: Model, role: str, flags: Sequence[str]) -> Engine:
    name, fp8 = model.name.replace("/", "--"), args.kv_cache_dtype == "fp8"
    download: Step = {
        "output": f"{ROOT}/checkpoints/{name}",
        "command": ["python3", "-c", DOWNLOAD, model.name, "{output}"],
    }
    quantise = _step(
        f"{ROOT}/checkpoints/{ENGINES_VERSION}/{name}-fp8",
        [
            "python3",
            QUANTISE,
            f"--model_dir={download['output']}",
            "--output_dir={output}",
            f"--dtype={build.dtype}",
            "--qformat=fp8",
            *(["--kv_cache_dtype=fp8"] if fp8 else []),
            f"--calib_size={build.calibration_samples}",
            "--tp_size=1",
        ],
    )
    built = _step(
        f"{DIRECTORY}/{{arch}}/{LAYOUT}/{name}-{role}",
        [
            "trtllm-build",
            f"--checkpoint_dir={quantise['output']}",
            "--output_dir={output}",
            f"--gpt_attention_plugin={build.dtype}",
            "--workers=1",
            "--use_paged_context_fmha=enable",
            *(["--use_fp8_context_fmha=enable"] if fp8 else []),
            f"--multiple_profiles={'enable' if build.multiple_profiles else 'disable'}",
            f"--max_batch_size={args.max_num_seqs}",
            f"--max_seq_len={args.max_model_len}",
            *flags,
        ],
    )
    return Engine(PurePosixPath(built["output"]).name, download["output"], (download, quantise, built))


def _step(output: str, command: list[str]) -> Step:
    return {"output": f"{output}-{digest({'command': ' '.join(command)})}", "command": command}
