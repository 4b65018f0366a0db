# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false
"""Build the engine of a model of Hugging Face with the TensorRT-LLM 1.2 of the container, once for each storage."""

from pathlib import Path

import tensorrt_llm as trtllm
import torch
from checkpoint import checkpoint
from engine import Engine, arguments, described
from finished import make


def build_engine(engine: Engine, weights: Path) -> Path:
    """Return the engine's directory; the engine is built if it is not there."""
    directory = engine.directory(weights)

    def fill(target: Path) -> None:
        source = checkpoint(weights, engine.model)
        for rank in range(engine.ranks):
            _build_rank(engine, source, target, rank)

    make(directory, fill)
    return directory


def _build_rank(engine: Engine, source: Path, target: Path, rank: int) -> None:
    torch.cuda.set_device(rank)
    mapping = trtllm.Mapping(
        world_size=engine.ranks, rank=rank, tp_size=engine.tensor_parallel, pp_size=engine.pipeline_parallel
    )
    # The builder needs the GPU's memory for itself.
    model = trtllm.AutoModelForCausalLM.from_hugging_face(str(source), engine.dtype, mapping, load_model_on_cpu=True)
    config = trtllm.BuildConfig(
        max_batch_size=engine.max_batch_size,
        max_num_tokens=engine.max_num_tokens,
        max_seq_len=engine.max_seq_len,
        max_input_len=engine.max_seq_len - 1,
    )
    config.plugin_config.gemm_plugin = "auto"
    trtllm.build(model, config).save(str(target))


if __name__ == "__main__":
    given = arguments().parse_args()
    build_engine(described(given), given.weights)
