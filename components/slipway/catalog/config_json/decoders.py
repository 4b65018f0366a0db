"""The networks that can be read, by the `model_type` of their config.json, and why others cannot."""

from collections.abc import Mapping

from slipway.catalog.config_json import dense, encoders, experts, gemma4, hybrid, latent, mamba, multimodal, older
from slipway.catalog.config_json.block import Block

DECODERS: Mapping[str, type[Block]] = {
    "bert": encoders.Bert,
    "deepseek_v2": latent.DeepseekV2,
    "deepseek_v3": latent.DeepseekV3,
    "falcon": older.Falcon,
    "gemma": dense.Gemma,
    "gemma2": dense.Gemma2,
    "gemma3": multimodal.Gemma3Vision,
    "gemma3_text": dense.Gemma3,
    "gemma4": multimodal.Gemma4Towers,
    "gemma4_text": gemma4.Gemma4,
    "glm": dense.Glm,
    "glm4": dense.Glm4,
    "glm4_moe": experts.Glm4Moe,
    "gpt2": older.Gpt2,
    "gpt_neox": older.GptNeox,
    "gpt_oss": experts.GptOss,
    "granite": dense.Llama,
    "kimi_k2": latent.DeepseekV3,
    "kimi_k25": multimodal.KimiK25,
    "llama": dense.Llama,
    "llama4": multimodal.Llama4Vl,
    "llama4_text": experts.Llama4,
    "llava": multimodal.Llava,
    "minimax": hybrid.MiniMax,
    "minimax_m1": hybrid.MiniMax,
    "minimax_m2": experts.MiniMaxM2,
    "minimax_text_01": hybrid.MiniMax,
    "ministral": dense.Mistral,
    "ministral3": dense.Mistral,
    "mistral": dense.Mistral,
    "mistral3": multimodal.Mistral3,
    "mixtral": experts.Mixtral,
    "modernbert": encoders.ModernBert,
    "nemotron": dense.Nemotron,
    "nemotron_h": mamba.NemotronH,
    "opt": older.Opt,
    "phi": older.Phi,
    "phi3": dense.Phi3,
    "qwen2": dense.Qwen2,
    "qwen2_5_vl": multimodal.Qwen25Vl,
    "qwen2_moe": experts.Qwen2Moe,
    "qwen2_vl": multimodal.Qwen2Vl,
    "qwen3": dense.Qwen3,
    "qwen3_5": multimodal.Qwen35Vl,
    "qwen3_5_moe": multimodal.Qwen35VlMoe,
    "qwen3_5_moe_text": hybrid.Qwen35Moe,
    "qwen3_5_text": hybrid.Qwen35,
    "qwen3_moe": experts.Qwen3Moe,
    "qwen3_next": hybrid.Qwen3Next,
    "qwen3_vl": multimodal.Qwen3Vl,
    "qwen3_vl_moe": multimodal.Qwen3VlMoe,
    "roberta": encoders.Bert,
    "seed_oss": dense.Llama,
    "smollm3": dense.Llama,
    "xlm-roberta": encoders.Bert,
}

_SPARSE = "it keeps an index of keys beside its cache, for sparse attention, which is not counted"
_CROSS = "its decoder attends to an encoder's states, which it caches beside its own and which are not counted"
_STATES = "its layers have no keys and values but states that are not counted"

REASONS: Mapping[str, str] = {
    "deepseek_v32": _SPARSE,
    "deepseek_v4": _SPARSE,
    "glm_moe_dsa": _SPARSE,
    "minimax_m3": _SPARSE,
    "mamba": _STATES,
    "mamba2": _STATES,
    "mllama": "its layers with cross-attention cache the tokens of images, which are not counted",
    "nemotron-nas": "its layers differ from each other by a search, and are not counted one by one",
    "bart": _CROSS,
    "t5": _CROSS,
    "whisper": _CROSS,
}
"""Of types that people serve and that are not read."""
