"""The proxy answers for Helm releases, adapts objects before they are checked, and passes all else on unchanged."""

from collections.abc import Generator
from functools import partial
from typing import Any

import grpc
import pulumi_kubernetes as k8s
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from typing_extensions import override

from offline import wire
from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.clouds.cloud import Cloud
from rehearsal.clouds.kubernetes_proxy import KubernetesProxy
from rehearsal.clouds.provider import CloudProvider
from rehearsal.clouds.serving import ADDRESS, served

LOADED = (k8s.helm.v3.Release,)
RELEASE = "urn:pulumi:s::p::kubernetes:helm.sh/v3:Release::gpu-operator"
CONFIG_MAP = "urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::settings"
DETAILS = b"\x08\x02half made"


class Genuine(provider_pb2_grpc.ResourceProviderServicer):
    """Echoes what it is asked to check, and makes nothing well."""

    cancelled = False

    @override
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    @override
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        context.set_trailing_metadata((("grpc-status-details-bin", DETAILS),))
        context.abort(grpc.StatusCode.UNKNOWN, f"{request.urn} has no endpoints")

    @override
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        return provider_pb2.UpdateResponse(properties=request.news)

    @override
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        status = "balanced" if "kind" in request.inputs.fields else "imported"
        return provider_pb2.ReadResponse(id=request.id, properties=struct(kind="Ingress", status=status))

    @override
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.cancelled = True
        return empty_pb2.Empty()


def adapted(manifest: Json) -> Json:
    return {**manifest, "data": {**manifest["data"], "speed": "30", "seen": f"{manifest['data']['count']!r}"}}


def completed(manifest: Json) -> bool:
    return manifest["kind"] == "Ingress"


def struct(**values: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


@pytest.fixture
def releases() -> Cloud:
    return Cloud(Clock(1e6))


@pytest.fixture
def genuine() -> Genuine:
    return Genuine()


@pytest.fixture
def handler(genuine: Genuine, releases: Cloud) -> Generator[KubernetesProxy]:
    register = partial(provider_pb2_grpc.add_ResourceProviderServicer_to_server, genuine)
    with served(register) as port, grpc.insecure_channel(f"{ADDRESS}:{port}") as channel:
        double = CloudProvider("kubernetes", releases)
        yield KubernetesProxy(channel, double, fetched=lambda address: (), adapted=adapted, completed=completed)


@pytest.fixture
def proxy(handler: KubernetesProxy) -> Generator[Any]:
    with (
        served(lambda server: server.add_generic_rpc_handlers((handler,))) as port,
        grpc.insecure_channel(f"{ADDRESS}:{port}") as channel,
    ):
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def test_an_object_is_adapted_before_it_is_checked(proxy: Any) -> None:
    news = struct(apiVersion="v1", kind="ConfigMap", metadata={"name": "settings"}, data={"count": 3})
    answer = proxy.Check(provider_pb2.CheckRequest(urn=CONFIG_MAP, news=news))
    assert wire.decode(answer.inputs).value["data"] == {"count": 3, "speed": "30", "seen": "3"}


def test_a_secret_and_an_unknown_value_keep_their_envelopes(proxy: Any) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "s"}
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    news = struct(apiVersion="v1", kind="ConfigMap", data={"count": 3, "secret": secret, "unknown": unknown})
    answer = proxy.Check(provider_pb2.CheckRequest(urn=CONFIG_MAP, news=news))
    assert (answer.inputs["data"]["secret"], answer.inputs["data"]["unknown"]) == (struct(**secret), unknown)


def test_what_goes_wrong_in_the_genuine_provider_arrives_with_its_details(proxy: Any) -> None:
    with pytest.raises(grpc.RpcError, match="has no endpoints") as caught:
        proxy.Create(provider_pb2.CreateRequest(urn=CONFIG_MAP, properties=struct(kind="ConfigMap")))
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.UNKNOWN
    assert dict(error.trailing_metadata())["grpc-status-details-bin"] == DETAILS


def test_a_release_is_the_doubles_whatever_is_done_with_it(proxy: Any, releases: Cloud) -> None:
    inputs = struct(name="gpu-operator", namespace="gpu", chart="gpu-operator", version="v1")
    checked = proxy.Check(provider_pb2.CheckRequest(urn=RELEASE, news=inputs))
    assert (list(checked.failures), checked.inputs) == ([], inputs)
    made = proxy.Create(provider_pb2.CreateRequest(urn=RELEASE, properties=inputs))
    assert made.id == "gpu/gpu-operator"
    assert made.properties["status"]["status"] == "deployed"
    moved = struct(name="gpu-operator", namespace="other", chart="gpu-operator", version="v1")
    diff = proxy.Diff(provider_pb2.DiffRequest(urn=RELEASE, id=made.id, old_inputs=inputs, news=moved))
    assert list(diff.replaces) == ["namespace"]
    proxy.Delete(provider_pb2.DeleteRequest(urn=RELEASE, id=made.id))
    assert list(releases) == []


def test_what_it_does_not_know_goes_on(proxy: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        proxy.GetSchema(provider_pb2.GetSchemaRequest())
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_provider_that_the_engine_lets_go_cancels_no_other(
    proxy: Any, handler: KubernetesProxy, genuine: Genuine
) -> None:
    assert proxy.Cancel(empty_pb2.Empty()) == empty_pb2.Empty()
    assert not genuine.cancelled
    handler.cancel()
    assert genuine.cancelled


def test_what_was_completed_after_it_was_made_is_read_again(proxy: Any) -> None:
    def status(kind: str) -> Any:
        news = struct(kind=kind, status="none")
        answer = proxy.Update(provider_pb2.UpdateRequest(urn=CONFIG_MAP, id="a/b", olds=news, news=news))
        return answer.properties["status"]

    assert (status("Ingress"), status("ConfigMap")) == ("balanced", "none")
