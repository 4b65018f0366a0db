"""What a person adds to a server beside its keys, judged engine by engine: arguments, options, variables, images."""

from collections.abc import Iterator

from catalog.engines.nim import flags as nim
from catalog.engines.tensorrt_llm import flags as tensorrt_llm
from catalog.engines.triton import flags as triton
from catalog.engines.vllm import flags as vllm
from catalog.versions import TENSORRT_LLM
from checks import Finding
from checks.arguments import Told, argument_findings, environment_findings, option_findings
from checks.batch import batch_findings
from checks.images import image_findings
from components.serving.environment_settings import plain
from components.serving.nim_settings import NimArgs
from components.serving.settings import VllmArgs
from components.serving.tensorrt_llm.settings import PyTorchRoute, TensorRtLlmArgs
from components.serving.triton.settings import LlmApi, ModelRepository, TritonArgs

_NIM_KEYS = {key: key for key in ("model", "servedModelName", "maxModelLen", "tensorParallel")}
"""Of the keys that vLLM's flags name, those that a NIM server has, too."""

_LLMAPI_KEYS = {
    "model": "model",
    "tensorParallel": "tensorParallel",
    "maxModelLen": "maxModelLen",
    "maxNumSeqs": "maxBatchSize",
    "route.maxNumBatchedTokens": "maxNumTokens",
    "route.kvCacheShare": "kvCacheShare",
}
"""What Triton's route calls the keys that the options of TensorRT-LLM name."""


def vllm_findings(path: str, args: VllmArgs, version: str) -> Iterator[Finding]:
    """Judge what is added to a vLLM server whose pinned image has this version."""
    pinned = args.image is None
    yield from argument_findings(f"{path}.extraArgs", args.extra_args, Told(flags=vllm.arguments(), pinned=pinned))
    yield from environment_findings(f"{path}.env", plain(args.env), Told(flags=vllm.variables(), pinned=pinned))
    if args.image:
        yield from image_findings(f"{path}.image", args.image, "vLLM", version)
    yield from batch_findings(path, args.max_num_seqs, args.max_num_batched_tokens)


def nim_findings(path: str, args: NimArgs) -> Iterator[Finding]:
    """Judge what is added to a NIM server; which vLLM is in its image nobody says."""
    passed_on = Told(flags=vllm.arguments(), keys=_NIM_KEYS, pinned=False)
    told = Told(flags=nim.variables(args.version), arguments=passed_on)
    yield from environment_findings(f"{path}.env", plain(args.env), told)


def triton_findings(path: str, args: TritonArgs) -> Iterator[Finding]:
    """Judge what is added to a Triton server."""
    yield from argument_findings(f"{path}.extraArgs", args.extra_args, Told(flags=triton.arguments(args.release)))
    yield from environment_findings(f"{path}.env", plain(args.env), Told(flags=triton.variables()))
    if isinstance(args.serving, LlmApi):
        told = Told(flags=tensorrt_llm.options(), keys=_LLMAPI_KEYS, pinned=False)
        yield from option_findings(f"{path}.serving.extraArgs", args.serving.extra_args, told)
    if isinstance(args.serving, ModelRepository) and args.serving.image:
        yield from image_findings(f"{path}.serving.image", args.serving.image, "container", args.release)


def tensorrt_llm_findings(path: str, args: TensorRtLlmArgs) -> Iterator[Finding]:
    """Judge what is added to a TensorRT-LLM server."""
    yield from environment_findings(f"{path}.env", plain(args.env), Told(flags=tensorrt_llm.variables()))
    if isinstance(args.route, PyTorchRoute):
        image = args.route.image
        told = Told(flags=tensorrt_llm.options(), pinned=image is None)
        yield from option_findings(f"{path}.route.extraOptions", args.route.extra_options, told)
        if image:
            yield from image_findings(f"{path}.route.image", image, "TensorRT-LLM", TENSORRT_LLM)
