"""OpenAI's open models. The sources are named in `catalog.models`."""

from dataclasses import replace

from slipway.catalog.architecture import Model
from slipway.catalog.layers import Experts, SlidingWindow
from slipway.catalog.units import GIB

GPT2 = Model(
    name="openai-community/gpt2",
    model_type="gpt2",
    parameters=124_439_808,
    layers=12,
    hidden=768,
    intermediate=3072,
    heads=12,
    kv_heads=12,
    head_dim=64,
    vocabulary=50257,
    max_positions=1024,
    dtype="float32",
    tied=True,
    source="transformers (class defaults are gpt2's); the file holds float32",
)

GPT_OSS_20B = Model(
    name="openai/gpt-oss-20b",
    model_type="gpt_oss",
    parameters=20_914_757_184,
    layers=24,
    hidden=2880,
    intermediate=0,
    heads=64,
    kv_heads=8,
    head_dim=64,
    vocabulary=201088,
    max_positions=131072,
    quantisation="mxfp4",
    quantised_by="mxfp4",
    checkpoint_bytes=round(12.82 * GIB),
    chat=True,
    experts=Experts(count=32, active=4, intermediate=2880),
    window=SlidingWindow(layers=12, tokens=128),
    source="aiconfigurator; bytes without the second copy of the weights that the repository holds",
)

GPT_OSS_120B = replace(
    GPT_OSS_20B,
    name="openai/gpt-oss-120b",
    parameters=116_829_156_672,
    layers=36,
    checkpoint_bytes=round(60.77 * GIB),
    experts=Experts(count=128, active=4, intermediate=2880),
    window=SlidingWindow(layers=18, tokens=128),
)

ROWS = (
    GPT2,
    GPT_OSS_20B,
    GPT_OSS_120B,
)
