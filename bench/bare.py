"""Writes the program that a person would write by hand for what a stack registers, and nothing else.

`python -m bench.bare STACK_FILE > program.py`: plain calls of the same resource classes with the same inputs, parents,
providers and dependencies, from the recording of the stack.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from offline import SECRET, Recording, Resource, record, sdk

HEADER = '''"""Registers what the stack {stack} registers."""

import pulumi
import pulumi_gcp
import pulumi_kubernetes

made = {{}}
'''


def program(recording: Recording) -> str:
    """Return the source of the program."""
    return HEADER.format(stack=recording.stack) + "".join(map(_statement, recording.resources))


def _statement(resource: Resource) -> str:
    arguments = "".join(f", {argument}" for argument in _arguments(resource))
    return f"made[{resource.urn!r}] = {_class(resource)}({arguments.removeprefix(', ')})\n"


def _class(resource: Resource) -> str:
    if not resource.custom:
        return "pulumi.ComponentResource"
    kind = sdk.resource_class(resource.type)
    if kind is None:
        return "pulumi_kubernetes.apiextensions.CustomResource"
    return f"{kind.__module__.rpartition('.')[0]}.{kind.__name__}"


def _arguments(resource: Resource) -> Iterator[str]:
    if not resource.custom:
        yield repr(resource.type)
    yield repr(resource.name)
    kind = sdk.resource_class(resource.type)
    names = sdk.python_names(sdk.args_class(kind)) if kind else {"apiVersion": "api_version"}
    inputs = resource.inputs
    if resource.type.startswith("pulumi:providers:"):
        inputs = {key: value for key, value in inputs.items() if key in ("project", "region", "kubeconfig")}
    for key, value in inputs.items():
        yield f"{names.get(key, key)}={_literal(value)}"
    yield f"opts=pulumi.ResourceOptions({', '.join(_options(resource))})"


def _options(resource: Resource) -> Iterator[str]:
    for option, urn in (("parent", resource.parent), ("provider", resource.provider_urn)):
        if urn:
            yield f"{option}=made[{urn!r}]"
    if resource.dependencies:
        yield f"depends_on=[{', '.join(f'made[{urn!r}]' for urn in resource.dependencies)}]"


def _literal(value: Any) -> str:
    if value == SECRET:
        return f"pulumi.Output.secret({value!r})"
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        return "{" + ", ".join(f"{key!r}: {_literal(item)}" for key, item in members.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, cast("list[Any]", value))) + "]"
    return repr(value)


if __name__ == "__main__":
    sys.stdout.write(program(record(Path(sys.argv[1]))))
