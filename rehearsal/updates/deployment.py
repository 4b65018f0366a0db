"""A stack on the stage of a story by the real engine: up, up again, a lost object brought back, destroy."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from offline import PROGRAM
from offline.stack_config import StackConfig
from rehearsal import lifecycle
from rehearsal.client import Client, title
from rehearsal.clouds.clouds import Clouds
from rehearsal.story.verdict import Link, Verdict
from rehearsal.updates.engine import Engine
from rehearsal.updates.update import Name, Step, Update

STACK_KEY = "slipway:stack"
LOST = "kubernetes:policy/v1:PodDisruptionBudget", "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:ServiceAccount"
"""Types of which one is lost, the first that the stack has: pods go on without it."""
RETAINED = "retainOnDelete"
"""What the engine's state says of a resource that stays in its cloud when the stack lets it go."""
SETTLE_SECONDS = 20
"""How long controllers may take to remove what they made, once its owners are gone."""


class Updates:
    """One stack in the engine.

    Args:
        engine: with the stack, which has no resources yet.
        clouds: what it is made in.
        config: of the stack.
        client: the connection to the API server.
        before: what there was on it.
    """

    real: Sequence[str] = (
        "the Pulumi CLI and engine with a state of its own: up, refresh and destroy",
        "the Kubernetes provider, which makes each object and waits until it is ready",
    )
    doubles: Sequence[str] = (
        "the clouds' providers: they check inputs, keep what they made, refuse what their cloud would, and take a "
        "compressed time that is assumed",
        "Helm releases: of a chart there is what this report names, and nothing waits for its pods",
    )

    def __init__(
        self, engine: Engine, clouds: Clouds, config: StackConfig, *, client: Client, before: frozenset[str]
    ) -> None:
        self._engine, self._clouds, self._config = engine, clouds, config
        self._client, self._before = client, before

    def up(self) -> list[Verdict]:
        """Run `pulumi up`."""
        update = self._run("up")
        return _failed(update, Link.REFUSED) or [
            Verdict(f"`pulumi up` made all {len(update.steps)} resources, and each was ready")
        ]

    def attempt(self, command: Name) -> Update:
        """Run a command whatever comes of it, and return what the engine said."""
        return self._run(command)

    def become(self, config: StackConfig, program: Path = PROGRAM, *, command: Name = "up") -> Update:
        """Run `pulumi up`, or another command, with another configuration of the stack, as a program reads it."""
        self._config = config
        self._engine.run_by(program)
        self._engine.configure(config)
        return self._run(command)

    def again(self) -> list[Verdict]:
        """Run `pulumi up` once more."""
        update = self._run("up")
        return _failed(update, Link.UNSETTLED) or _unchanged(update, "a second `pulumi up`")

    def restore(self) -> list[Verdict]:
        """Delete an object behind the engine's back, and run `pulumi refresh` and `pulumi up`."""
        found = self._of(LOST)
        if found is None:
            return []
        manifest: dict[str, Any] = found["outputs"]
        self._client.delete(manifest)
        noticed = self._run("refresh")
        restored = self._run("up")
        wrong = [*_failed(noticed, Link.NOT_RESTORED), *_failed(restored, Link.NOT_RESTORED)]
        if not wrong and (noticed.operations, restored.operations) != (Counter(delete=1), Counter(create=1)):
            said = f"refresh: {_steps(noticed)}; up: {_steps(restored)}"
            wrong = [
                Verdict(f"{title(manifest)} was lost, and more or less than it came back: {said}", Link.NOT_RESTORED)
            ]
        return wrong or [
            Verdict(f"{title(manifest)} was lost; `pulumi refresh` noticed, and `pulumi up` made it again")
        ]

    def down(self) -> list[Verdict]:
        """Run `pulumi destroy`, after the update that takes a stack's protection away."""
        found: list[Verdict] = []
        resources = self._engine.resources()
        if any(each.get("protect") for each in resources):
            self._engine.configure(_unprotected(self._config))
            update = self._run("up")
            found += _failed(update, Link.LEFT_BEHIND) or [
                Verdict(f"an update took the protection away and changed {len(update.steps)} resources")
            ]
            resources = self._engine.resources()
        kept = {each["id"]: Step("retain", each["urn"]) for each in resources if each.get(RETAINED)}
        update = self._run("destroy")
        return found + (_failed(update, Link.LEFT_BEHIND) or self._empty(len(update.steps) - len(kept), kept))

    def interrupt(self) -> None:
        """Let the engine end what is under way, and begin nothing new."""
        self._engine.interrupt()
        self._clouds.cancel()

    def _run(self, command: Name) -> Update:
        with self._clouds.attached() as ports:
            return self._engine.run(command, ports)

    def _of(self, types: Sequence[str]) -> Mapping[str, Any] | None:
        resources = sorted(self._engine.resources(), key=lambda each: str(each["urn"]))  # The state's own order varies.
        return next((each for type_ in types for each in resources if each["type"] == type_), None)

    def _empty(self, removed: int, kept: Mapping[str, Step]) -> list[Verdict]:
        """Look for what is left, and for what is to stay, by its id in the cloud."""
        lifecycle.within(SETTLE_SECONDS, lambda: lifecycle.inventory(self._client) <= self._before)
        here = {each.id for cloud in self._clouds.clouds.values() for each in cloud}
        wrong = [
            *(f"{each} is left on the API server" for each in sorted(lifecycle.inventory(self._client) - self._before)),
            *(f"{each} is left in the cloud" for each in sorted(here - kept.keys())),
            *(f"{kept[each].name}, which was to stay, is gone" for each in sorted(kept.keys() - here)),
        ]
        if wrong:
            return [Verdict(f"{sentence} after `pulumi destroy`", Link.LEFT_BEHIND) for sentence in wrong]
        stays = "".join(f", but for {step.name}, which is to stay" for step in kept.values())
        return [
            Verdict(f"`pulumi destroy` removed all {removed} resources; the API server and the clouds are empty{stays}")
        ]


def _failed(update: Update, link: Link) -> list[Verdict]:
    return [Verdict(f"`pulumi {update.command}` failed: {error}", link) for error in update.errors if update.failed]


def _unchanged(update: Update, what: str) -> list[Verdict]:
    if update.steps:
        return [Verdict(f"{what} changed {_steps(update)}", Link.UNSETTLED)]
    return [Verdict(f"{what} changed none of {update.left} resources")]


def _steps(update: Update) -> str:
    return ", ".join(map(_step, update.steps)) or "nothing"


def _step(step: Step) -> str:
    return f"{step.operation} {step.name}" + (f" ({', '.join(step.changed)})" if step.changed else "")


def _unprotected(config: StackConfig) -> StackConfig:
    stack = json.loads(config.values[STACK_KEY])
    cluster = {**stack["cluster"], "deletionProtection": False}
    text = json.dumps({**stack, "cluster": cluster}, sort_keys=True)
    return replace(config, values={**config.values, STACK_KEY: text})
