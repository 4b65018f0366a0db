"""What a run of the program without an engine leaves: every registration, the stack's outputs and the findings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from slipway.checks import Finding
from slipway.checks.judged import Judged


class Loaded(Protocol):
    """What the program keeps of the stack file that it has loaded, under the name `loaded`."""

    @property
    def findings(self) -> Sequence[Finding]: ...  # noqa: D102
    @property
    def judged(self) -> Judged: ...  # noqa: D102


class RecordingError(Exception):
    """The program itself is at fault, whatever the stack file says.

    Attributes:
        problems: all that was found, one line or short paragraph each.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class StackFileError(Exception):
    """The stack file does not become a stack that works, for the reasons in its findings.

    Attributes:
        findings: all that was found.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One registration, as the engine would get it.

    Attributes:
        urn: the engine's URN, with the types of all parents but the stack.
        type: the type token, such as `kubernetes:apps/v1:Deployment`.
        name: the resource's name in the program.
        parent: URN of the parent; None directly under the stack.
        custom: whether a provider makes it; a component has none.
        inputs: in wire form, camelCase; `wire.SECRET` stands for each secret.
        secrets: property paths of the secret inputs.
        provider: reference of the explicit provider, `<urn>::<id>`; None where there is none.
        dependencies: URNs that must exist first, from `depends_on` and from the inputs, sorted.
        property_dependencies: for each input, the URNs that its value came from.
        protect: None where the program does not say.
        retain_on_delete: None where the program does not say.
        delete_before_replace: None where the program does not say.
        ignore_changes: property paths.
        replace_on_changes: property paths.
        aliases: former URNs; an alias by its parts reads `name=…, type=…`.
        deleted_with: URN of the resource whose deletion makes this one's needless.
        custom_timeouts: durations such as `30m`, by `create`, `update`, `delete` and `read`.
        additional_secret_outputs: outputs that are to be kept as secrets.
        id: what the recorder answered as its physical id; None for components.
        state: the inputs and what the recorder answered in place of a provider; a component's registered outputs.
    """

    urn: str
    type: str
    name: str
    parent: str | None
    custom: bool
    inputs: Mapping[str, Any]
    secrets: tuple[str, ...]
    provider: str | None
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    protect: bool | None
    retain_on_delete: bool | None
    delete_before_replace: bool | None
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    aliases: tuple[str, ...]
    deleted_with: str | None
    custom_timeouts: Mapping[str, str]
    additional_secret_outputs: tuple[str, ...]
    id: str | None
    state: Mapping[str, Any]

    @property
    def is_kubernetes_object(self) -> bool:
        """Whether it is an object of the Kubernetes API: not a Helm release, not the provider, not a patch."""
        return self._is_of_kubernetes_api and not self.is_kubernetes_patch

    @property
    def is_kubernetes_patch(self) -> bool:
        """Whether it is part of an object that somebody else makes."""
        return self._is_of_kubernetes_api and self.type.endswith(f":{self.inputs['kind']}Patch")

    @property
    def _is_of_kubernetes_api(self) -> bool:
        return self.type.startswith("kubernetes:") and "apiVersion" in self.inputs and "kind" in self.inputs

    @property
    def provider_urn(self) -> str | None:
        """URN of the explicit provider."""
        return self.provider.rpartition("::")[0] if self.provider else None


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One run of the program on one stack file.

    Attributes:
        stack: the stack's name.
        resources: in the order of their registration; parents and dependencies come before those who need them.
        outputs: the stack's outputs; `wire.SECRET` stands for each secret.
        secret_outputs: property paths of the secret outputs.
        findings: the warnings that the program's own checks gave.
        judged: what these checks found of its servers.
        made_up: names and ids that only a provider can give, each with what stands for it where people read.
    """

    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]
    secret_outputs: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    judged: Judged = field(default_factory=Judged)
    made_up: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """The resources by URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def children(self) -> Mapping[str | None, Sequence[Resource]]:
        """The resources by their parent's URN; None holds those directly under the stack."""
        grouped: dict[str | None, list[Resource]] = {}
        for resource in self.resources:
            grouped.setdefault(resource.parent, []).append(resource)
        return grouped

    def shown(self, text: str) -> str:
        """Return a text as people are to read it: without names and ids that the recorder made up."""
        return self._made_up.sub(lambda match: self.made_up[match[0]], text) if self.made_up else text

    @cached_property
    def _made_up(self) -> re.Pattern[str]:
        longest_first = sorted(self.made_up, key=len, reverse=True)
        return re.compile(rf"(?:{'|'.join(map(re.escape, longest_first))})(?![\w/])")

    def of(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of these type tokens."""
        return tuple(resource for resource in self.resources if resource.type in types)
