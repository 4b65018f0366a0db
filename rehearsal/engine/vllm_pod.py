"""What a pod says of the vLLM that it would run, in its command line, beside what was judged of it."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.continuous import batching_engine, exported, version_of
from rehearsal.engine.engine import Engine, Parameter, Surroundings
from rehearsal.engine.load_time import download_start_seconds, streamed_start_seconds, warm_start_seconds
from slipway.catalog.engines import VLLM
from slipway.catalog.engines.vllm.host import STREAM_FORMAT
from slipway.catalog.footprint import cold_start_seconds


def read(pod: Mapping[str, Any], around: Surroundings) -> Engine[BatchingEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container starts a vLLM."""
    started = ((each, _serve_arguments(each)) for each in pod["containers"])
    container, arguments = next(((each, words) for each, words in started if words is not None), (None, None))
    if container is None or arguments is None:
        return None
    flags = _parser().parse_known_args(arguments)[0]
    streamed, names = flags.load_format == STREAM_FORMAT, flags.served_model_name or [flags.model]
    served, on_gpus = around.replica.model, around.chip.kind == "gpu"
    cold = Parameter(
        "load time of the very first start (not played)",
        f"{cold_start_seconds(served)} s",
        "slipway.catalog.footprint",
    )
    start = (streamed_start_seconds if streamed else download_start_seconds) if on_gpus else warm_start_seconds
    return batching_engine(
        around.replica,
        around.chip,
        chips=flags.tensor_parallel_size,
        served_name=names[0],
        port=flags.port,
        metrics_path=VLLM.metrics_path,
        health_path=VLLM.health_path,
        series=exported(VLLM.exports, version_of(container), arguments),
        labels={"engine": "0", "model_name": names[0]},
        load_seconds=start(served),
        more=() if on_gpus else (cold,),
    )


def _serve_arguments(container: Mapping[str, Any]) -> Sequence[str] | None:
    """Return what follows `vllm serve`, also where a shell starts it."""
    command: list[str] = [*container.get("command", ()), *container.get("args", ())]
    words = [word for part in command for word in (shlex.split(part) if "vllm serve" in part else [part])]
    places = [place for place in range(len(words) - 1) if words[place : place + 2] == ["vllm", "serve"]]
    return words[places[0] + 2 :] if places else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("model")
    parser.add_argument("--served-model-name", nargs="+")
    parser.add_argument("--load-format")
    parser.add_argument("--port", type=int, default=VLLM.port)
    parser.add_argument("--tensor-parallel-size", type=int, default=1)
    return parser
