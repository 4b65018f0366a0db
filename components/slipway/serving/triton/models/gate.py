# pyright: basic, reportMissingImports=false
"""A model that hands each request on to another one and waits for its answers.

An engine that takes every request at once leaves Triton nothing to measure. In front of it Triton sees requests wait
for an instance of this model and then run, each for as long as its answer takes.
"""

import json

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    """Passes on the inputs and outputs that its configuration declares, by their names."""

    def initialize(self, args):
        """Read which model is behind it, and which outputs it gives."""
        config = json.loads(args["model_config"])
        self._model = config["parameters"]["model"]["string_value"]
        self._outputs = [output["name"] for output in config["output"]]

    def execute(self, requests):
        """Answer one request after the other; this returns when the last of them is answered."""
        for request in requests:
            sender = request.get_response_sender()
            try:
                for tensors in self._answers(request):
                    sender.send(pb_utils.InferenceResponse(tensors))
            except pb_utils.TritonModelException as error:
                sender.send(pb_utils.InferenceResponse(error=pb_utils.TritonError(str(error))))
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    def _answers(self, request):
        """Yield the tensors of each answer; the last one of a streaming model may have none."""
        inner = pb_utils.InferenceRequest(
            model_name=self._model, inputs=request.inputs(), requested_output_names=self._outputs
        )
        for answer in inner.exec(decoupled=True):
            if answer.has_error():
                raise pb_utils.TritonModelException(answer.error().message())
            if tensors := answer.output_tensors():
                yield tensors
