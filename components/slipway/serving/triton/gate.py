"""A model in front of one that takes every request at once, so that Triton sees requests wait and run.

Seen on tritonserver 2.51: a model that hands requests over and returns leaves both the queue time and the pending
requests at nothing under overload; one that waits for its answers has both.
"""

from pathlib import Path

from slipway.catalog.engines.triton.host import BEHIND
from slipway.triton_repository import Model, ModelConfig, ModelInstanceGroup
from slipway.triton_repository.schema.policies import ModelTransactionPolicy

CODE = Path(__file__).parent / "models"
"""Code of Python models."""


def gated(name: str, behind: Model, instances: int, asked: ModelConfig | None = None) -> tuple[Model, Model]:
    """Return a gate, of which each instance has one request under way, and the model behind it.

    The gate may answer token by token, so it is asked by `generate`, `generate_stream` or a stream of gRPC.

    Args:
        name: of the gate.
        asked: the inputs and outputs that the gate has, where its backend fills in those of the model behind it.
    """
    tensors = asked or behind.config
    config = ModelConfig(
        name=name,
        backend="python",
        input=tensors.input,
        output=tensors.output,
        model_transaction_policy=ModelTransactionPolicy(decoupled=True),
        instance_group=(ModelInstanceGroup(kind="KIND_CPU", count=instances),),
        parameters={"model": behind.name},
    )
    gate = Model(config=config, versions={1: {"model.py": (CODE / "gate.py").read_text(encoding="utf-8")}})
    tagged = behind.config.model_copy(update={"metric_tags": {BEHIND: name}})
    return gate, behind.model_copy(update={"config": tagged})
