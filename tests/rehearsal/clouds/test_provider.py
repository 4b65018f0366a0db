"""A cloud's provider answers the engine's protocol: inputs are checked, changes planned, outputs given."""

from collections.abc import Generator
from functools import partial
from typing import Any

import grpc
import pulumi_gcp as gcp
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from offline import wire
from rehearsal.clock import Clock
from rehearsal.clouds.cloud import Cloud
from rehearsal.clouds.provider import CloudProvider
from rehearsal.clouds.serving import ADDRESS, served

LOADED = (gcp.compute.Subnetwork, gcp.container.NodePool, gcp.serviceaccount.Account)
"""Their classes say which inputs there are."""
POOL = "urn:pulumi:s::p::slipway:gke:Pool$gcp:container/nodePool:NodePool::v6e"
ACCOUNT = "urn:pulumi:s::p::gcp:serviceaccount/account:Account::nodes"


def struct(**values: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(Clock(1e6))


@pytest.fixture
def provider(cloud: Cloud) -> Generator[Any]:
    register = partial(provider_pb2_grpc.add_ResourceProviderServicer_to_server, CloudProvider("gcp", cloud))
    with served(register) as port, grpc.insecure_channel(f"{ADDRESS}:{port}") as channel:
        stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(provider_pb2.ConfigureRequest(args=struct(project="acme")))
        yield stub


def test_a_misspelt_input_is_refused_with_the_one_that_was_meant(
    provider: Any,
) -> None:
    news = struct(cluster="c", nodeConfig={"machineTyp": "ct6e-standard-8t"})
    answer = provider.Check(provider_pb2.CheckRequest(urn=POOL, news=news))
    [failure] = answer.failures
    assert "nodeConfig.machineTyp" in failure.reason
    assert "'machineType'" in failure.reason


def test_unknown_values_pass_a_check_as_they_are(provider: Any) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    answer = provider.Check(provider_pb2.CheckRequest(urn=POOL, news=struct(cluster=unknown)))
    assert not answer.failures
    assert answer.inputs["cluster"] == unknown


def test_a_resource_is_made_read_back_and_lost(provider: Any, cloud: Cloud) -> None:
    made = provider.Create(provider_pb2.CreateRequest(urn=ACCOUNT, properties=struct(accountId="nodes")))
    assert made.properties["email"] == "nodes@acme.iam.gserviceaccount.com"
    read = provider.Read(provider_pb2.ReadRequest(urn=ACCOUNT, id=made.id))
    assert (read.id, read.properties, read.inputs) == (made.id, made.properties, struct(accountId="nodes"))
    cloud.lose("gcp:serviceaccount/account:Account", made.id)
    assert provider.Read(provider_pb2.ReadRequest(urn=ACCOUNT, id=made.id)).id == ""


def test_a_preview_makes_and_changes_nothing(provider: Any, cloud: Cloud) -> None:
    planned = provider.Create(
        provider_pb2.CreateRequest(urn=ACCOUNT, properties=struct(accountId="nodes"), preview=True)
    )
    assert planned.properties["email"] == "nodes@acme.iam.gserviceaccount.com"
    assert not [*cloud]
    made = provider.Create(provider_pb2.CreateRequest(urn=ACCOUNT, properties=struct(accountId="nodes")))
    news = struct(accountId="nodes", description="of servers")
    changed = provider.Update(provider_pb2.UpdateRequest(urn=ACCOUNT, id=made.id, news=news, preview=True))
    assert changed.properties["description"] == "of servers"
    assert provider.Read(provider_pb2.ReadRequest(urn=ACCOUNT, id=made.id)).properties == made.properties


def test_what_replaces_is_told_from_what_updates(provider: Any) -> None:
    old = struct(name="v6e", nodeConfig={"spot": False, "machineType": "a"})

    def diff(**node: Any) -> provider_pb2.DiffResponse:
        new = struct(name="v6e", nodeConfig=node)
        return provider.Diff(provider_pb2.DiffRequest(urn=POOL, id="x", old_inputs=old, news=new))

    updated, replaced, same = diff(spot=False, machineType="b"), diff(spot=True, machineType="a"), diff(**_plain(old))
    assert (updated.diffs, updated.replaces) == (["nodeConfig"], [])
    assert list(updated.detailedDiff) == ["nodeConfig.machineType"]
    assert (replaced.diffs, replaced.replaces) == (["nodeConfig"], ["nodeConfig"])
    assert replaced.deleteBeforeReplace
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE


def _plain(inputs: struct_pb2.Struct) -> dict[str, Any]:
    return dict(wire.decode(inputs).value["nodeConfig"])


def test_what_the_cloud_refuses_fails_with_its_reason(
    provider: Any,
) -> None:
    network, part = (
        "urn:pulumi:s::p::gcp:compute/" + each for each in ("network:Network::n", "subnetwork:Subnetwork::s")
    )
    made = provider.Create(provider_pb2.CreateRequest(urn=network, properties=struct(name="n")))
    provider.Create(provider_pb2.CreateRequest(urn=part, properties=struct(network=made.id)))
    with pytest.raises(grpc.RpcError, match="in use by"):
        provider.Delete(provider_pb2.DeleteRequest(urn=network, id=made.id))


def test_a_lookup_is_answered_for_the_configured_project(provider: Any) -> None:
    answer = provider.Invoke(provider_pb2.InvokeRequest(tok="gcp:organizations/getProject:getProject", args=struct()))
    assert getattr(answer, "return")["projectId"] == "acme"
