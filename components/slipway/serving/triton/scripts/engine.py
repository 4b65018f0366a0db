# pyright: basic, reportMissingImports=false
"""An engine: what it is built for, and so where it is.

An engine runs with the release of TensorRT-LLM and on the kind of GPU that it was built with alone, so both are asked
of the container that this runs in.
"""

import argparse
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

QUERY = ("nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader")


@dataclass(frozen=True)
class Engine:
    """What it is built for.

    Attributes:
        model: name on Hugging Face.
        max_seq_len: most tokens of a request, prompt and answer together.
    """

    model: str
    dtype: str
    tensor_parallel: int
    pipeline_parallel: int
    max_batch_size: int
    max_num_tokens: int
    max_seq_len: int

    @property
    def ranks(self) -> int:
        """GPUs that run it, each with a part of its own."""
        return self.tensor_parallel * self.pipeline_parallel

    def directory(self, weights: Path) -> Path:
        """Return where it is on a storage."""
        return (
            weights
            / "engines"
            / self.model
            / f"tensorrt_llm-{version('tensorrt_llm')}"
            / architecture()
            / f"tp{self.tensor_parallel}-pp{self.pipeline_parallel}"
            / f"{self.dtype}-batch{self.max_batch_size}-tokens{self.max_num_tokens}-length{self.max_seq_len}"
        )


def architecture() -> str:
    """Return the architecture of the GPUs, such as `sm86`.

    Raises:
        SystemExit: there is no GPU, or they differ.
    """
    shown = subprocess.run(QUERY, capture_output=True, text=True, check=True).stdout.split()
    if len(set(shown)) != 1:
        raise SystemExit(f"an engine needs GPUs of one kind, and the pod has {shown or 'none'}")
    return f"sm{shown[0].replace('.', '')}"


def arguments() -> argparse.ArgumentParser:
    """Return a parser of what describes an engine, and of where the storage is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path, required=True)
    for name in ("model", "dtype"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("tensor-parallel", "pipeline-parallel", "max-batch-size", "max-num-tokens", "max-seq-len"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return parser


def described(given: argparse.Namespace) -> Engine:
    """Return the engine that a command line describes."""
    return Engine(**{name: getattr(given, name) for name in Engine.__dataclass_fields__})
