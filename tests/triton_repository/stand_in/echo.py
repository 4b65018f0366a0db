# pyright: basic, reportMissingImports=false
"""Answers each request with its own x, which is cut from one array of all requests of the execution."""

import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        given = [pb_utils.get_input_tensor_by_name(request, "x").as_numpy() for request in requests]
        rows = np.split(np.concatenate(given), np.cumsum([len(part) for part in given])[:-1])
        return [pb_utils.InferenceResponse([pb_utils.Tensor("y", part)]) for part in rows]
