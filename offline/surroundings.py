"""What is around a program while it runs without an engine: packages, variables, and nothing that only costs time."""

import gc
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

from offline.checkouts import packages_of, parts

_KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR")
"""Others may carry credentials or another configuration into provider inputs (`GOOGLE_*`, `KUBECONFIG`, `PULUMI_*`)."""


@contextmanager
def program_surroundings(folder: Path) -> Generator[None]:
    """Make the packages and the environment variables those of a program in this folder, for a while."""
    variables, import_path = dict(os.environ), list(sys.path)
    sys.path[:0] = [str(part) for part in parts(folder) if str(part) not in sys.path]
    for name in variables:
        if name not in _KEPT_VARIABLES:
            del os.environ[name]
    os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"
    try:
        with packages_of(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(variables)
        sys.path[:] = import_path


@contextmanager
def without_collector() -> Generator[None]:
    """Keep cyclic garbage for a while: a program only adds objects, and each search through them takes longer.

    No search, that at the end of the process included, goes through what it has imported: the SDKs stay, and are
    hundreds of thousands of objects.
    """
    was_enabled, imported = gc.isenabled(), len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > imported:
            gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def without_stack_traces() -> Generator[None]:
    """Let no registration carry where it comes from: nobody reads it here, and it takes a fifth of the time."""
    made = resource._get_stack_trace  # pyright: ignore
    resource._get_stack_trace = source_pb2.StackTrace  # pyright: ignore
    try:
        yield
    finally:
        resource._get_stack_trace = made  # pyright: ignore
