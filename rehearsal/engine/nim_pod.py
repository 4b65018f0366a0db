"""What a pod says of the NVIDIA NIM that it would run: its image, its environment and its GPUs.

A NIM for language models is vLLM behind a proxy. Other backends, and engines that a profile fixes, are not known.
"""

import re
from collections.abc import Mapping
from typing import Any

from catalog.architecture import Model
from catalog.engines import NIM
from catalog.engines.nim.host import LIVE_PATH, MEMORY_UTILIZATION, metrics_path
from catalog.models import MODELS, UnknownModelError
from checks.fit import Replica
from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.continuous import batching_engine, exported, version_of
from rehearsal.engine.engine import NOTHING_AROUND, Engine, Surroundings
from rehearsal.engine.hardware import chip, gpus
from rehearsal.engine.load_time import download_start_seconds


def read(pod: Mapping[str, Any], around: Surroundings = NOTHING_AROUND) -> Engine[BatchingEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container is a NIM.

    Raises:
        UnknownModelError: the catalog has no model of the image's name.
        UnknownChipError: nothing says what the pod computes on.
    """
    container = next((each for each in pod["containers"] if "/nim/" in each.get("image", "")), None)
    if container is None:
        return None
    env: dict[str, str] = {each["name"]: each.get("value", "") for each in container.get("env", ())}
    image, device, version = container["image"], chip(pod, around.pools), version_of(container)
    served = _model(image)
    name = env.get("NIM_SERVED_MODEL_NAME") or _repository(image).partition("/nim/")[2]
    return batching_engine(
        Replica(
            engine="vllm",
            model=served,
            memory_gib=device.memory_gib,
            chips=gpus(pod),
            memory_utilization=MEMORY_UTILIZATION,
            max_model_len=int(env.get("NIM_MAX_MODEL_LEN") or served.max_positions),
            tensor_parallel=gpus(pod),
        ),
        device,
        served_name=name,
        port=int(env.get("NIM_SERVER_PORT") or NIM.port),
        metrics_path=metrics_path(version),
        health_path=NIM.health_path,
        live_path=LIVE_PATH,
        series=exported(NIM.exports, version),
        labels={"engine": "0", "model_name": name},
        load_seconds=download_start_seconds(served),
    )


def _repository(image: str) -> str:
    return re.sub(r"(@.*|:[^/]*)$", "", image)


def _model(image: str) -> Model:
    """Return the model by the last part of the image's name, which is its model's in small letters."""
    wanted = _letters(_repository(image).rpartition("/")[2])
    found = next((each for name, each in MODELS.items() if _letters(name.rpartition("/")[2]) == wanted), None)
    if found is None:
        raise UnknownModelError(image)
    return found


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
