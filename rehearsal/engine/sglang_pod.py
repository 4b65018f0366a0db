"""What a pod says of the SGLang that it would run, in its command line, beside what was judged of it."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.continuous import batching_engine, exported, version_of
from rehearsal.engine.engine import Engine, Surroundings
from rehearsal.engine.histogram import Bounds
from rehearsal.engine.load_time import download_start_seconds
from slipway.catalog.engines import SGLANG
from slipway.catalog.engines.sglang.series import FIRST_TOKEN_BOUNDS, INTER_TOKEN_BOUNDS, STREAMING

MODULE = "sglang.launch_server"


def read(pod: Mapping[str, Any], around: Surroundings) -> Engine[BatchingEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container starts an SGLang."""
    started = ((each, _arguments(each)) for each in pod["containers"])
    container, arguments = next(((each, words) for each, words in started if words is not None), (None, None))
    if container is None or arguments is None:
        return None
    flags = _parser().parse_known_args(arguments)[0]
    name = flags.served_model_name or flags.model_path
    page = SGLANG.pages[-1]
    return batching_engine(
        around.replica,
        around.chip,
        chips=flags.tp_size,
        served_name=name,
        port=flags.port,
        metrics_path=page.path,
        health_path=SGLANG.health_path,
        series=exported(SGLANG.exports, version_of(container), arguments) if page.needs in arguments else [],
        labels={
            "model_name": name,
            "engine_type": "unified",
            "tp_rank": "0",
            "pp_rank": "0",
            "moe_ep_rank": "0",
            # The load clients do not stream.
            STREAMING: "false",
        },
        load_seconds=download_start_seconds(around.replica.model),
        bounds=Bounds(first_token=FIRST_TOKEN_BOUNDS, inter_token=INTER_TOKEN_BOUNDS),
        answers={
            "/health_generate": None,
            "/v1/models": {
                "object": "list",
                "data": [{"id": name, "object": "model", "owned_by": "sglang", "root": name}],
            },
        },
    )


def _arguments(container: Mapping[str, Any]) -> Sequence[str] | None:
    """Return what follows the module that is run, or `sglang serve`."""
    words: list[str] = [*container.get("command", ()), *container.get("args", ())]
    if MODULE in words:
        return words[words.index(MODULE) + 1 :]
    return words[2:] if words[:2] == ["sglang", "serve"] else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--model-path", "--model", required=True)
    parser.add_argument("--served-model-name")
    parser.add_argument("--port", type=int, default=SGLANG.port)
    parser.add_argument("--tp-size", "--tensor-parallel-size", type=int, default=1)
    return parser
