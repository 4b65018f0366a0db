"""What a change makes of a stack: which inputs differ, what that does to each resource, and which figures move.

Compares a recording with the JSON document of an earlier preview, such as that of the branch that a pull request goes
to. Which inputs replace a resource is known from the catalog; what exists by now, only the engine and its state know.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from offline import consequences
from offline.consequences import LOST, Effect, Kind
from offline.differences import InputChange, differences
from offline.outline import short
from offline.recording import Recording, Resource
from offline.replacements import followed, replaced_with
from slipway.catalog.providers import KEEPING, NODES

FIGURES = ("capacity", "costUsd", "fit", "scaling", "endpoints")
"""Outputs whose members are figures of the stack."""

KINDS: Sequence[Kind] = ("replaced", "deleted", "rolling", "in place", "created")
"""The worst first."""


class OtherStackError(ValueError):
    """The base is a preview of another stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One resource that differs.

    Attributes:
        name: its short type and its name.
        type: its type token.
        inputs: the inputs that differ.
        because: the replaced resource without which this one would stay; empty where its own inputs decide.
        retained: whether it stays in its cloud, though the stack has it no more.
    """

    name: str
    type: str
    effect: Effect
    inputs: Sequence[InputChange] = ()
    because: str = ""
    retained: bool = False

    @property
    def title(self) -> str:
        """What a stack file calls it."""
        return f"{self.type.rpartition(':')[2]} {self.name.rpartition(' ')[2]}"

    @property
    def destroys(self) -> bool:
        """Whether files, keys, all that runs in it, or the nodes of servers go with it."""
        replaced = self.effect.kind == "replaced"
        gone = replaced or (self.effect.kind == "deleted" and not self.retained)
        return (gone and self.type in KEEPING) or (replaced and self.type in NODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The difference between an earlier preview and this one.

    Attributes:
        changes: the resources that differ, the worst first.
        figures: dotted names of the figures that differ, each with its value before and after, `-` where it has none.
        rules: names of alerts and recorded series that are not there any more.
    """

    changes: Sequence[Change]
    figures: Sequence[tuple[str, str, str]]
    rules: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.changes or self.figures)

    def of(self, kind: Kind) -> list[Change]:
        """Return the changes of one kind."""
        return [change for change in self.changes if change.effect.kind == kind]


def compare(base: Mapping[str, Any], recording: Recording) -> Comparison:
    """Compare the JSON document of an earlier preview of the same stack with a recording.

    Raises:
        OtherStackError: it is a preview of another stack.
    """
    if base["stack"] != recording.stack:
        raise OtherStackError(f"the base is a preview of {base['stack']!r}, and this is {recording.stack!r}")
    before: dict[str, Any] = {each["urn"]: each for each in base["resources"]}
    changes = [*_kept(before, recording), *_gone(before, recording)]
    changes += [
        Change(name=short(each.type, each.name, custom=each.custom), type=each.type, effect=Effect("created"))
        for each in recording.resources
        if each.urn not in before
    ]
    old, new = dict(_leaves(_figures(base["outputs"]))), dict(_leaves(_figures(recording.outputs)))
    rules = {name for each in before.values() for name in _rules(each["inputs"])}
    return Comparison(
        changes=sorted(changes, key=lambda change: (KINDS.index(change.effect.kind), bool(change.because))),
        figures=[
            (name, old.get(name, "-"), new.get(name, "-"))
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        ],
        rules=sorted(rules - {name for each in recording.resources for name in _rules(each.inputs)}),
    )


def _kept(before: Mapping[str, Any], recording: Recording) -> Iterator[Change]:
    """Yield the resources that were there and still are, where their inputs or those they depend on differ."""
    differing = {
        each.urn: list(_changed(before[each.urn]["inputs"], each)) for each in recording.resources if each.urn in before
    }
    for urn, change in [*followed(recording, differing)]:
        differing[urn].append(change)
    causes = replaced_with(recording, differing)
    for resource in recording.resources:
        inputs, cause = differing.get(resource.urn, []), causes.get(resource.urn)
        if resource.urn in before and (inputs or cause):
            effect = (
                consequences.effect(recording, resource, inputs)
                if cause is None
                else Effect("replaced", consequences.loss(resource))
            )
            by_itself = cause is None or cause.urn == resource.urn
            yield Change(
                name=short(resource.type, resource.name),
                type=resource.type,
                effect=effect,
                inputs=inputs,
                because="" if by_itself or cause is None else short(cause.type, cause.name),
            )


def _changed(old: Mapping[str, Any], resource: Resource) -> Iterator[InputChange]:
    for change in differences(old, resource.inputs):
        if not any(f"{change.path}.".startswith(f"{ignored}.") for ignored in resource.ignore_changes):
            yield change


def _gone(before: Mapping[str, Any], recording: Recording) -> Iterator[Change]:
    for urn, each in before.items():
        if urn not in recording.by_urn:
            retained: bool = bool(each["retainOnDelete"])
            lost = "it stays, and nothing looks after it" if retained else LOST.get(each["type"], "")
            if each["type"] in NODES:
                lost = _moved(before, recording, each["type"])
            name = short(each["type"], each["name"], custom=each["custom"])
            yield Change(name=name, type=each["type"], effect=Effect("deleted", lost), retained=retained)


def _moved(before: Mapping[str, Any], recording: Recording, pools: str) -> str:
    """Say what becomes of the servers of a pool that goes: a pool with another name is another pool."""
    new = [each.name for each in recording.of(pools) if each.urn not in before]
    return f"its servers move to {', '.join(new)}, which comes first" if new else "servers on it have to go elsewhere"


def _figures(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: outputs.get(name, {}) for name in FIGURES}


def _leaves(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        name = f"{path}.{key}" if path else key
        if isinstance(item, Mapping):
            yield from _leaves(cast("Mapping[str, Any]", item), name)
        else:
            yield name, str(item)


def _rules(value: Any) -> Iterator[str]:
    """Yield the names of the alerts and recorded series in a resource's inputs."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        if "expr" in members:
            yield from (str(members[key]) for key in ("alert", "record") if key in members)
        for member in members.values():
            yield from _rules(member)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _rules(item)
