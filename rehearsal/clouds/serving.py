"""A gRPC server of one provider, on the loopback address at which the engine looks for it."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

ADDRESS = "127.0.0.1"
"""`PULUMI_DEBUG_PROVIDERS` names ports alone."""
THREADS = 128
"""More than resources that the engine ever makes at once; each holds its thread while its cloud works."""
OPTIONS = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))


@contextmanager
def served(register: Callable[[grpc.Server], None]) -> Generator[int]:
    """Serve what `register` adds to the server until the block ends, and give the port."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="provider") as pool:
        server = grpc.server(pool, options=OPTIONS)
        register(server)
        port = server.add_insecure_port(f"{ADDRESS}:0")
        server.start()
        try:
            yield port
        finally:
            server.stop(grace=None).wait()
