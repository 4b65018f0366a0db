"""Alibaba's Qwen models. The sources are named in `catalog.models`."""

from dataclasses import replace

from slipway.catalog.architecture import Model
from slipway.catalog.layers import Experts
from slipway.catalog.models.size import sized

QWEN25_7B = Model(
    name="Qwen/Qwen2.5-7B-Instruct",
    model_type="qwen2",
    parameters=7_615_616_512,
    layers=28,
    hidden=3584,
    intermediate=18944,
    heads=28,
    kv_heads=4,
    head_dim=128,
    vocabulary=152064,
    max_positions=32768,
    chat=True,
    source="kaito, litgpt; 32768 is without the YaRN extension",
)

QWEN25_32B = sized(QWEN25_7B, "Qwen/Qwen2.5-32B-Instruct", 32_763_876_352, 64, 5120, 27648, 40, kv_heads=8)
QWEN25_72B = sized(
    replace(QWEN25_7B, source="litgpt; 32768 is without the YaRN extension, by its siblings"),
    *("Qwen/Qwen2.5-72B-Instruct", 72_706_203_648, 80, 8192, 29568, 64),
    kv_heads=8,
)

QWEN3_8B = Model(
    name="Qwen/Qwen3-8B",
    model_type="qwen3",
    parameters=8_190_735_360,
    layers=36,
    hidden=4096,
    intermediate=12288,
    heads=32,
    kv_heads=8,
    head_dim=128,
    vocabulary=151936,
    max_positions=40960,
    chat=True,
    source="aiconfigurator, litgpt",
)

QWEN3_32B = sized(
    replace(QWEN3_8B, source="aiconfigurator, litgpt; llm-d-planner (61.03 GiB loaded)"),
    *("Qwen/Qwen3-32B", 32_762_123_264, 64, 5120, 25600, 64),
)
QWEN3_30B_A3B = sized(
    replace(QWEN3_8B, experts=Experts(count=128, active=8, intermediate=768)),
    *("Qwen/Qwen3-30B-A3B", 30_532_122_624, 48, 2048, 0, 32),
    kv_heads=4,
)

ROWS = (
    QWEN25_7B,
    replace(QWEN25_32B, name="Qwen/Qwen2.5-32B", max_positions=131072, chat=False, source="litgpt"),
    QWEN25_32B,
    QWEN25_72B,
    QWEN3_8B,
    QWEN3_32B,
    QWEN3_30B_A3B,
)
