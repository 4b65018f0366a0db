# pyright: basic, reportMissingImports=false
import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [self.answer(pb_utils.get_input_tensor_by_name(request, "TEXT").as_numpy()) for request in requests]

    def answer(self, prompts):
        ids = np.array([[*prompt] for prompt in prompts], dtype=np.int64)
        tensors = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return pb_utils.InferenceResponse([pb_utils.Tensor(name, values) for name, values in tensors.items()])
