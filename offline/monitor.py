"""The resource monitor that takes the engine's place: it keeps each registration whole and answers at once.

It runs no provider and plans nothing; what a provider would answer comes from `Providers`.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import alias_pb2, resource_pb2
from typing_extensions import override

from offline import wire
from offline.providers import Providers
from offline.recording import Resource

STACK_TYPE = "pulumi:pulumi:Stack"


class RecordingMonitor(MockMonitor):
    """Keeps every `RegisterResourceRequest` as a `Resource`.

    Attributes:
        problems: defects seen on the way; raising where they occur would drown them in those of the dependants.
        log: what the program logs. An error fails a deployment, so it is a problem; the rest is dropped, for the
            warnings of the program's checks are findings already.
    """

    problems: list[str]
    log: logging.Logger

    def __init__(self, providers: Providers) -> None:
        super().__init__(providers)
        self._providers = providers
        self.problems = []
        self.log = logging.Logger("pulumi", logging.ERROR)
        self.log.addHandler(_Appender(self.problems))
        self._recorded: dict[str, dict[str, Any]] = {}

    def recorded(self) -> tuple[Resource, ...]:
        """Return what was registered so far, in order."""
        return tuple(Resource(**fields) for fields in self._recorded.values())

    @override
    def make_urn(self, parent: str, type_: str, name: str) -> str:
        stack, project = pulumi.get_stack(), pulumi.get_project()
        parents = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if parents == STACK_TYPE else f"{parents}${type_}"
        return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"

    @override
    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn in self._recorded:
            self.problems.append(f"{urn} is registered twice; give one of the two another name")

        inputs = wire.decode(request.object)
        id_, answer = self._providers.new_resource(
            pulumi.runtime.MockResourceArgs(
                typ=request.type,
                name=request.name,
                inputs=dict(inputs.value),
                provider=request.provider,
                resource_id=request.importId,
                custom=request.custom,
            )
        )
        # The raw inputs go back as outputs, secret where they were, as from a real provider.
        outputs = struct_pb2.Struct()
        outputs.CopyFrom(request.object)
        wire.merge(outputs, answer)
        self._recorded[urn] = _fields(request, inputs) | {
            "urn": urn,
            "id": id_ or None,
            "state": wire.decode(outputs).value if answer else inputs.value,
        }
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_ or "", object=outputs)

    @override
    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        if request.urn in self._recorded:
            self._recorded[request.urn]["state"] = wire.decode(request.outputs).value
        return empty_pb2.Empty()

    @override
    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> NoReturn:
        raise LookupError(
            f"the program reads the existing {request.type} {request.id!r} as {request.name!r}: nothing exists offline"
        )


class _Appender(logging.Handler):
    """Puts each message at the end of a list."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self._messages = messages

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())


def _fields(request: resource_pb2.RegisterResourceRequest, inputs: wire.Plain) -> dict[str, Any]:
    return {
        "type": request.type,
        "name": request.name,
        "parent": None if _is_stack(request.parent) else request.parent,
        "custom": request.custom,
        "inputs": inputs.value,
        "secrets": inputs.secrets,
        "provider": request.provider or None,
        "dependencies": tuple(sorted(request.dependencies)),
        "property_dependencies": {
            key: tuple(sorted(value.urns)) for key, value in sorted(request.propertyDependencies.items()) if value.urns
        },
        "protect": request.protect if request.HasField("protect") else None,
        "retain_on_delete": request.retainOnDelete if request.HasField("retainOnDelete") else None,
        "delete_before_replace": request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        "ignore_changes": tuple(request.ignoreChanges),
        "replace_on_changes": tuple(request.replaceOnChanges),
        "aliases": _aliases(request),
        "deleted_with": request.deletedWith or None,
        "custom_timeouts": _timeouts(request.customTimeouts),
        "additional_secret_outputs": tuple(request.additionalSecretOutputs),
    }


def _is_stack(urn: str) -> bool:
    return not urn or urn.split("::")[2] == STACK_TYPE


def _aliases(request: resource_pb2.RegisterResourceRequest) -> tuple[str, ...]:
    aliases = cast("Sequence[alias_pb2.Alias]", request.aliases)  # pyright: ignore[reportUnknownMemberType]
    return tuple(
        alias.urn or ", ".join(f"{field.name}={value}" for field, value in alias.spec.ListFields()) for alias in aliases
    )


def _timeouts(timeouts: resource_pb2.RegisterResourceRequest.CustomTimeouts) -> Mapping[str, str]:
    return {field.name: value for field, value in timeouts.ListFields()}
