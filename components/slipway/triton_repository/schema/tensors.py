"""Tensors that a model takes and gives."""

from typing import Literal

from slipway.triton_repository.schema.message import Int64, Message

DataType = Literal[
    "TYPE_INVALID",
    "TYPE_BOOL",
    "TYPE_UINT8",
    "TYPE_UINT16",
    "TYPE_UINT32",
    "TYPE_UINT64",
    "TYPE_INT8",
    "TYPE_INT16",
    "TYPE_INT32",
    "TYPE_INT64",
    "TYPE_FP16",
    "TYPE_FP32",
    "TYPE_FP64",
    "TYPE_STRING",
    "TYPE_BF16",
]
"""`TYPE_INVALID` stands for a type that is not stated."""

Dims = tuple[Int64, ...]
"""A shape, without the batch dimension if max_batch_size is positive; -1 is a size that each request decides."""


class ModelTensorReshape(Message):
    """The shape that the backend sees in place of the one that clients send."""

    shape: Dims = ()
    """An empty shape takes the dimension away."""


class ModelInput(Message):
    """A tensor that a request brings."""

    name: str = ""
    """What requests and the model's code call it."""
    data_type: DataType = "TYPE_INVALID"
    """The type of its elements."""
    format: Literal["FORMAT_NONE", "FORMAT_NHWC", "FORMAT_NCHW"] = "FORMAT_NONE"
    """The order of an image's dimensions."""
    dims: Dims = ()
    """Its shape as clients see it."""
    reshape: ModelTensorReshape | None = None
    """Its shape as the backend sees it, where that differs."""
    is_shape_tensor: bool = False
    """Whether its values are shapes (TensorRT)."""
    allow_ragged_batch: bool = False
    """Whether requests of different shapes may share a batch; the backend must take the concatenated buffer."""
    optional: bool = False
    """Whether a request may leave it out."""
    is_non_linear_format_io: bool = False
    """Whether TensorRT lays it out in its own vectorised format."""


class ModelOutput(Message):
    """A tensor that a response brings."""

    name: str = ""
    """What responses and the model's code call it."""
    data_type: DataType = "TYPE_INVALID"
    """The type of its elements."""
    dims: Dims = ()
    """Its shape as clients see it."""
    reshape: ModelTensorReshape | None = None
    """Its shape as the backend gives it, where that differs."""
    label_filename: str = ""
    """A file beside config.pbtxt with one class label a line."""
    is_shape_tensor: bool = False
    """Whether its values are shapes (TensorRT)."""
    is_non_linear_format_io: bool = False
    """Whether TensorRT lays it out in its own vectorised format."""


class BatchInput(Message):
    """A tensor that Triton makes out of the whole batch, which tells a backend where ragged requests begin."""

    kind: Literal[
        "BATCH_ELEMENT_COUNT",
        "BATCH_ACCUMULATED_ELEMENT_COUNT",
        "BATCH_ACCUMULATED_ELEMENT_COUNT_WITH_ZERO",
        "BATCH_MAX_ELEMENT_COUNT_AS_SHAPE",
        "BATCH_ITEM_SHAPE",
        "BATCH_ITEM_SHAPE_FLATTEN",
    ] = "BATCH_ELEMENT_COUNT"
    """What it counts."""
    target_name: tuple[str, ...] = ()
    """Inputs of the backend that get it."""
    data_type: DataType = "TYPE_INVALID"
    """TYPE_INT32 or TYPE_FP32."""
    source_input: tuple[str, ...] = ()
    """The input that is counted, exactly one."""


class BatchOutput(Message):
    """An output that is cut up for the requests of a batch by the shape of an input."""

    target_name: tuple[str, ...] = ()
    """Outputs that are cut up."""
    kind: Literal["BATCH_SCATTER_WITH_INPUT_SHAPE"] = "BATCH_SCATTER_WITH_INPUT_SHAPE"
    """How."""
    source_input: tuple[str, ...] = ()
    """The input whose shape decides, exactly one."""
