"""The models that a stack may name without describing them.

Rows are facts of the checkpoints on the Hugging Face hub, read in the places that `source` names:

- aiconfigurator: copies of config.json in ai-dynamo/aiconfigurator:aic-core/src/aiconfigurator_core/model_configs
  @095f58a51c.
- litgpt: Lightning-AI/litgpt:litgpt/config.py@26857050fe.
- kaito: kaito-project/kaito:presets/workspace/models/model_catalog.yaml@056b8280b1 (generated from the hub).
- llm-d-planner: llm-d-incubation/llm-d-planner:docs/empirical-vllm-memory-results.md@e50305af90 (measured).
- transformers: huggingface/transformers:src/transformers/models/gpt2/configuration_gpt2.py@01ae98ae24.

`catalog.config_json` counts the parameters of every row from its config.json.
"""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from slipway.catalog.architecture import Model
from slipway.catalog.models import deepseek, google, meta, mistral, openai, qwen

__all__ = ["MODELS", "Model", "UnknownModelError", "model"]


class UnknownModelError(LookupError):
    """A model that the catalog does not have, with the closest names that it does have."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closest = difflib.get_close_matches(name, MODELS, n=3, cutoff=0.5)
        hint = f"closest: {', '.join(self.closest)}" if self.closest else "no name is close"
        super().__init__(f"model {name!r} is not in the catalog; {hint}")


def model(name: str) -> Model:
    """Return the row of a Hugging Face id, spelt as on the hub.

    Raises:
        UnknownModelError: the catalog has no such row.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownModelError(name) from None


_PUBLISHERS = (deepseek, google, meta, mistral, openai, qwen)

MODELS: Mapping[str, Model] = MappingProxyType({row.name: row for rows in _PUBLISHERS for row in rows.ROWS})
"""Every known model by its Hugging Face id."""
