"""What a pod says of the `trtllm-serve` that it would run, in its command line and a ConfigMap, beside what was
judged of it."""

import argparse
from collections.abc import Mapping
from typing import Any, cast

import yaml

from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.continuous import batching_engine, exported, version_of
from rehearsal.engine.engine import Engine, Parameter, Surroundings
from rehearsal.engine.load_time import download_start_seconds
from slipway.catalog.engines import TRTLLM_SERVE

LABELS = {"model_name": "undefined", "engine_type": "undefined"}
"""What it writes on every series (tensorrt_llm/serve/openai_server.py)."""

SPEED_UPS: Mapping[str, float] = {
    "meta-llama/Llama-3.2-1B-Instruct": 181.74 / 51.14,
    "meta-llama/Llama-3.2-3B-Instruct": 161.53 / 51.14,
    "meta-llama/Llama-3.1-8B-Instruct": 134.38 / 51.14,
}
"""How many times as fast Llama 3.3 70B answers with a draft model, one request at a time (NVIDIA, "Boost Llama 3.3 70B
Inference Throughput 3x"). With several requests the gain is smaller, and nobody is known to have published how much."""


def read(pod: Mapping[str, Any], around: Surroundings) -> Engine[BatchingEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container starts a `trtllm-serve`."""
    container = next((each for each in pod["containers"] if each.get("command", [""])[0] == "trtllm-serve"), None)
    if container is None:
        return None
    flags = _parser().parse_known_args([*container["command"][1:], *container.get("args", ())])[0]
    options = cast("dict[str, Any]", yaml.safe_load(around.files(pod).get(flags.config or "", "")) or {})
    draft = around.replica.draft
    speed_up = SPEED_UPS.get(draft.model.name, 1.0) if draft else 1.0
    switched_on = [name for name, value in options.items() if value is True]
    page = TRTLLM_SERVE.pages[-1]
    return batching_engine(
        around.replica,
        around.chip,
        served_name="",
        port=flags.port,
        metrics_path=page.path,
        health_path=TRTLLM_SERVE.health_path,
        series=exported(TRTLLM_SERVE.exports, version_of(container), switched_on) if page.needs in switched_on else [],
        labels=LABELS,
        load_seconds=download_start_seconds(around.replica.model),
        speed_up=speed_up,
        more=[Parameter("speculation", f"{speed_up:.2f} times as fast", "rehearsal/engine/trtllm_pod.py")],
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("model")
    parser.add_argument("--port", type=int, default=TRTLLM_SERVE.port)
    parser.add_argument("--config", "--extra_llm_api_options")
    return parser
