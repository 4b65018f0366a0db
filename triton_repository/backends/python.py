"""The Python backend: a class TritonPythonModel in model.py.

The code is read, not run: a name that it asks Triton for as a literal can be compared with the configuration. Names
that it puts together at run time, and modules that it imports, cannot.
Source: the README and the sources of the python backend.
"""

import ast
from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from checks import Finding
from triton_repository.backends.backend import Backend, text_file
from triton_repository.model import Model
from triton_repository.pod import Pod

MODEL_DIRECTORY = "$$TRITON_MODEL_DIRECTORY/"
"""In EXECUTION_ENV_PATH, the directory of the model."""


class PythonBackend(Backend):
    """The backend `python`. It gets each request on its own, in a list: nothing is merged for it."""

    model_file: ClassVar = "model.py"
    ragged: ClassVar = False

    @override
    def completes(self, model: Model) -> bool:
        names = {name for _, _, tree in _trees(model) for name in _methods(tree)}
        return "auto_complete_config" in names or not any(True for _ in _trees(model))

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        yield from _parameter_findings(model, place)
        for version in model.versions:
            path = _code_file(model)
            code = text_file(model, version, path)
            if code is not None:
                yield from _code_findings(model, f"{place}.versions.{version}.{path}", code)


def _code_file(model: Model) -> str:
    return model.config.default_model_filename or PythonBackend.model_file


def _trees(model: Model) -> Iterator[tuple[int, str, ast.Module]]:
    """Yield version, code and syntax tree of each version whose code is here and is Python."""
    for version in model.versions:
        code = text_file(model, version, _code_file(model))
        if code is not None:
            try:
                yield version, code, ast.parse(code)
            except SyntaxError:
                continue


def _methods(tree: ast.Module) -> list[str]:
    """Return the methods of the class that Triton looks for."""
    return [
        item.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == "TritonPythonModel"
        for item in node.body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _parameter_findings(model: Model, place: str) -> Iterator[Finding]:
    parameters = model.config.parameters
    flag = parameters.get("FORCE_CPU_ONLY_INPUT_TENSORS", "yes")
    if flag not in {"yes", "no"}:
        path = f"{place}.parameters.FORCE_CPU_ONLY_INPUT_TENSORS"
        yield Finding(
            "triton.parameter", path, f"{flag!r}, and Triton refuses all but yes and no", 'write "yes" or "no"'
        )
    environment = parameters.get("EXECUTION_ENV_PATH", "")
    inside = environment.removeprefix(MODEL_DIRECTORY)
    held = {*model.files, *(f"{version}/{path}" for version, files in model.versions.items() for path in files)}
    if inside != environment and not any(path == inside or path.startswith(f"{inside}/") for path in held):
        message = f"{environment!r} is not in the model's directory, and the model does not load without it"
        yield Finding(
            "triton.parameter", f"{place}.parameters.EXECUTION_ENV_PATH", message, f"add {inside} to the model's files"
        )


def _code_findings(model: Model, place: str, code: str) -> Iterator[Finding]:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        yield Finding(
            "triton.code", f"{place}:{error.lineno}:{error.offset}", f"not Python: {error.msg}", "correct the line"
        )
        return
    if "TritonPythonModel" not in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}:
        if not _imports_by_name(tree, "TritonPythonModel"):
            yield Finding(
                "triton.code", place, "it has no class TritonPythonModel, which Triton looks for", "name the class so"
            )
        return
    if "execute" not in _methods(tree) and not _has_bases(tree):
        remedy = "add execute(self, requests), which returns one response for each request, in order"
        yield Finding("triton.code", place, "TritonPythonModel has no method execute", remedy)
    if not PythonBackend("python").completes(model):
        yield from _tensor_findings(model, place, tree)


def _tensor_findings(model: Model, place: str, tree: ast.Module) -> Iterator[Finding]:
    inputs = [tensor.name for tensor in model.config.input]
    outputs = [tensor.name for tensor in model.config.output]
    for line, name in _literals(tree, "get_input_tensor_by_name", position=1):
        if name not in inputs:
            message = f"it asks for the input {name!r}, but the configuration declares {inputs}: it gets None"
            yield Finding(
                "triton.tensor",
                f"{place}:{line}",
                message,
                f"ask for {' or '.join(inputs)}, or declare {name} as an input",
            )
    if _calls_other_models(tree):
        return
    for line, name in _literals(tree, "Tensor", position=0):
        if name not in outputs:
            message = f"it answers with {name!r}, but the configuration declares {outputs}"
            yield Finding(
                "triton.tensor",
                f"{place}:{line}",
                message,
                f"name it {' or '.join(outputs)}, or declare it as an output",
            )


def _literals(tree: ast.Module, function: str, *, position: int) -> Iterator[tuple[int, str]]:
    """Yield line and value of the string literals that are passed to calls of `function`."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if _called(call) == function and len(call.args) > position:
            argument = call.args[position]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.lineno, argument.value


def _calls_other_models(tree: ast.Module) -> bool:
    """Return whether tensors may be inputs of other models (business logic scripting)."""
    return any(_called(node) == "InferenceRequest" for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _has_bases(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ClassDef) and node.name == "TritonPythonModel" and node.bases for node in tree.body)


def _imports_by_name(tree: ast.Module, name: str) -> bool:
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    return any(alias.name in {name, "*"} or alias.asname == name for node in imports for alias in node.names)
