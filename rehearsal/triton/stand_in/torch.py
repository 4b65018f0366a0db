"""Stands in for PyTorch in a Python model: the few names of it that a model uses around `transformers`."""

from contextlib import nullcontext

float16 = "float16"
bfloat16 = "bfloat16"

inference_mode = nullcontext
no_grad = nullcontext
