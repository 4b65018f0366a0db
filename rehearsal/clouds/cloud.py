"""What exists in a cloud's double: made of inputs, read back, changed and removed, in compressed time.

Ids and outputs are those of `offline.providers`, but that a name which nobody states is never given twice.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi

from offline.providers import Providers
from rehearsal.clock import Clock
from rehearsal.clouds import refusals
from rehearsal.clouds.existing import Existing
from rehearsal.clouds.refusals import RefusedError
from slipway.catalog.providers.durations import seconds

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


class Cloud:
    """Everything that exists in one cloud. Threads may share it.

    Args:
        clock: compresses what the cloud takes for its work.
        answers: outputs of a type that lead to this machine, such as the endpoint of a cluster.
        made: told of each resource once it is there, before the engine is.
        updated: told of each resource that changes as it was and as it is.
        gone: told of each resource before it goes.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        answers: Mapping[str, Mapping[str, Any]] | None = None,
        made: Callable[[Existing], None] = lambda existing: None,
        updated: Callable[[Existing, Existing], None] = lambda before, existing: None,
        gone: Callable[[Existing], None] = lambda existing: None,
    ) -> None:
        self._clock, self._answers = clock, answers or {}
        self._made, self._updated, self._gone = made, updated, gone
        self._existing: dict[tuple[str, str], Existing] = {}
        self._lock = threading.Lock()
        self.providers = Providers("project", suffix=lambda args: secrets.token_hex(8))

    def __iter__(self) -> Iterator[Existing]:
        with self._lock:
            return iter(list(self._existing.values()))

    def configure(self, project: str) -> None:
        """Take the Google Cloud project of resources that name none."""
        self.providers = Providers(project, suffix=lambda args: secrets.token_hex(8))

    def find(self, type_: str, id_: str) -> Existing | None:
        """Return what exists under an id; None where nothing does."""
        with self._lock:
            return self._existing.get((type_, id_))

    def planned(self, type_: str, name: str, inputs: Mapping[str, Any]) -> Existing:
        """Return what a resource would be, and make nothing: a preview asks."""
        id_, answers = self.providers.new_resource(
            pulumi.runtime.MockResourceArgs(
                typ=type_, name=name, inputs=dict(inputs), provider="", resource_id="", custom=True
            )
        )
        more = self._answers.get(type_, {})
        return Existing(type=type_, name=name, id=id_, inputs=inputs, answers=_merged(answers, more))

    def create(self, type_: str, name: str, inputs: Mapping[str, Any]) -> Existing:
        """Make a resource.

        Raises:
            RefusedError: the cloud would not.
        """
        existing = self.planned(type_, name, inputs)
        with self._lock:
            if (type_, existing.id) in self._existing:
                raise RefusedError(f"{existing.id} exists already")
            self._existing[type_, existing.id] = existing
        self._wait(type_)
        self._made(existing)
        return existing

    def changed(self, type_: str, id_: str, inputs: Mapping[str, Any]) -> Existing:
        """Return what a resource would be with other inputs, and leave it: a preview asks.

        Raises:
            RefusedError: it does not exist.
        """
        existing = self.find(type_, id_)
        if existing is None:
            raise RefusedError(f"{id_} was not found")
        answers = dict(existing.answers)
        if type_ == LAUNCH_TEMPLATE:
            answers["latestVersion"] += 1
        return replace(existing, inputs=inputs, answers=answers)

    def update(self, type_: str, id_: str, inputs: Mapping[str, Any]) -> Existing:
        """Change a resource where it is.

        Raises:
            RefusedError: it does not exist, or the cloud would not.
        """
        changed = self.changed(type_, id_, inputs)
        with self._lock:
            before, self._existing[type_, id_] = self._existing[type_, id_], changed
        self._updated(before, changed)
        return changed

    def delete(self, type_: str, id_: str) -> None:
        """Remove a resource; one that is gone already is no error.

        Raises:
            RefusedError: it is protected, in use or not empty.
        """
        existing = self.find(type_, id_)
        if existing is None:
            return
        if reason := refusals.deletion(existing, self):
            raise RefusedError(reason)
        self._gone(existing)
        self._wait(type_)
        self.lose(type_, id_)

    def lose(self, type_: str, id_: str) -> None:
        """Let a resource vanish, as if somebody had deleted it elsewhere."""
        with self._lock:
            self._existing.pop((type_, id_), None)

    def _wait(self, type_: str) -> None:
        time.sleep(self._clock.compressed(seconds(type_)))


def _merged(first: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return `first` with `more` put in, map by map."""
    both = dict(first)
    for key, value in more.items():
        old = both.get(key)
        both[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownArgumentType]
    return both
