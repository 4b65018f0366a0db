"""The PyTorch route: `trtllm-serve` with its options file."""

import pulumi

from slipway.catalog.engines import TRTLLM_SERVE
from slipway.catalog.engines.tensorrt_llm.host import IMAGE, cold_start_seconds
from slipway.catalog.versions import TENSORRT_LLM
from slipway.serving.load_request import PROMPT, LoadRequest
from slipway.serving.tensorrt_llm.files import config_map, script
from slipway.serving.tensorrt_llm.options import options, rendered
from slipway.serving.tensorrt_llm.plan import pytorch_files, serve_command
from slipway.serving.tensorrt_llm.pod import CONFIG_PATH, Program, Runtime
from slipway.serving.tensorrt_llm.served import Served
from slipway.serving.tensorrt_llm.settings import PyTorchRoute, TensorRtLlmArgs

OPTIONS = "options.yaml"


def served(
    name: str,
    args: TensorRtLlmArgs,
    route: PyTorchRoute,
    runtime: Runtime,
    opts: pulumi.ResourceOptions,
) -> Served:
    """Create the files of the route and say what is run with them."""
    image, accelerator = route.image or f"{IMAGE}:{TENSORRT_LLM}", runtime.accelerator
    storage = runtime.site.storage
    weights = storage.volumes(runtime.shape.files)
    longer = cold_start_seconds(runtime.shape.models[draft] for draft in args.benchmark.drafts)
    settings = config_map(
        name,
        "options",
        {OPTIONS: rendered(options(args, route, weights.found_at))},
        namespace=runtime.site.namespace,
        opts=opts,
    )
    measured = config_map(
        name,
        "benchmark",
        {
            "benchmark.py": script("benchmark.py"),
            **pytorch_files(args, route, weights, runtime.shape.startup_seconds + longer),
        },
        namespace=runtime.site.namespace,
        opts=opts,
    )
    return Served(
        program=Program(
            name="trtllm",
            image=image,
            command=serve_command(args.model, weights, f"{CONFIG_PATH}/{OPTIONS}"),
            config=settings.metadata["name"],
            storage=weights,
            gpus=accelerator.count,
            memory_gib=accelerator.memory_gib,
        ),
        benchmark=Program(
            name="benchmark",
            image=image,
            command=["python3", f"{CONFIG_PATH}/benchmark.py", f"{CONFIG_PATH}/benchmark.json"],
            config=measured.metadata["name"],
            storage=storage.volumes(runtime.shape.benchmark_files),
            gpus=accelerator.count,
            memory_gib=accelerator.memory_gib,
        ),
        ports={"http": TRTLLM_SERVE.port},
        health_path=TRTLLM_SERVE.health_path,
        request=LoadRequest(
            "/v1/completions",
            {"model": args.model, "prompt": PROMPT, "max_tokens": args.load_clients.max_tokens, "temperature": 0},
        ),
        before=[settings, *weights.depends_on],
        affinity=None,
    )
