"""DeepSeek's models; the distilled ones have other publishers' shapes. The sources are named in `catalog.models`."""

from dataclasses import replace

from slipway.catalog.architecture import Model
from slipway.catalog.layers import Experts, LatentAttention, Split
from slipway.catalog.units import GIB

BLOCKS = (
    ("self_attn.q_b_proj", 24576),
    ("self_attn.kv_b_proj", 32768),
    ("self_attn.o_proj", 16384),
    ("mlp.gate_proj", 18432),
    ("mlp.experts.gate_proj", 2048),
)
"""What its FP8 blocks bind."""

DEEPSEEK_V3 = Model(
    name="deepseek-ai/DeepSeek-V3",
    model_type="deepseek_v3",
    parameters=671_026_419_200,
    layers=61,
    hidden=7168,
    intermediate=18432,
    heads=128,
    kv_heads=128,
    head_dim=192,
    vocabulary=129280,
    max_positions=163840,
    quantisation="fp8",
    quantised_by="fp8",
    checkpoint_bytes=round(641.30 * GIB),
    chat=True,
    experts=Experts(count=256, active=8, intermediate=2048, shared=1, dense_layers=3),
    latent=LatentAttention(q_rank=1536, kv_rank=512, rope_dim=64, nope_dim=128, value_dim=128),
    whole_bytes=1_138_603_872,
    splits=tuple(Split(name=name, width=width, multiple=128) for name, width in BLOCKS),
    source="aiconfigurator, kaito; parameters without, bytes with the multi-token-prediction module and the scales",
)

ROWS = (
    DEEPSEEK_V3,
    replace(DEEPSEEK_V3, name="deepseek-ai/DeepSeek-R1", source="DeepSeek-V3's shape"),
)
