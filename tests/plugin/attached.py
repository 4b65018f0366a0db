"""Hosts the components of the plugin for an engine that attaches to it, and so says only then where it is itself.

Run in plugin/, whose modules it hosts; it prints its port. Without the language host of Python no engine starts it.
"""

import asyncio
import runpy
import sys
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2_grpc
from typing_extensions import override


class AttachedServicer(ProviderServicer):
    """The plugin's own server, told by `Attach` what it otherwise reads from its command line."""

    @override
    async def Attach(self, request: Any, context: Any) -> Any:
        self.engine_address = request.address
        return Empty()


async def serve() -> None:
    """Serve until the process is ended."""
    sys.path.insert(0, str(Path.cwd()))
    components = runpy.run_path("__main__.py", run_name="plugin")["COMPONENTS"]
    server = grpc.aio.server()
    servicer = AttachedServicer(ComponentProvider(components, "slipway", None, "0.1.0"), [], engine_address="")
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(serve())
