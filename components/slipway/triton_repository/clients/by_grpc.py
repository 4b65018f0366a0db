"""A Triton server as its clients ask it over gRPC, by Triton's own client library, which has no types."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import queue
from collections.abc import Sequence
from typing import Any

import numpy as np
from tritonclient import grpc
from tritonclient.utils import InferenceServerException

from .server import TIMEOUT_SECONDS, RefusedError, Server


def ask_by_grpc(server: Server, model: str, texts: dict[str, Sequence[str]], answer: str, *, stream: bool) -> list[str]:
    """Return the texts of an output; a decoupled model is asked by a stream, and its pieces are joined.

    Args:
        texts: the strings of each input; for a model that batches, a row each.
        answer: the output.
        stream: whether the model is decoupled, and so has no batch either.

    Raises:
        RefusedError: the server answered with an error.
    """
    inputs: list[Any] = []
    for name, strings in texts.items():
        shape = [len(strings)] if stream else [len(strings), 1]
        given = grpc.InferInput(name, shape, "BYTES")
        given.set_data_from_numpy(np.array(strings, dtype=np.object_).reshape(shape))
        inputs.append(given)
    answers: queue.Queue[tuple[Any, Any]] = queue.Queue()
    with grpc.InferenceServerClient(server.grpc) as client:
        if not stream:
            try:
                return _texts(client.infer(model, inputs), answer)
            except InferenceServerException as error:
                raise RefusedError(str(error)) from None

        def receive(result: object, error: object) -> None:
            answers.put((result, error))

        client.start_stream(receive)
        client.async_stream_infer(model, inputs, enable_empty_final_response=True)
        pieces: list[str] = []
        while True:
            result, error = answers.get(timeout=TIMEOUT_SECONDS)
            if error is not None:
                raise RefusedError(str(error))
            pieces += _texts(result, answer)
            if result.get_response().parameters["triton_final_response"].bool_param:
                return ["".join(pieces)]


def _texts(result: Any, answer: str) -> list[str]:
    values = result.as_numpy(answer)
    return [] if values is None else [text.decode() for text in values.reshape(-1)]
