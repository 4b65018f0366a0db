"""A Pulumi provider in front of a cloud's double, as the engine speaks to it.

Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto. Inputs are checked as the offline
program checks them. Secrets arrive in plain text, and unknown values only in a preview, as `wire.UNKNOWN`.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from typing_extensions import override

from offline import sdk_types, wire
from rehearsal.clouds.changes import Change, changes, replacing
from rehearsal.clouds.cloud import Cloud
from rehearsal.clouds.existing import Existing
from rehearsal.clouds.refusals import RefusedError

NAMES = ("name", "nodeGroupName")
"""Inputs that Pulumi fills in where a program leaves them out. A name that the program states can be given only once,
so the old resource goes before the new one comes (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace)."""

_KINDS = {"add": "ADD", "delete": "DELETE", "update": "UPDATE"}


class CloudProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The provider of one package.

    Args:
        package: such as `gcp`; its Python SDK is installed, and loaded once the program has run.
        cloud: what exists.
    """

    def __init__(self, package: str, cloud: Cloud) -> None:
        self._version, self._cloud = version(f"pulumi-{package}"), cloud

    @override
    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    @override
    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse()

    @override
    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    @override
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    @override
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    @override
    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        return _response(changes(_plain(request.old_inputs), _plain(request.news)), [])

    @override
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        self._cloud.configure(str(_plain(request.args).get("project", "project")))
        return provider_pb2.ConfigureResponse()

    @override
    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        answer, _ = self._cloud.providers.call(
            pulumi.runtime.MockCallArgs(token=request.tok, args=dict(_plain(request.args)), provider="")
        )
        response = provider_pb2.InvokeResponse()
        # The field has the name of a keyword of Python.
        getattr(response, "return").CopyFrom(_struct(answer))
        return response

    @override
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        failures = [
            provider_pb2.CheckFailure(reason=problem)
            for problem in sdk_types.problems(_type(request.urn), _plain(request.news))
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    @override
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        old, new = _plain(request.old_inputs), _plain(request.news)
        found = changes(old, new)
        answer = _response(found, replacing(_type(request.urn), found))
        answer.deleteBeforeReplace = any(key in new and new[key] == old.get(key) for key in NAMES)
        return answer

    @override
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        making = self._cloud.planned if request.preview else self._cloud.create
        try:
            made = making(_type(request.urn), _name(request.urn), _plain(request.properties))
        except RefusedError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return provider_pb2.CreateResponse(id=made.id, properties=_outputs(request.properties, made))

    @override
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        found = self._cloud.find(_type(request.urn), request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        inputs = _struct(found.inputs)
        return provider_pb2.ReadResponse(id=found.id, properties=_outputs(inputs, found), inputs=inputs)

    @override
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        changing = self._cloud.changed if request.preview else self._cloud.update
        try:
            changed = changing(_type(request.urn), request.id, _plain(request.news))
        except RefusedError as error:
            context.abort(grpc.StatusCode.NOT_FOUND, str(error))
        return provider_pb2.UpdateResponse(properties=_outputs(request.news, changed))

    @override
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        try:
            self._cloud.delete(_type(request.urn), request.id)
        except RefusedError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return empty_pb2.Empty()


def _response(found: list[Change], replaced: list[Change]) -> provider_pb2.DiffResponse:
    answer = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted({change.plain.partition(".")[0] for change in found}),
        replaces=sorted({change.plain.partition(".")[0] for change in replaced}),
        hasDetailedDiff=True,
    )
    for change in found:
        kind = _KINDS[change.kind] + ("_REPLACE" if change in replaced else "")
        answer.detailedDiff[change.path].kind = provider_pb2.PropertyDiff.Kind.Value(kind)
        answer.detailedDiff[change.path].inputDiff = True
    return answer


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _plain(struct: struct_pb2.Struct) -> Mapping[str, Any]:
    return wire.decode(struct).value


def _struct(plain: Mapping[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(dict(plain))
    return made


def _outputs(inputs: struct_pb2.Struct, existing: Existing) -> struct_pb2.Struct:
    """Return the inputs as they came, with what the cloud adds: a secret among them stays one."""
    outputs = struct_pb2.Struct()
    outputs.CopyFrom(inputs)
    wire.merge(outputs, existing.answers)
    return outputs
