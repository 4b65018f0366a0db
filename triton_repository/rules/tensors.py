"""Inputs and outputs: what the server demands of each, and of ragged batches."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from math import prod

from checks import Finding
from triton_repository.backends import backend_of
from triton_repository.model import Model
from triton_repository.schema.tensors import Dims, ModelInput, ModelOutput


def tensor_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the model's inputs and outputs."""
    config = model.config
    backend = backend_of(model)
    completes = backend is not None and backend.completes(model)
    for side, tensors in (("input", config.input), ("output", config.output)):
        for name, count in Counter(tensor.name for tensor in tensors).items():
            if count > 1:
                yield Finding(
                    "triton.tensor", f"{place}.{side}", f"{name!r} is declared {count} times", "declare it once"
                )
        for index, tensor in enumerate(tensors):
            path = f"{place}.{side}.{tensor.name or index}"
            yield from _stated_findings(tensor, path, completes=completes)
            yield from _shape_findings(tensor, path, batches=config.max_batch_size > 0)
            yield from _tensorrt_findings(tensor, path, is_tensorrt=_is_tensorrt(model))
    if not config.input and not completes:
        message = "there is none, and Triton answers a request without inputs with an error"
        yield Finding("triton.tensor", f"{place}.input", message, "declare the tensors that a request brings")
    yield from _ragged_findings(model, place)
    yield from _batch_tensor_findings(model, place)
    yield from _label_findings(model, place)


def _stated_findings(tensor: ModelInput | ModelOutput, path: str, *, completes: bool) -> Iterator[Finding]:
    if not tensor.name:
        yield Finding("triton.stated", path, "it has no name", "write name")
    if tensor.data_type == "TYPE_INVALID" and not completes:
        yield Finding(
            "triton.stated",
            f"{path}.data_type",
            "it is not stated",
            "write a data type, such as TYPE_FP32 or TYPE_STRING",
        )
    if not tensor.dims and not completes:
        yield Finding(
            "triton.stated", f"{path}.dims", "it is not stated", "write the shape; -1 for a size that requests decide"
        )


def _shape_findings(tensor: ModelInput | ModelOutput, path: str, *, batches: bool) -> Iterator[Finding]:
    reshape = tensor.reshape.shape if tensor.reshape else ()
    for field, dims in (("dims", tensor.dims), ("reshape.shape", reshape)):
        for dim in dims:
            if dim < 1 and dim != -1:
                yield Finding(
                    "triton.shape", f"{path}.{field}", f"{dim} is no size", "write a size of at least 1, or -1"
                )
    if isinstance(tensor, ModelInput) and tensor.format != "FORMAT_NONE" and len(tensor.dims) != 3:
        message = f"{tensor.format} is for 3 dimensions, and there are {len(tensor.dims)}"
        yield Finding(
            "triton.shape", f"{path}.format", message, "write FORMAT_NONE, or the three dimensions of an image"
        )
    if tensor.reshape is None:
        return
    if not reshape and not batches:
        message = "empty, which takes the only dimension away: max_batch_size is 0"
        yield Finding("triton.shape", f"{path}.reshape.shape", message, "leave reshape out")
    elif _runs(tensor.dims) != _runs(reshape):
        message = f"{[*reshape]} does not hold as many elements as dims {[*tensor.dims]}"
        yield Finding(
            "triton.shape", f"{path}.reshape.shape", message, "write a shape of equal size, with -1 in the same order"
        )


def _runs(dims: Dims) -> list[int]:
    """Return the number of elements between variable dimensions: [2, 4, -1, 6] gives 8 and 6."""
    runs: list[list[int]] = [[]]
    for dim in dims:
        if dim == -1:
            runs.append([])
        else:
            runs[-1].append(dim)
    return [prod(run) for run in runs]


def _is_tensorrt(model: Model) -> bool:
    backend = backend_of(model)
    return backend is not None and backend.name == "tensorrt"


def _tensorrt_findings(tensor: ModelInput | ModelOutput, path: str, *, is_tensorrt: bool) -> Iterator[Finding]:
    for field in ("is_shape_tensor", "is_non_linear_format_io"):
        if getattr(tensor, field) and not is_tensorrt:
            yield Finding("triton.tensorrt", f"{path}.{field}", "true, which only TensorRT takes", "leave it out")
    if tensor.is_non_linear_format_io and is_tensorrt and len(tensor.dims) != 3:
        message = f"true, which needs 3 dimensions, and there are {len(tensor.dims)}"
        yield Finding("triton.tensorrt", f"{path}.is_non_linear_format_io", message, "write the three dimensions")


def _ragged_findings(model: Model, place: str) -> Iterator[Finding]:
    backend = backend_of(model)
    for tensor in model.config.input:
        path = f"{place}.input.{tensor.name}.allow_ragged_batch"
        if not tensor.allow_ragged_batch:
            continue
        if backend is None or not backend.ragged:
            runner = f"the {backend.name} backend" if backend else "an ensemble"
            message = f"true, but {runner} gets each request on its own: its code meets shapes that do not stack"
            yield Finding(
                "triton.ragged",
                path,
                message,
                "leave it out; requests of other shapes then wait for a batch of their own",
            )
        elif model.config.max_batch_size == 0:
            yield Finding("triton.ragged", path, "true, but max_batch_size 0 makes no batches", "write max_batch_size")


def _batch_tensor_findings(model: Model, place: str) -> Iterator[Finding]:
    inputs = {tensor.name for tensor in model.config.input}
    outputs = [tensor.name for tensor in model.config.output]
    for index, tensor in enumerate(chain(model.config.batch_input, model.config.batch_output)):
        is_input = index < len(model.config.batch_input)
        side = f"batch_input[{index}]" if is_input else f"batch_output[{index - len(model.config.batch_input)}]"
        path = f"{place}.{side}"
        if len(tensor.source_input) != 1:
            message = f"{len(tensor.source_input)} inputs are named, and it counts one"
            yield Finding("triton.batch-tensor", f"{path}.source_input", message, "name one input")
        for name in tensor.source_input:
            if name not in inputs:
                yield Finding(
                    "triton.batch-tensor",
                    f"{path}.source_input",
                    f"there is no input {name!r}",
                    f"write one of {sorted(inputs)}",
                )
        if not is_input:
            yield from _target_findings(tensor.target_name, outputs, f"{path}.target_name")
    for index, tensor in enumerate(model.config.batch_input):
        if tensor.data_type not in {"TYPE_INT32", "TYPE_FP32"}:
            path = f"{place}.batch_input[{index}].data_type"
            yield Finding(
                "triton.batch-tensor",
                path,
                f"{tensor.data_type} is no type of a count",
                "write TYPE_INT32 or TYPE_FP32",
            )


def _target_findings(names: tuple[str, ...], outputs: list[str], path: str) -> Iterator[Finding]:
    for name, count in Counter(names).items():
        if name not in outputs:
            yield Finding("triton.target", path, f"there is no output {name!r}", f"write one of {outputs}")
        elif count > 1:
            yield Finding("triton.target", path, f"{name!r} is named {count} times", "name it once")


def _label_findings(model: Model, place: str) -> Iterator[Finding]:
    for tensor in model.config.output:
        if tensor.label_filename and tensor.label_filename not in model.files:
            path = f"{place}.output.{tensor.name}.label_filename"
            yield Finding(
                "triton.label",
                path,
                f"{tensor.label_filename} is not beside config.pbtxt",
                "add it to the model's files",
            )
