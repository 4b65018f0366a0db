"""What a pod says of the NVIDIA NIM that it would run, in its image and its environment, beside what was judged of it.

A NIM for language models is vLLM behind a proxy. Other backends, and engines that a profile fixes, are not known.
"""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.continuous import batching_engine, exported, version_of
from rehearsal.engine.engine import Engine, Surroundings
from rehearsal.engine.load_time import download_start_seconds
from slipway.catalog.engines import NIM
from slipway.catalog.engines.nim.host import LIVE_PATH, metrics_path


def read(pod: Mapping[str, Any], around: Surroundings) -> Engine[BatchingEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container is a NIM."""
    container = next((each for each in pod["containers"] if "/nim/" in each.get("image", "")), None)
    if container is None:
        return None
    env: dict[str, str] = {each["name"]: each.get("value", "") for each in container.get("env", ())}
    version = version_of(container)
    name = env.get("NIM_SERVED_MODEL_NAME") or _repository(container["image"]).partition("/nim/")[2]
    return batching_engine(
        around.replica,
        around.chip,
        served_name=name,
        port=int(env.get("NIM_SERVER_PORT") or NIM.port),
        metrics_path=metrics_path(version),
        health_path=NIM.health_path,
        live_path=LIVE_PATH,
        series=exported(NIM.exports, version),
        labels={"engine": "0", "model_name": name},
        load_seconds=download_start_seconds(around.replica.model),
    )


def _repository(image: str) -> str:
    return re.sub(r"(@.*|:[^/]*)$", "", image)
