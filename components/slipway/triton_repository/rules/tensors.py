"""Inputs and outputs: what the server demands of each.

`allow_ragged_batch` and an output that is declared twice are in order: the server loads both and answers.
"""

from collections import Counter
from collections.abc import Iterator
from math import prod

from slipway.checks import Finding
from slipway.triton_repository.backends import backend_of
from slipway.triton_repository.model import Model
from slipway.triton_repository.schema.tensors import BatchOutput, Dims, ModelInput, ModelOutput


def tensor_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the model's inputs and outputs."""
    config = model.config
    backend = backend_of(model)
    completes = backend is not None and backend.completes(model)
    is_tensorrt = backend is not None and backend.name == "tensorrt"
    for side, tensors in (("input", config.input), ("output", config.output)):
        for index, tensor in enumerate(tensors):
            path = f"{place}.{side}.{tensor.name or index}"
            yield from _stated_findings(tensor, path, completes=completes)
            yield from _shape_findings(tensor, path, batches=config.max_batch_size > 0)
            yield from _tensorrt_findings(tensor, path, is_tensorrt=is_tensorrt)
        if not tensors and backend and backend.needs_tensors(model):
            message = f"there is none, and the {backend.name} backend does not load a model without"
            remedy = f"declare each {side}: {side.upper()}__0, …"
            yield Finding("triton.tensors-none", f"{place}.{side}", message, remedy)
        elif not tensors and side == "input" and config.max_batch_size > 0 and not completes:
            message = "there is none, and Triton finds the size of a batch in an input: it refuses all requests"
            remedy = "declare the tensors that a request brings, or write max_batch_size: 0"
            yield Finding("triton.input-none", f"{place}.input", message, remedy)
    for name, count in Counter(tensor.name for tensor in config.input if not tensor.optional).items():
        if count > 1:
            message = f"{name!r} is declared {count} times, and a request brings it once: Triton refuses all requests"
            yield Finding("triton.input-twice", f"{place}.input", message, "declare it once")
    yield from _batch_tensor_findings(model, place)
    yield from _label_findings(model, place)


def _stated_findings(tensor: ModelInput | ModelOutput, path: str, *, completes: bool) -> Iterator[Finding]:
    if not tensor.name:
        yield Finding("triton.tensor-name", path, "it has no name", "write name")
    if tensor.data_type == "TYPE_INVALID" and not completes:
        remedy = "write a data type, such as TYPE_FP32 or TYPE_STRING"
        yield Finding("triton.tensor-type", f"{path}.data_type", "it is not stated", remedy)
    if not tensor.dims and not completes:
        remedy = "write the shape; -1 for a size that requests decide"
        yield Finding("triton.tensor-dims", f"{path}.dims", "it is not stated", remedy)


def _shape_findings(tensor: ModelInput | ModelOutput, path: str, *, batches: bool) -> Iterator[Finding]:
    reshape = tensor.reshape.shape if tensor.reshape else ()
    for field, dims in (("dims", tensor.dims), ("reshape.shape", reshape)):
        for dim in dims:
            if dim < 1 and dim != -1:
                remedy = "write a size of at least 1, or -1"
                yield Finding("triton.tensor-size", f"{path}.{field}", f"{dim} is no size", remedy)
    if isinstance(tensor, ModelInput) and tensor.format != "FORMAT_NONE" and len(tensor.dims) != 3:
        message = f"{tensor.format} is for 3 dimensions, and there are {len(tensor.dims)}"
        remedy = "write FORMAT_NONE, or the three dimensions of an image"
        yield Finding("triton.image-format", f"{path}.format", message, remedy)
    if tensor.reshape is None:
        return
    if not reshape and not batches:
        message = "empty, which takes the only dimension away: max_batch_size is 0"
        yield Finding("triton.reshape-empty", f"{path}.reshape.shape", message, "leave reshape out")
    elif _runs(tensor.dims) != _runs(reshape):
        message = f"{[*reshape]} does not hold as many elements as dims {[*tensor.dims]}"
        remedy = "write a shape of equal size, with -1 in the same order"
        yield Finding("triton.reshape-size", f"{path}.reshape.shape", message, remedy)


def _runs(dims: Dims) -> list[int]:
    """Return the number of elements between variable dimensions: [2, 4, -1, 6] gives 8 and 6."""
    runs: list[list[int]] = [[]]
    for dim in dims:
        if dim == -1:
            runs.append([])
        else:
            runs[-1].append(dim)
    return [prod(run) for run in runs]


def _tensorrt_findings(tensor: ModelInput | ModelOutput, path: str, *, is_tensorrt: bool) -> Iterator[Finding]:
    for field in ("is_shape_tensor", "is_non_linear_format_io"):
        if getattr(tensor, field) and not is_tensorrt:
            message = "true, which only TensorRT takes"
            yield Finding("triton.tensorrt-only", f"{path}.{field}", message, "leave it out")
    if tensor.is_non_linear_format_io and is_tensorrt and len(tensor.dims) != 3:
        path = f"{path}.is_non_linear_format_io"
        message = f"true, which needs 3 dimensions, and there are {len(tensor.dims)}"
        yield Finding("triton.tensorrt-vectorised", path, message, "write the three dimensions")


def _batch_tensor_findings(model: Model, place: str) -> Iterator[Finding]:
    config = model.config
    inputs = {tensor.name for tensor in config.input}
    outputs = [tensor.name for tensor in config.output]
    for side, tensors in (("batch_input", config.batch_input), ("batch_output", config.batch_output)):
        for index, tensor in enumerate(tensors):
            path = f"{place}.{side}[{index}]"
            if len(tensor.source_input) != 1:
                message = f"{len(tensor.source_input)} inputs are named, and it counts one"
                yield Finding("triton.batch-sources", f"{path}.source_input", message, "name one input")
            for name in tensor.source_input:
                if name not in inputs:
                    message = f"there is no input {name!r}"
                    remedy = f"write one of {sorted(inputs)}"
                    yield Finding("triton.batch-source", f"{path}.source_input", message, remedy)
            if isinstance(tensor, BatchOutput):
                yield from _target_findings(tensor.target_name, outputs, f"{path}.target_name")
            elif tensor.data_type not in {"TYPE_INT32", "TYPE_FP32"}:
                message = f"{tensor.data_type} is no type of a count"
                yield Finding("triton.batch-type", f"{path}.data_type", message, "write TYPE_INT32 or TYPE_FP32")


def _target_findings(names: tuple[str, ...], outputs: list[str], path: str) -> Iterator[Finding]:
    for name, count in Counter(names).items():
        if name not in outputs:
            message = f"there is no output {name!r}"
            yield Finding("triton.batch-target", path, message, f"write one of {outputs}")
        elif count > 1:
            yield Finding("triton.batch-target-twice", path, f"{name!r} is named {count} times", "name it once")


def _label_findings(model: Model, place: str) -> Iterator[Finding]:
    for tensor in model.config.output:
        if tensor.label_filename and tensor.label_filename not in model.files:
            path = f"{place}.output.{tensor.name}.label_filename"
            message = f"{tensor.label_filename} is not beside config.pbtxt"
            yield Finding("triton.label-file", path, message, "add it to the model's files")
