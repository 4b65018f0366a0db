# pyright: basic, reportMissingImports=false
"""A chat model without weights: it answers every prompt of a batch with that prompt, spelt backwards.

All requests of an execution become one batch, as a model on a GPU needs them, and are cut apart again.
"""

import time

import numpy as np
import triton_python_backend_utils as pb_utils

SECONDS_PER_BATCH = 0.02


def generate(prompts):
    time.sleep(SECONDS_PER_BATCH)
    return [prompt.decode()[::-1].encode() for prompt in prompts]


class TritonPythonModel:
    def execute(self, requests):
        batches = [pb_utils.get_input_tensor_by_name(request, "prompt").as_numpy() for request in requests]
        texts = np.array(generate(np.concatenate(batches).reshape(-1)), dtype=np.object_).reshape(-1, 1)
        ends = np.cumsum([len(batch) for batch in batches])[:-1]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("generated_text", part)]) for part in np.split(texts, ends)]
