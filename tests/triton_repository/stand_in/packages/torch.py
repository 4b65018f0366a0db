"""Stands in for PyTorch in a Python model: the names that a model uses around `transformers`."""

from contextlib import nullcontext

float16 = "float16"
inference_mode = nullcontext
