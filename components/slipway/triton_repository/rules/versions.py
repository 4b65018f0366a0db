"""Version directories, the files that are loaded from them, and warm-up requests."""

import re
from collections.abc import Iterator
from math import prod

from slipway.checks import Finding
from slipway.triton_repository.backends import backend_of, is_ensemble
from slipway.triton_repository.model import Model
from slipway.triton_repository.schema.policies import ModelWarmup, WarmupInput

_MEANT_AS_VERSION = re.compile(r"([-+vV]|0)?\d[^/]*")
_ELEMENT_BYTES = {"BOOL": 1, "8": 1, "16": 2, "32": 4, "64": 8}


def served_versions(model: Model) -> list[int]:
    """Return the versions that Triton serves, the newest first."""
    newest = sorted(model.versions, reverse=True)
    policy = model.config.version_policy
    if policy is None or (policy.latest is None and policy.specific is None and policy.all is None):
        return newest[:1]
    if policy.specific:
        return [version for version in newest if version in policy.specific.versions]
    return newest[: policy.latest.num_versions] if policy.latest else newest


def version_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the model's version directories."""
    for path in sorted({path.partition("/")[0] for path in model.files if "/" in path}):
        if _MEANT_AS_VERSION.fullmatch(path):
            message = f"{path}/ is no version: its name is no plain number"
            remedy = f"name it {re.sub('[^0-9]', '', path).lstrip('0') or 1}"
            yield Finding("triton.version-name", f"{place}.versions", message, remedy)
    policy = model.config.version_policy
    for version in policy.specific.versions if policy and policy.specific else ():
        if version not in model.versions:
            message = f"{version} is asked for, and there is no directory {version}/"
            remedy = f"write one of {sorted(model.versions)}"
            yield Finding("triton.version-missing", f"{place}.version_policy.specific", message, remedy)
    served = served_versions(model)
    if not served:
        empty = " (of an ensemble it is empty)" if is_ensemble(model.config) else ""
        message = f"of the version directories {sorted(model.versions)} the policy serves none"
        remedy = f"add the directory 1{empty}, or let the policy serve one"
        yield Finding("triton.versions-none", f"{place}.versions", message, remedy)
    backend = backend_of(model)
    file = backend.loaded_file(model) if backend else ""
    for version in served:
        held = model.versions[version]
        if file and not any(path == file or path.startswith(f"{file}/") for path in held):
            message = f"{file} is not there, and the model does not load; the Python backend waits for it for ever"
            remedy = f"add {file}, or set default_model_filename"
            yield Finding("triton.model-file", f"{place}.versions.{version}", message, remedy)


def warmup_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the model's warm-up requests."""
    most = max(model.config.max_batch_size, 1)
    for index, warmup in enumerate(model.config.model_warmup):
        path = f"{place}.model_warmup.{warmup.name or index}"
        if warmup.batch_size > most:
            message = f"{warmup.batch_size} is above the largest batch, {most}"
            yield Finding("triton.warmup-batch", f"{path}.batch_size", message, f"write {most} or less")
        if warmup.batch_size:
            yield from _warmup_input_findings(model, warmup, path)


def _warmup_input_findings(model: Model, warmup: ModelWarmup, path: str) -> Iterator[Finding]:
    inputs = {tensor.name: tensor for tensor in model.config.input}
    for name, tensor in inputs.items():
        if name not in warmup.inputs and not tensor.optional:
            message = f"the input {name!r} is missing"
            yield Finding("triton.warmup-input", f"{path}.inputs", message, f"add {name}")
    for name, given in warmup.inputs.items():
        place = f"{path}.inputs.{name}"
        if name in inputs:
            tensor = inputs[name]
            if given.data_type != tensor.data_type:
                message = f"{given.data_type}, but the input is {tensor.data_type}"
                yield Finding("triton.warmup-type", f"{place}.data_type", message, f"write {tensor.data_type}")
            if not _fits(given.dims, tensor.dims):
                message = f"{[*given.dims]} is no shape of the input, which is {[*tensor.dims]}"
                yield Finding("triton.warmup-dims", f"{place}.dims", message, "write every size, as the input has it")
        yield from _data_findings(model, given, place)


def _fits(given: tuple[int, ...], dims: tuple[int, ...]) -> bool:
    return len(given) == len(dims) and all(
        size >= 1 and wanted in {-1, size} for size, wanted in zip(given, dims, strict=True)
    )


def _data_findings(model: Model, given: WarmupInput, place: str) -> Iterator[Finding]:
    if given.zero_data is None and given.random_data is None and given.input_data_file is None:
        remedy = "write zero_data, random_data or input_data_file"
        yield Finding("triton.warmup-data", place, "it has no data", remedy)
    if given.input_data_file is None:
        return
    place = f"{place}.input_data_file"
    name = f"warmup/{given.input_data_file}"
    file = model.files.get(name)
    if file is None:
        message = f"{name} is not beside config.pbtxt"
        yield Finding("triton.warmup-file", place, message, "add it to the model's files")
    elif isinstance(file, str | bytes) and given.data_type != "TYPE_STRING":
        size = len(file.encode() if isinstance(file, str) else file)
        element = next((size for end, size in _ELEMENT_BYTES.items() if given.data_type.endswith(end)), 0)
        if size < prod(given.dims) * element:
            message = f"{name} has {size} bytes, and {[*given.dims]} needs {prod(given.dims) * element}"
            yield Finding("triton.warmup-bytes", place, message, "write the bytes of the whole tensor")
