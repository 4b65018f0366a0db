"""What series show, whatever engines call it."""

from typing import Literal

Quantity = Literal[
    "",
    "Answered requests",
    "Answers that a request asks for",
    "Blocks of the KV cache",
    "Failed requests",
    "Generated tokens",
    "Generated tokens of a request",
    "KV cache in use",
    "Prompt tokens",
    "Prompt tokens of a request",
    "Queue time per compute time",
    "Requests in the batcher",
    "Requests that wait in the batcher",
    "Running requests",
    "Time between tokens",
    "Time in the queue",
    "Time of a request",
    "Time of a request in Triton",
    "Time of compute",
    "Time to first token",
    "Waiting requests",
]
"""The title of a chart, and what a model of an engine counts."""
