"""What stands before the genuine Kubernetes provider: Helm releases and files are doubles', all else goes on to it.

No machine here reaches what these fetch. Whatever the program gives as an object is adapted first, in `Check`, so
that the engine and the provider know the object only as the rehearsal has it: nothing of it shows as a difference.

The engine cancels a provider when it lets one go, such as the one of a cluster that is replaced. Where it starts
providers itself, each is a process of its own; those that it is attached to are one, so that such a word would end what
its successor does. The genuine one is cancelled by `cancel` alone.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn, cast

import grpc
from google.protobuf import empty_pb2, json_format
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2
from typing_extensions import override

from rehearsal.client import Json
from rehearsal.clouds import files
from rehearsal.clouds.provider import CloudProvider

RELEASE = "kubernetes:helm.sh/v3:Release"
SERVICE = "/pulumirpc.ResourceProvider"
READ, CANCEL = f"{SERVICE}/Read", f"{SERVICE}/Cancel"

_OF_RESOURCES: Mapping[str, type[Message]] = {
    "Check": provider_pb2.CheckRequest,
    "Diff": provider_pb2.DiffRequest,
    "Create": provider_pb2.CreateRequest,
    "Read": provider_pb2.ReadRequest,
    "Update": provider_pb2.UpdateRequest,
    "Delete": provider_pb2.DeleteRequest,
}
CONSTRUCT = "Construct"
_MADE: Mapping[str, type[Message]] = {
    "Create": provider_pb2.CreateResponse,
    "Update": provider_pb2.UpdateResponse,
}


class KubernetesProxy(grpc.GenericRpcHandler):
    """Answers every method of a provider.

    Args:
        genuine: a channel to the genuine provider.
        releases: the double of Helm releases.
        adapted: makes of an object, as the program gives it, the one that is applied here.
        fetched: returns the objects of the file at an address.
        completed: gives an object that was made or changed the status that a controller of the cloud would, and tells
            whether it did.
    """

    def __init__(
        self,
        genuine: grpc.Channel,
        releases: CloudProvider,
        *,
        fetched: Callable[[str], Sequence[Json]],
        adapted: Callable[[Json], Json],
        completed: Callable[[Json], bool],
    ) -> None:
        self._genuine, self._releases, self._fetched = genuine, releases, fetched
        self._adapted, self._completed = adapted, completed

    def cancel(self) -> None:
        """Have the genuine provider give up what it waits for; it takes nothing more. One that has ended is left so."""
        with suppress(grpc.RpcError, ValueError):  # The latter is what a channel says that has been closed.
            self._forward(CANCEL)(b"")

    @override
    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        answer = partial(self._answer, handler_call_details.method)
        return grpc.unary_unary_rpc_method_handler(answer)  # pyright: ignore[reportUnknownVariableType]

    def _answer(self, path: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        if path == CANCEL:
            return empty_pb2.Empty().SerializeToString()
        name = path.rpartition("/")[2]
        if name == CONSTRUCT:
            asked = provider_pb2.ConstructRequest.FromString(request)
            return files.construct(asked, self._fetched(str(asked.inputs[files.ADDRESS]))).SerializeToString()
        kind = _OF_RESOURCES.get(name)
        parsed: Any = kind.FromString(request) if kind else None
        if kind and f"{RELEASE}::" in parsed.urn:
            return getattr(self._releases, name)(parsed, context).SerializeToString()
        if name == "Check":
            request = self._adapt(parsed).SerializeToString()
        try:
            answer: bytes = self._forward(path)(request)
            return self._complete(_MADE[name].FromString(answer), parsed) if name in _MADE else answer
        except grpc.RpcError as error:
            return _pass_on(error, context)

    def _forward(self, path: str) -> Any:
        return self._genuine.unary_unary(path)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    def _adapt(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckRequest:
        given = _whole(json_format.MessageToDict(request.news))
        if "kind" in given:
            request.news.Clear()
            request.news.update(self._adapted(given))
        return request

    def _complete(self, made: Any, request: Any) -> bytes:
        """Return an answer with what the provider reads of the object, if it has been completed since."""
        if self._completed(_whole(json_format.MessageToDict(made.properties))):
            id_, inputs = (
                (request.id, request.news)
                if isinstance(request, provider_pb2.UpdateRequest)
                else (made.id, request.properties)
            )
            # Without inputs the provider takes the object for one to import, and every input for a change.
            again = provider_pb2.ReadRequest(id=id_, urn=request.urn, properties=made.properties, inputs=inputs)
            read = provider_pb2.ReadResponse.FromString(self._forward(READ)(again.SerializeToString()))
            made.properties.CopyFrom(read.properties)
        return made.SerializeToString()


def _pass_on(error: Any, context: grpc.ServicerContext) -> NoReturn:
    """Fail as the genuine provider did, with the details by which the engine knows an object that is half made."""
    context.set_trailing_metadata(error.trailing_metadata())
    context.abort(error.code(), error.details())


def _whole(value: Any) -> Any:
    """Return a value with its whole numbers as ints: on the wire all are doubles."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _whole(member) for key, member in cast("Json", value).items()}
        case list():
            return [_whole(item) for item in cast("list[Any]", value)]
        case _:
            return value
