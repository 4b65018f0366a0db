"""A double of Pulumi's engine: what a plugin logs, and what it registers while it constructs a component."""

import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import MockCallArgs, MockResourceArgs
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc
from typing_extensions import override

from offline import wire
from offline.providers import Providers

PLUGIN, HOST = Path(__file__).parents[2] / "plugin", Path(__file__).parent / "attached.py"
SECONDS = 120
"""Time for the plugin to start and to construct: importing the SDKs of two clouds takes a while."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A resource that the plugin registered."""

    urn: str
    type: str
    inputs: Mapping[str, Any]
    provider: str
    dependencies: Sequence[str]


@dataclass(slots=True)
class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Answers registrations as a recording's do: as if every resource were made at once."""

    providers: Providers = field(default_factory=lambda: Providers("my-project"))
    resources: list[Registered] = field(default_factory=list[Registered])

    @override
    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        return resource_pb2.DeploymentInfo(
            supportedFeatures=[
                resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
                resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
            ]
        )

    @override
    def RegisterResource(self, request: Any, context: Any) -> Any:
        types = f"{request.parent.split('::')[2]}$" if request.parent else ""
        urn = f"urn:pulumi:dev::own::{types}{request.type}::{request.name}"
        inputs, custom = dict(wire.decode(request.object).value), request.custom
        self.resources.append(Registered(urn, request.type, inputs, request.provider, [*request.dependencies]))
        made = MockResourceArgs(typ=request.type, name=request.name, inputs=inputs, custom=custom)
        id_, answer = self.providers.new_resource(made)
        wire.merge(request.object, answer)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=request.object)

    @override
    def Invoke(self, request: Any, context: Any) -> Any:
        answer, given = provider_pb2.InvokeResponse(), MessageToDict(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            # Of a provider that was handed over.
            found: Mapping[str, Any] = {"urn": given["urn"], "id": "id", "state": {}}
        else:
            found, _ = self.providers.call(MockCallArgs(token=request.tok, args=given, provider=request.provider))
        getattr(answer, "return").update(found)
        return answer

    @override
    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        return Empty()


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes what is logged."""

    @override
    def Log(self, request: Any, context: Any) -> Any:
        return Empty()


@dataclass(frozen=True, slots=True)
class Plugin:
    """The plugin, as a program in another language reaches it through the engine."""

    stub: Any
    address: str
    monitor: Monitor

    def schema(self) -> str:
        """Return what it says of its components."""
        return self.stub.GetSchema(provider_pb2.GetSchemaRequest(version=0), timeout=SECONDS).schema

    def construct(self, component: str, name: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Construct a component and return its outputs.

        Raises:
            grpc.RpcError: the plugin refused.
        """
        request = provider_pb2.ConstructRequest(
            project="own",
            stack="dev",
            type=f"slipway:index:{component}",
            name=name,
            monitorEndpoint=self.address,
            parallel=1,
            organization="organization",
            providers={"kubernetes": "urn:pulumi:dev::own::pulumi:providers:kubernetes::cluster::id"},
        )
        request.inputs.update(inputs)
        return MessageToDict(self.stub.Construct(request, timeout=SECONDS).state)


@contextmanager
def attachable() -> Generator[int]:
    """Run the plugin for a real engine that attaches to it, and give its port."""
    process = subprocess.Popen([sys.executable, HOST], cwd=PLUGIN, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


@contextmanager
def running() -> Generator[Plugin]:
    """Start the plugin beside an engine of its own."""
    monitor, server = Monitor(), grpc.server(ThreadPoolExecutor(max_workers=4))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    process = subprocess.Popen(
        [sys.executable, "__main__.py", address], cwd=PLUGIN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        assert process.stderr
        port = process.stdout.readline().strip()
        assert port, process.stderr.read()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel), address, monitor)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
        server.stop(None).wait()
