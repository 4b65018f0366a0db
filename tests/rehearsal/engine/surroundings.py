"""What was judged of a pod's server, for pods of no stack."""

from typing import Any

from rehearsal.engine.engine import Surroundings
from slipway.catalog.machines import MACHINES
from slipway.catalog.models import model
from slipway.checks.fit import Replica


def around(name: str, machine: str, *, engine: Any = "", max_model_len: int = 8192, **limits: Any) -> Surroundings:
    """Return a replica of a model: on all chips of a TPU machine, on one GPU of another."""
    chip = MACHINES[machine].chip.device
    chips = MACHINES[machine].chips if chip.kind == "tpu" else 1
    replica = Replica(
        engine=engine or ("vllm-tpu" if chip.kind == "tpu" else "vllm"),
        model=model(name),
        memory_gib=chip.memory_gib,
        chips=chips,
        tensor_parallel=chips,
        memory_utilization=0.9,
        max_model_len=max_model_len,
        **limits,
    )
    return Surroundings(replica, chip)
