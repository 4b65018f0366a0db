"""What can be read from the code of a Python model without running it.

A name that the code asks Triton for as a literal can be told. Names that it puts together at run time, and what
modules that it imports do, cannot.
"""

import ast
from collections import Counter
from collections.abc import Iterator

MODEL_CLASS = "TritonPythonModel"
"""The class that Triton looks for."""
INPUT_CALL = "get_input_tensor_by_name"
JOINS = ("concatenate", "stack", "vstack")
"""Functions of numpy and PyTorch that take arrays of equal shapes."""


def parsed(code: str) -> ast.Module | None:
    """Return the syntax tree of Python code; None if it is not Python."""
    try:
        return ast.parse(code)
    except SyntaxError:
        return None


def methods(tree: ast.Module) -> set[str]:
    """Return the names of the methods of the class that Triton looks for."""
    return {
        item.name
        for node in _model_classes(tree)
        for item in node.body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def has_class(tree: ast.Module) -> bool:
    """Return whether the class that Triton looks for is there, or may come with an import."""
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    names = {name for node in imports for alias in node.names for name in (alias.name, alias.asname)}
    return any(True for _ in _model_classes(tree)) or not names.isdisjoint({MODEL_CLASS, "*"})


def executes(tree: ast.Module) -> bool:
    """Return whether the class has the method `execute`, or may have it from elsewhere."""
    own = [*_model_classes(tree)]
    return not own or any(node.bases for node in own) or "execute" in methods(tree)


def literals(tree: ast.Module, function: str, *, position: int) -> Iterator[tuple[int, str]]:
    """Yield line and value of the string literals that are passed to calls of `function`."""
    for call in _calls(tree):
        if _called(call) == function and len(call.args) > position:
            argument = call.args[position]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.lineno, argument.value


def calls_other_models(tree: ast.Module) -> bool:
    """Return whether tensors may be inputs of other models (business logic scripting)."""
    return any(_called(call) == "InferenceRequest" for call in _calls(tree))


def joined_inputs(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each input whose arrays, one of each request, are joined as they came."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            gathered = _gathered_inputs(function)
            for call in _calls(function):
                if _called(call) in JOINS and len(call.args) == 1 and not call.keywords:
                    given = call.args[0]
                    name = gathered.get(given.id, "") if isinstance(given, ast.Name) else _input_of(given)
                    if name:
                        yield call.lineno, name


def _gathered_inputs(function: ast.FunctionDef) -> dict[str, str]:
    """Return the input of which each list, by its name, holds an array for each request; it is assigned once."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    targets = [(target.id, node.value) for node in assigned for target in node.targets if isinstance(target, ast.Name)]
    counted = Counter(name for name, _ in targets)
    return {name: given for name, value in targets if counted[name] == 1 and (given := _input_of(value))}


def _input_of(node: ast.expr) -> str:
    """Return the input whose arrays a comprehension over requests gives, as they come; empty for anything else."""
    match node:
        case ast.ListComp(
            elt=ast.Call(
                func=ast.Attribute(attr="as_numpy", value=ast.Call(args=[_, ast.Constant(value=str(name))]) as call)
            )
        ) if _called(call) == INPUT_CALL:
            return name
        case _:
            return ""


def _model_classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == MODEL_CLASS)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
