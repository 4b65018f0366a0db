"""The Python backend: a class TritonPythonModel in model.py.

Source: the README and the sources of the python backend.
"""

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from slipway.checks import Finding
from slipway.triton_repository.backends.backend import Backend, text_file
from slipway.triton_repository.backends.python_code import (
    INPUT_CALL,
    MODEL_CLASS,
    calls_other_models,
    executes,
    has_class,
    joined_inputs,
    literals,
    methods,
    parsed,
)
from slipway.triton_repository.model import Model
from slipway.triton_repository.pod import Pod

MODEL_DIRECTORY = "$$TRITON_MODEL_DIRECTORY/"
"""In EXECUTION_ENV_PATH, the directory of the model."""
_MODULE = re.compile(r"([^./]+/)*[^./]+\.py")
"""A file that Python can import by its path."""


class PythonBackend(Backend):
    """The backend `python`. It gets each request on its own, in a list: nothing is merged for it."""

    model_file: ClassVar = "model.py"
    runtimes: ClassVar = frozenset({"libtriton_python.so"})

    @override
    def completes(self, model: Model) -> bool:
        file = self.loaded_file(model)
        codes = [code for version in model.versions if (code := text_file(model, version, file)) is not None]
        trees = [tree for code in codes if (tree := parsed(code))]
        return not trees or any("auto_complete_config" in methods(tree) for tree in trees)

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        yield from _parameter_findings(model, f"{place}.parameters")
        file = self.loaded_file(model)
        if not _MODULE.fullmatch(file):
            message = f"{file!r} cannot be imported: Triton makes the name of a module of it"
            remedy = "name it model.py, or another name with no dot but that of .py"
            yield Finding("triton.python-file", f"{place}.default_model_filename", message, remedy)
        for version in model.versions:
            code = text_file(model, version, file)
            if code is not None:
                path = f"{place}.versions.{version}.{file}"
                yield from _code_findings(model, path, code, completes=self.completes(model))
                yield from _ragged_findings(model, place, f"{version}/{file}", code)


def _parameter_findings(model: Model, place: str) -> Iterator[Finding]:
    parameters = model.config.parameters
    flag = parameters.get("FORCE_CPU_ONLY_INPUT_TENSORS", "yes")
    if flag not in {"yes", "no"}:
        message = f"{flag!r}, and Triton refuses all but yes and no"
        yield Finding("triton.python-cpu-only", f"{place}.FORCE_CPU_ONLY_INPUT_TENSORS", message, 'write "yes" or "no"')
    environment = parameters.get("EXECUTION_ENV_PATH", "")
    inside = environment.removeprefix(MODEL_DIRECTORY)
    held = {*model.files, *(f"{version}/{path}" for version, files in model.versions.items() for path in files)}
    if inside != environment and not any(path == inside or path.startswith(f"{inside}/") for path in held):
        message = f"{environment!r} is not in the model's directory, and the model does not load without it"
        remedy = f"add {inside} to the model's files"
        yield Finding("triton.python-environment", f"{place}.EXECUTION_ENV_PATH", message, remedy)


def _code_findings(model: Model, place: str, code: str, *, completes: bool) -> Iterator[Finding]:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        where = f"{place}:{error.lineno}:{error.offset}"
        yield Finding("triton.python-syntax", where, f"not Python: {error.msg}", "correct the line")
        return
    if not has_class(tree):
        message = f"it has no class {MODEL_CLASS}, which Triton looks for"
        yield Finding("triton.python-class", place, message, "name the class so")
        return
    if not executes(tree):
        remedy = "add execute(self, requests), which returns one response for each request, in order"
        yield Finding("triton.python-execute", place, f"{MODEL_CLASS} has no method execute", remedy)
    if not completes:
        yield from _tensor_findings(model, place, tree)


def _tensor_findings(model: Model, place: str, tree: ast.Module) -> Iterator[Finding]:
    inputs = [tensor.name for tensor in model.config.input]
    outputs = [tensor.name for tensor in model.config.output]
    for line, name in literals(tree, INPUT_CALL, position=1):
        if name not in inputs:
            message = f"it asks for the input {name!r}, but the configuration declares {inputs}: it gets None"
            remedy = f"ask for {' or '.join(inputs)}, or declare {name} as an input"
            yield Finding("triton.python-input", f"{place}:{line}", message, remedy)
    if calls_other_models(tree):
        return
    for line, name in literals(tree, "Tensor", position=0):
        if name not in outputs:
            message = f"it answers with {name!r}, but the configuration declares {outputs}"
            remedy = f"name it {' or '.join(outputs)}, or declare it as an output"
            yield Finding("triton.python-output", f"{place}:{line}", message, remedy)


def _ragged_findings(model: Model, place: str, file: str, code: str) -> Iterator[Finding]:
    """Yield the inputs of different shapes that share an execution, and whose arrays the code joins as they came."""
    config, tree = model.config, parsed(code)
    if tree is None or not (config.dynamic_batching or config.sequence_batching):
        return
    ragged = {tensor.name for tensor in config.input if tensor.allow_ragged_batch}
    for line, name in joined_inputs(tree):
        if name in ragged:
            message = (
                f"true, but the python backend gets each request on its own, and {file}:{line} joins arrays that differ"
            )
            remedy = "leave it out: requests of other shapes then wait for a batch of their own; or pad in the code"
            yield Finding("triton.python-ragged", f"{place}.input.{name}.allow_ragged_batch", message, remedy)
