"""Which values a chart reads: its templates run over values that nobody knows, and each that they ask for is kept.

Every branch is taken. What is printed is read as it is; what goes into YAML as a whole is open below.
"""

from collections.abc import Mapping, Sequence

from slipway.catalog.charts.refresh.functions import call
from slipway.catalog.charts.refresh.templates import Action, Operand, Pipeline
from slipway.catalog.charts.refresh.values import Asked, Built, Value, below, either, identity, items, texts

Scope = dict[str, Value]
"""The variables, by their names with the dollar sign."""


class Reader:
    """Runs the templates of a chart and its sub-charts."""

    def __init__(self, defined: Mapping[str, Sequence[Action]]) -> None:
        """Take the templates that others include, by name."""
        self._defined = defined
        self._done: set[tuple[str, object]] = set()

    def run(self, actions: Sequence[Action], values: Asked) -> None:
        """Run the templates of a file over the values of its chart."""
        root = Built({"Values": values})
        self._actions(actions, root, {"$": root})

    def _actions(self, actions: Sequence[Action], dot: Value, scope: Scope) -> None:
        for action in actions:
            if action.word != "define":
                self._action(action, dot, scope)

    def _action(self, action: Action, dot: Value, scope: Scope) -> None:
        if action.word == "range" and action.pipeline:
            self._range(action.body, action.pipeline, dot, scope)
        else:
            found = self._pipeline(action.pipeline, dot, scope) if action.pipeline else None
            if action.word in ("block", "template"):
                self._include(action.name, found)
            else:
                self._actions(action.body, found if action.word == "with" else dot, scope)
        self._actions(action.otherwise, dot, scope)

    def _range(self, body: Sequence[Action], over: Pipeline, dot: Value, scope: Scope) -> None:
        for item in items(self._pipeline(Pipeline(over.commands), dot, scope)):
            inner: Scope = {**scope, **dict.fromkeys(over.variables), **dict.fromkeys(over.variables[-1:], item)}
            self._actions(body, item, inner)

    def _include(self, name: str, dot: Value) -> None:
        seen = (name, identity(dot))
        if seen not in self._done:
            self._done.add(seen)
            self._actions(self._defined.get(name, ()), dot, {"$": dot})

    def _pipeline(self, pipeline: Pipeline, dot: Value, scope: Scope) -> Value:
        value: Value = None
        for number, command in enumerate(pipeline.commands):
            value = self._command(command, dot, scope, piped=[value] if number else [])
        for variable in pipeline.variables:
            scope[variable] = either(scope.get(variable), value)
        return value

    def _command(self, command: tuple[Operand, ...], dot: Value, scope: Scope, piped: list[Value]) -> Value:
        head = command[0]
        arguments = [*(self._operand(operand, dot, scope) for operand in command[1:]), *piped]
        if head.head != "function":
            return self._operand(head, dot, scope)
        if head.name != "include":
            return call(head.name, arguments)
        for name in texts(arguments[0]):
            self._include(name, arguments[1])
        return None

    def _operand(self, operand: Operand, dot: Value, scope: Scope) -> Value:
        value: Value = None
        match operand.head:
            case "dot":
                value = dot
            case "variable":
                value = scope.get(operand.name)
            case "text" | "number":
                value = operand.name
            case "function":
                value = call(operand.name, [])
            case "inner":
                value = self._pipeline(operand.inner, dot, scope) if operand.inner else None
        for name in operand.fields:
            value = below(value, name)
        return value
