# pyright: basic, reportMissingImports=false
"""A tokenizer of bytes: each byte of the prompt is a token; the prompts of a request are padded to the longest."""

from pathlib import Path

import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        folder = Path(args["model_repository"]) / args["model_version"]
        self.padding = int((folder / "padding.txt").read_text())

    def execute(self, requests):
        return [self.answer(pb_utils.get_input_tensor_by_name(request, "prompt").as_numpy()) for request in requests]

    def answer(self, prompts):
        rows = [np.frombuffer(prompt, dtype=np.uint8) for prompt in prompts.reshape(-1)]
        shape = (len(rows), max(len(row) for row in rows))
        ids, mask = np.full(shape, self.padding, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        return pb_utils.InferenceResponse([pb_utils.Tensor("input_ids", ids), pb_utils.Tensor("attention_mask", mask)])
