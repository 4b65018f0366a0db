"""DeepSeek's models; the distilled ones have other publishers' shapes. The sources are named in `catalog.models`."""

from dataclasses import replace

from catalog.architecture import Experts, LatentAttention, Model
from catalog.units import GIB

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
    checkpoint_bytes=round(641.30 * GIB),
    chat=True,
    experts=Experts(count=256, active=8, intermediate=2048, shared=1, dense_layers=3),
    latent=LatentAttention(q_rank=1536, kv_rank=512, rope_dim=64, nope_dim=128, value_dim=128),
    source="aiconfigurator, kaito; parameters without, bytes with the multi-token-prediction module and the scales",
)

ROWS = (
    DEEPSEEK_V3,
    replace(DEEPSEEK_V3, name="deepseek-ai/DeepSeek-R1", source="DeepSeek-V3's shape"),
)
