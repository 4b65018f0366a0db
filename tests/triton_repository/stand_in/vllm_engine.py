# pyright: basic, reportMissingImports=false
"""Stands in for the vLLM backend: it takes every request at once and answers the prompt and the prompt backwards.

As vLLM's, it answers in pieces if a request asks for a stream, and else in one.
"""

import json
from threading import Thread

import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            Thread(target=self.answer, args=(request, request.get_response_sender())).start()

    def answer(self, request, sender):
        (prompt,) = pb_utils.get_input_tensor_by_name(request, "text_input").as_numpy()
        (sampling,) = pb_utils.get_input_tensor_by_name(request, "sampling_parameters").as_numpy()
        streamed = pb_utils.get_input_tensor_by_name(request, "stream")
        answer = prompt.decode()[::-1][: json.loads(sampling)["max_tokens"]]
        pieces = [*answer] if streamed is not None and streamed.as_numpy().all() else [prompt.decode() + answer]
        for piece in pieces:
            text = np.array([piece.encode()], dtype=np.object_)
            sender.send(pb_utils.InferenceResponse([pb_utils.Tensor("text_output", text)]))
        sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
