"""Mistral AI's models. The sources are named in `catalog.models`."""

from dataclasses import replace

from slipway.catalog.architecture import Model
from slipway.catalog.layers import Experts

MISTRAL_7B = Model(
    name="mistralai/Mistral-7B-Instruct-v0.3",
    model_type="llama",
    parameters=7_248_023_552,
    layers=32,
    hidden=4096,
    intermediate=14336,
    heads=32,
    kv_heads=8,
    head_dim=128,
    vocabulary=32768,
    max_positions=32768,
    gated=True,
    chat=True,
    source="kaito, litgpt; the contact form on the hub was not read",
)

MIXTRAL_8X7B = replace(
    MISTRAL_7B,
    name="mistralai/Mixtral-8x7B-v0.1",
    parameters=46_702_792_704,
    intermediate=0,
    vocabulary=32000,
    chat=False,
    experts=Experts(count=8, active=2, intermediate=14336),
    source="aiconfigurator, litgpt; the contact form on the hub was not read",
)

ROWS = (
    MISTRAL_7B,
    MIXTRAL_8X7B,
    replace(MIXTRAL_8X7B, name="mistralai/Mixtral-8x7B-Instruct-v0.1", chat=True),
)
