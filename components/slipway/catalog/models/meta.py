"""Meta's models, and the checkpoints that others made of them. The sources are named in `catalog.models`."""

from dataclasses import replace

from slipway.catalog.architecture import Model
from slipway.catalog.models.size import sized

OPT_125M = Model(
    name="facebook/opt-125m",
    model_type="opt",
    parameters=125_239_296,
    layers=12,
    hidden=768,
    intermediate=3072,
    heads=12,
    kv_heads=12,
    head_dim=64,
    vocabulary=50272,
    max_positions=2048,
    dtype="float16",
    tied=True,
    source="copies of its config.json in several public repositories",
)

LLAMA_2_7B = Model(
    name="meta-llama/Llama-2-7b-hf",
    model_type="llama",
    parameters=6_738_415_616,
    layers=32,
    hidden=4096,
    intermediate=11008,
    heads=32,
    kv_heads=32,
    head_dim=128,
    vocabulary=32000,
    max_positions=4096,
    dtype="float16",
    gated=True,
    source="litgpt",
)

LLAMA_2_13B = sized(LLAMA_2_7B, "meta-llama/Llama-2-13b-hf", 13_015_864_320, 40, 5120, 13824, 40, kv_heads=40)
LLAMA_2_70B = sized(LLAMA_2_7B, "meta-llama/Llama-2-70b-hf", 68_976_648_192, 80, 8192, 28672, 64, kv_heads=8)

LLAMA_31_8B = Model(
    name="meta-llama/Llama-3.1-8B",
    model_type="llama",
    parameters=8_030_261_248,
    layers=32,
    hidden=4096,
    intermediate=14336,
    heads=32,
    kv_heads=8,
    head_dim=128,
    vocabulary=128256,
    max_positions=131072,
    gated=True,
    source="aiconfigurator, kaito, litgpt",
)

LLAMA_31_70B = sized(
    LLAMA_31_8B, "meta-llama/Llama-3.1-70B", 70_553_706_496, 80, 8192, 28672, 64, source="aiconfigurator, litgpt"
)
LLAMA_31_405B = sized(
    LLAMA_31_8B, "meta-llama/Llama-3.1-405B", 405_853_388_800, 126, 16384, 53248, 128, source="aiconfigurator, litgpt"
)
LLAMA_32_1B = sized(
    replace(LLAMA_31_8B, head_dim=64, tied=True),
    *("meta-llama/Llama-3.2-1B", 1_235_814_400, 16, 2048, 8192, 32),
    source="litgpt; vllm-project/recipes:models/meta-llama/Llama-3.2-1B-Instruct.yaml@8959cf6418",
)
LLAMA_32_3B = sized(
    LLAMA_31_8B, "meta-llama/Llama-3.2-3B", 3_212_749_824, 28, 3072, 8192, 24, tied=True, source="litgpt"
)

LLAMA_33_70B = replace(
    LLAMA_31_70B, name="meta-llama/Llama-3.3-70B-Instruct", chat=True, source="kaito, litgpt; llm-d-planner (count)"
)
_OPEN = replace(LLAMA_33_70B, gated=False)

ROWS = (
    OPT_125M,
    LLAMA_2_7B,
    replace(LLAMA_2_7B, name="meta-llama/Llama-2-7b-chat-hf", chat=True),
    LLAMA_2_13B,
    replace(LLAMA_2_13B, name="meta-llama/Llama-2-13b-chat-hf", chat=True),
    LLAMA_2_70B,
    replace(LLAMA_2_70B, name="meta-llama/Llama-2-70b-chat-hf", chat=True),
    replace(LLAMA_31_8B, name="meta-llama/Meta-Llama-3-8B-Instruct", max_positions=8192, chat=True, source="litgpt"),
    LLAMA_31_8B,
    replace(LLAMA_31_8B, name="meta-llama/Llama-3.1-8B-Instruct", chat=True),
    LLAMA_31_70B,
    replace(LLAMA_31_70B, name="meta-llama/Llama-3.1-70B-Instruct", chat=True),
    LLAMA_31_405B,
    replace(LLAMA_31_405B, name="meta-llama/Llama-3.1-405B-Instruct", chat=True),
    LLAMA_32_1B,
    replace(LLAMA_32_1B, name="meta-llama/Llama-3.2-1B-Instruct", chat=True),
    LLAMA_32_3B,
    replace(LLAMA_32_3B, name="meta-llama/Llama-3.2-3B-Instruct", chat=True),
    LLAMA_33_70B,
    replace(
        _OPEN,
        name="RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic",
        quantisation="fp8",
        quantised_by="compressed-tensors",
        source="llm-d-planner (67.72 GiB loaded)",
    ),
    replace(
        _OPEN,
        name="nvidia/Llama-3.3-70B-Instruct-FP8",
        quantisation="fp8",
        quantised_by="modelopt",
        source="Llama-3.3-70B's shape; TensorRT-LLM speculative decoding playbook",
    ),
    replace(
        _OPEN,
        name="deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
        source="Llama-3.3-70B's shape; its own config was not read",
    ),
)
