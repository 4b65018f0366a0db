"""Google's Gemma models. The sources are named in `catalog.models`."""

from dataclasses import replace

from slipway.catalog.architecture import Model
from slipway.catalog.layers import Experts, SlidingWindow, Vision

GEMMA_2_9B = Model(
    name="google/gemma-2-9b",
    model_type="gemma2",
    parameters=9_241_705_984,
    layers=42,
    hidden=3584,
    intermediate=14336,
    heads=16,
    kv_heads=8,
    head_dim=256,
    vocabulary=256000,
    max_positions=8192,
    dtype="float32",
    tied=True,
    gated=True,
    window=SlidingWindow(layers=21, tokens=4096),
    source="litgpt; that the base checkpoint is float32 and -it is bfloat16 was not read",
)

GEMMA_3_27B = Model(
    name="google/gemma-3-27b-it",
    model_type="gemma3",
    parameters=27_432_406_640,
    layers=62,
    hidden=5376,
    intermediate=21504,
    heads=32,
    kv_heads=16,
    head_dim=128,
    vocabulary=262208,
    max_positions=131072,
    tied=True,
    gated=True,
    chat=True,
    window=SlidingWindow(layers=52, tokens=1024),
    vision=Vision(parameters=423_060_336, item_tokens=256, whole=True),
    rotary_rows=8 * 131072 + 131072,
    source="kaito (file size, with the vision tower), litgpt; its rotation is scaled by 8 in layers without a window",
)

GEMMA_4_31B = Model(
    name="google/gemma-4-31B-it",
    model_type="gemma4",
    parameters=31_273_086_512,
    layers=60,
    hidden=5376,
    intermediate=21504,
    heads=32,
    kv_heads=4,
    head_dim=512,
    vocabulary=262144,
    max_positions=262144,
    tied=True,
    chat=True,
    window=SlidingWindow(layers=50, tokens=1024, kv_heads=16, head_dim=256),
    vision=Vision(parameters=575_741_232, item_tokens=2496, whole=True),
    rotary_rows=2 * 262144,
    source="aiconfigurator (its NVFP4 copy, and the 26B); parameters by transformers 5.24; tokens by vllm-project/"
    "recipes#441",
)

GEMMA_4_26B = replace(
    GEMMA_4_31B,
    name="google/gemma-4-26B-A4B-it",
    parameters=25_805_933_872,
    layers=30,
    hidden=2816,
    intermediate=0,
    heads=16,
    kv_heads=2,
    experts=Experts(count=128, active=8, intermediate=704),
    window=SlidingWindow(layers=25, tokens=1024, kv_heads=8, head_dim=256),
    vision=Vision(parameters=572_792_112, item_tokens=2496, whole=True),
)

ROWS = (
    GEMMA_2_9B,
    replace(GEMMA_2_9B, name="google/gemma-2-9b-it", dtype="bfloat16", chat=True),
    GEMMA_3_27B,
    GEMMA_4_31B,
    GEMMA_4_26B,
)
