"""Inputs and outputs."""

from slipway.triton_repository.schema.tensors import BatchInput, BatchOutput, ModelTensorReshape
from tests.triton_repository.mistakes.mistake import one, x, y

TENSORS = [
    one("dim_zero", "input.x.dims", "0 is no size", "dimension must be integer >= 1", input=x(dims=(0,))),
    one("no_type", "input.x.data_type", "not stated", "must specify 'data_type'", input=x(data_type="TYPE_INVALID")),
    one("no_dims", "output.y.dims", "not stated", "must specify 'dims'", output=y(dims=())),
    one("no_name", "input.0", "it has no name", "must specify 'name'", input=x(name="")),
    one(
        "reshape",
        "input.x.reshape.shape",
        "[-1, 3] does not hold as many elements as dims [-1, 2]",
        "has different size for dims and reshape",
        input=x(dims=(-1, 2), reshape=ModelTensorReshape(shape=(-1, 3))),
    ),
    one(
        "scalar",
        "input.x.reshape.shape",
        "max_batch_size is 0",
        "cannot have empty reshape for non-batching model",
        max_batch_size=0,
        input=x(dims=(1,), reshape=ModelTensorReshape()),
    ),
    one("image", "input.x.format", "for 3 dimensions", "NHWC/NCHW require 3 dims", input=x(format="FORMAT_NHWC")),
    one(
        "shape_tensor",
        "input.x.is_shape_tensor",
        "only TensorRT takes",
        "shape tensors are only supported for TensorRT",
        input=x(is_shape_tensor=True),
    ),
    one(
        "vectorised",
        "output.y.is_non_linear_format_io",
        "only TensorRT takes",
        "Non-linear IO format is only supported for the TensorRT",
        output=y(is_non_linear_format_io=True),
    ),
    one(
        "labels",
        "output.y.label_filename",
        "labels.txt is not beside config.pbtxt",
        "labels.txt: No such file",
        output=y(label_filename="labels.txt"),
    ),
    one(
        "batch_type",
        "batch_input[0].data_type",
        "TYPE_INT64 is no type of a count",
        "batch input data type must be TYPE_INT32 or TYPE_FP32",
        batch_input=(BatchInput(target_name=("n",), data_type="TYPE_INT64", source_input=("x",)),),
    ),
    one(
        "batch_source",
        "batch_input[0].source_input",
        "there is no input 'z'",
        "unknown source input name 'z'",
        batch_input=(BatchInput(target_name=("n",), data_type="TYPE_INT32", source_input=("z",)),),
    ),
    one(
        "batch_sources",
        "batch_output[0].source_input",
        "0 inputs are named",
        "expects 1 source input, got 0",
        batch_output=(BatchOutput(target_name=("y",)),),
    ),
    one(
        "batch_target",
        "batch_output[0].target_name",
        "there is no output 'z'",
        "unknown target output name 'z'",
        batch_output=(BatchOutput(target_name=("z",), source_input=("x",)),),
    ),
]
