"""Types of the fixtures that change a stack file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from offline import Recording
from slipway.checks import Finding

Stack = dict[str, Any]
Edit = Callable[[Stack], object]


class Change(Protocol):
    """Write a changed copy of a committed stack file."""

    def __call__(self, *edits: Edit, stack: str = "gke-tpu", config: Mapping[str, Any] | None = None) -> Path: ...


class Refuse(Protocol):
    """Return the findings about a changed stack file by path."""

    def __call__(
        self, *edits: Edit, stack: str = "gke-tpu", config: Mapping[str, Any] | None = None
    ) -> Mapping[str, Finding]: ...


class Deploy(Protocol):
    """Record a changed stack file."""

    def __call__(self, *edits: Edit, stack: str = "gke-tpu", config: Mapping[str, Any] | None = None) -> Recording: ...
