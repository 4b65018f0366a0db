"""Files of Kubernetes objects, as the provider's `ConfigFile` makes resources of them: what it fetches is a double's.

The genuine one registers the component and the objects of its file with the engine, which makes them by the provider
again (pulumi/pulumi-kubernetes:provider/pkg/provider/yaml/v2); so does this.
"""

from collections.abc import Iterable
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from rehearsal.client import Json
from rehearsal.clouds.serving import OPTIONS

TYPE = "kubernetes:yaml/v2:ConfigFile"
ADDRESS = "file"
"""The input that says where the file is."""


def construct(request: provider_pb2.ConstructRequest, objects: Iterable[Json]) -> provider_pb2.ConstructResponse:
    """Register a file and its objects with the engine that asks for it."""
    with grpc.insecure_channel(request.monitorEndpoint, options=OPTIONS) as channel:
        monitor: Any = resource_pb2_grpc.ResourceMonitorStub(channel)
        component = resource_pb2.RegisterResourceRequest(
            type=request.type,
            name=request.name,
            parent=request.parent,
            dependencies=request.dependencies,
            providers=request.providers,
            acceptSecrets=True,
        )
        urn: str = monitor.RegisterResource(component).urn
        for each in objects:
            monitor.RegisterResource(
                resource_pb2.RegisterResourceRequest(
                    type=f"kubernetes:{each['apiVersion']}:{each['kind']}",
                    name=f"{request.name}:{each['metadata']['name']}",
                    parent=urn,
                    custom=True,
                    object=_struct(each),
                    provider=request.providers["kubernetes"],
                    acceptSecrets=True,
                )
            )
        monitor.RegisterResourceOutputs(
            resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=struct_pb2.Struct())
        )
    return provider_pb2.ConstructResponse(urn=urn)


def _struct(plain: Json) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(plain)
    return made
