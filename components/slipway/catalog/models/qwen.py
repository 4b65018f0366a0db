"""Alibaba's Qwen models. The sources are named in `catalog.models`."""

from dataclasses import replace

from slipway.catalog.architecture import Model
from slipway.catalog.layers import Experts

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

QWEN25_32B = replace(
    QWEN25_7B,
    name="Qwen/Qwen2.5-32B-Instruct",
    parameters=32_763_876_352,
    layers=64,
    hidden=5120,
    intermediate=27648,
    heads=40,
    kv_heads=8,
)

QWEN25_72B = replace(
    QWEN25_7B,
    name="Qwen/Qwen2.5-72B-Instruct",
    parameters=72_706_203_648,
    layers=80,
    hidden=8192,
    intermediate=29568,
    heads=64,
    kv_heads=8,
    source="litgpt; 32768 is without the YaRN extension, by its siblings",
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

QWEN3_32B = replace(
    QWEN3_8B,
    name="Qwen/Qwen3-32B",
    parameters=32_762_123_264,
    layers=64,
    hidden=5120,
    intermediate=25600,
    heads=64,
    source="aiconfigurator, litgpt; llm-d-planner (61.03 GiB loaded)",
)

QWEN3_30B_A3B = replace(
    QWEN3_8B,
    name="Qwen/Qwen3-30B-A3B",
    parameters=30_532_122_624,
    layers=48,
    hidden=2048,
    intermediate=0,
    kv_heads=4,
    experts=Experts(count=128, active=8, intermediate=768),
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
