"""What the tests need of Triton's own client library, which has no types."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import queue
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from tritonclient import grpc
from tritonclient.grpc import model_config_pb2
from tritonclient.utils import InferenceServerException

ANSWER_SECONDS = 5

TRITONS_CONFIG = cast(type[Message], model_config_pb2.ModelConfig)
"""Triton's own message of a model configuration."""


def descriptor(message: type[Message]) -> Descriptor:
    return cast(Descriptor, message.DESCRIPTOR)


def ask_texts(address: str, model: str, texts: Sequence[str]) -> list[str]:
    """Send `texts` as one batch of `prompt` by ModelInfer, and return `generated_text`."""
    given = np.array(texts, dtype=np.object_).reshape(-1, 1)
    prompt = grpc.InferInput("prompt", [*given.shape], "BYTES")
    prompt.set_data_from_numpy(given)
    with grpc.InferenceServerClient(address) as client:
        answers = cast(Any, client.infer(model, [prompt])).as_numpy("generated_text")
    return [text.decode() for text in answers.reshape(-1)]


def answers(address: str, model: str, *, stream: bool) -> bool:
    """Send two numbers as `x`, by ModelStreamInfer or ModelInfer, and say whether it was answered without an error."""
    given = grpc.InferInput("x", [1, 2], "FP32")
    given.set_data_from_numpy(np.ones((1, 2), dtype=np.float32))
    errors: queue.Queue[object] = queue.Queue()

    def receive(result: object, error: object) -> None:
        errors.put(error)

    with grpc.InferenceServerClient(address) as client:
        if stream:
            client.start_stream(receive)
            client.async_stream_infer(model, [given])
            error = errors.get(timeout=ANSWER_SECONDS)
            client.stop_stream()
            return error is None
        try:
            client.infer(model, [given])
        except InferenceServerException:
            return False
    return True
