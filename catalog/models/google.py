"""Google's Gemma models. The sources are named in `catalog.models`."""

from dataclasses import replace

from catalog.architecture import Model, SlidingWindow

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
    vision_parameters=423_060_336,
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
    source="kaito (file size, with the vision tower), litgpt",
)

ROWS = (
    GEMMA_2_9B,
    replace(GEMMA_2_9B, name="google/gemma-2-9b-it", dtype="bfloat16", chat=True),
    GEMMA_3_27B,
)
