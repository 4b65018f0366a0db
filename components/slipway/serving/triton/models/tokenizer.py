# pyright: basic, reportMissingImports=false
"""The tokenizer in front of a model that takes tokens; its vocabulary lies beside this file."""

from pathlib import Path

import numpy as np
import triton_python_backend_utils as pb_utils
from transformers import AutoTokenizer


class TritonPythonModel:
    """Takes `prompt` and gives `input_ids` and `attention_mask`, a row a prompt."""

    def initialize(self, args):
        """Read the vocabulary."""
        self._tokenizer = AutoTokenizer.from_pretrained(Path(__file__).parent, padding_side="left")
        self._tokenizer.pad_token = self._tokenizer.pad_token or self._tokenizer.eos_token

    def execute(self, requests):
        """Tokenize each request by itself: its prompts are padded to the longest of them."""
        return [self._answer(request) for request in requests]

    def _answer(self, request):
        prompts = pb_utils.get_input_tensor_by_name(request, "prompt").as_numpy().reshape(-1)
        tokens = self._tokenizer([prompt.decode() for prompt in prompts], return_tensors="np", padding=True)
        names = "input_ids", "attention_mask"
        return pb_utils.InferenceResponse([pb_utils.Tensor(name, tokens[name].astype(np.int64)) for name in names])
