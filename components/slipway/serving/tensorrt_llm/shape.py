"""What the objects of a TensorRT-LLM server say beside every server's. Plain data: importing it loads no cloud SDK."""

from collections.abc import Mapping
from dataclasses import dataclass

from slipway.catalog.architecture import Model
from slipway.serving.shape import Files, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorRtLlmShape(Shape):
    """What the objects of a TensorRT-LLM server say.

    Attributes:
        models: the served model and every draft by name.
        benchmark_files: what the files of the benchmark take, which has more models.
    """

    models: Mapping[str, Model]
    benchmark_files: Files
