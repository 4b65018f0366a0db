# pyright: basic, reportMissingImports=false
"""Answers any request with zeros of the declared types: as many rows as the request, one element for each -1."""

import json

import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        self.config = json.loads(args["model_config"])
        self.decoupled = pb_utils.using_decoupled_model_transaction_policy(self.config)

    def execute(self, requests):
        responses = [pb_utils.InferenceResponse(self.tensors(request)) for request in requests]
        if not self.decoupled:
            return responses
        for request, response in zip(requests, responses, strict=True):
            request.get_response_sender().send(response, flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None

    def tensors(self, request):
        batch = [request.inputs()[0].shape()[0]] if self.config["max_batch_size"] else []
        return [pb_utils.Tensor(output["name"], self.zeros(output, batch)) for output in self.config["output"]]

    def zeros(self, output, batch):
        dims = output["reshape"]["shape"] if "reshape" in output else output["dims"]
        shape = batch + [max(int(dim), 1) for dim in dims]
        kind = pb_utils.triton_string_to_numpy(output["data_type"])
        return np.full(shape, b"", dtype=np.object_) if kind == np.object_ else np.zeros(shape, dtype=kind)
