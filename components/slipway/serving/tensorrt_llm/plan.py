"""What the benchmark measures: a server for each way to propose tokens, and one without."""

from collections.abc import Iterable, Mapping, Sequence

from slipway.catalog.architecture import Model
from slipway.catalog.engines import TRITON, TRTLLM_SERVE
from slipway.catalog.engines.triton.host import ENGINE_TEMPLATES, HTTP_PORT
from slipway.serving.tensorrt_llm.engines import (
    DIRECTORY,
    LAYOUT,
    Engine,
    baseline_engine,
    draft_engine,
    target_engine,
)
from slipway.serving.tensorrt_llm.options import options, rendered
from slipway.serving.tensorrt_llm.pod import CONFIG_PATH
from slipway.serving.tensorrt_llm.scripts.benchmark import Plan, Run
from slipway.serving.tensorrt_llm.scripts.steps import Step
from slipway.serving.tensorrt_llm.settings import (
    DraftTarget,
    EnginesRoute,
    NoSpeculation,
    PyTorchRoute,
    Speculation,
    TensorRtLlmArgs,
)
from slipway.workload import Volumes

TOOLS = "/app/tools"
"""Where Triton's container has the script that fills in blanks."""
ALONE = "no draft"
HOST = "127.0.0.1"
"""Nothing but the benchmark itself asks its servers."""


def serve_command(model: str, weights: Volumes, options_file: str, *, host: str = "0.0.0.0") -> list[str]:
    """Return the command line of `trtllm-serve`; the file wins over it.

    Args:
        model: its name, for clients too.
    """
    found = weights.found_at(model)
    named = [f"--served_model_name={model}"] if found != model else []
    return ["trtllm-serve", found, *named, f"--host={host}", f"--port={TRTLLM_SERVE.port}", f"--config={options_file}"]


def triton_environment(
    args: TensorRtLlmArgs, route: EnginesRoute, target: Engine, draft: Engine | None
) -> dict[str, str]:
    """Return what `scripts/serve.sh` is told of its engines."""
    shares = route.kv_cache_shares
    return {
        "ENGINES": DIRECTORY,
        "LAYOUT": LAYOUT,
        "TARGET": target.name,
        "DRAFT": draft.name if draft else "",
        "TOKENIZER": target.tokenizer,
        "TARGET_KV_SHARE": f"{shares.target:g}",
        "DRAFT_KV_SHARE": f"{shares.draft:g}",
        "MAX_BATCH_SIZE": str(args.max_num_seqs),
        "DRAIN_SECONDS": str(args.drain_seconds),
        "TEMPLATES": ENGINE_TEMPLATES,
        "TOOLS": TOOLS,
    }


def pytorch_files(
    args: TensorRtLlmArgs, route: PyTorchRoute, weights: Volumes, startup_seconds: int
) -> Mapping[str, str]:
    """Return the plan and the options of each of its servers."""
    files: dict[str, str] = {}
    runs: list[Run] = []
    for number, (label, measured) in enumerate(_routes(args, route)):
        name = f"options-{number}.yaml"
        files[name] = rendered(options(args, measured, weights.found_at))
        runs.append(
            {
                "label": label,
                "command": serve_command(args.model, weights, f"{CONFIG_PATH}/{name}", host=HOST),
                "environment": {},
                "url": f"http://{HOST}:{TRTLLM_SERVE.port}",
                "health": TRTLLM_SERVE.health_path,
                "metrics": f"http://{HOST}:{TRTLLM_SERVE.port}{TRTLLM_SERVE.metrics_path}",
                "api": "openai",
                "model": args.model,
                "draft_tokens": 0,
            }
        )
    tokenizer = weights.found_at(args.model)
    return files | {"benchmark.json": rendered(_plan(args, startup_seconds, tokenizer, runs))}


def engine_files(
    args: TensorRtLlmArgs, route: EnginesRoute, *, target: Model, drafts: Sequence[Model], startup_seconds: int
) -> Mapping[str, str]:
    """Return the plan and the steps that make its engines; the server's own are there already."""
    verifying, alone = target_engine(args, route, target), baseline_engine(args, route.build, target)
    pairs: list[tuple[str, Engine, Engine | None]] = [
        *((short(draft.name), verifying, draft_engine(args, route.build, draft)) for draft in drafts),
        (ALONE, alone, None),
    ]
    runs: list[Run] = [
        {
            "label": label,
            "command": ["/bin/sh", f"{CONFIG_PATH}/serve.sh"],
            "environment": triton_environment(args, route, engine, draft),
            "url": f"http://{HOST}:{HTTP_PORT}",
            "health": TRITON.health_path,
            "metrics": f"http://{HOST}:{TRITON.port}{TRITON.metrics_path}",
            "api": "triton",
            "model": args.model,
            "draft_tokens": route.max_draft_len if draft else 0,
        }
        for label, engine, draft in pairs
    ]
    engines = [engine for _, one, other in pairs for engine in (one, other) if engine]
    return {
        "steps.json": rendered(steps_of(engines)),
        "benchmark.json": rendered(_plan(args, startup_seconds, verifying.tokenizer, runs)),
    }


def steps_of(engines: Iterable[Engine]) -> list[Step]:
    """Return the steps that make engines, each once."""
    steps = {step["output"]: step for engine in engines for step in engine.steps}
    return list(steps.values())


def short(model: str) -> str:
    """Return a model's name without its publisher."""
    return model.rpartition("/")[2]


def _routes(args: TensorRtLlmArgs, route: PyTorchRoute) -> list[tuple[str, PyTorchRoute]]:
    """Return the ways to measure with their names: the server's own, those with other drafts, and without any."""
    own = route.speculation
    chosen = [] if isinstance(own, NoSpeculation) else [(_name(own), route)]
    chosen += [(short(draft), other) for draft in args.benchmark.drafts if (other := route.drafting(draft))]
    return [*chosen, (ALONE, route.model_copy(update={"speculation": NoSpeculation(type="none")}))]


def _name(speculation: Speculation) -> str:
    return short(speculation.model) if isinstance(speculation, DraftTarget) else speculation.type


def _plan(args: TensorRtLlmArgs, startup_seconds: int, tokenizer: str, runs: list[Run]) -> Plan:
    return {
        "requests": args.benchmark.requests,
        "answer_tokens": args.benchmark.answer_tokens,
        "startup_seconds": startup_seconds,
        "tokenizer": tokenizer,
        "runs": runs,
    }
