"""The clusters that stacks run on, a folder each: `cluster.provider` of a stack file chooses."""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Discriminator, Tag

from slipway.checks import Finding
from slipway.reading.fields import fields_at
from stacks.clusters.eks import EksStack
from stacks.clusters.existing import ExistingStack
from stacks.clusters.gke import GkeStack

PROVIDERS: Mapping[str, type[EksStack] | type[ExistingStack] | type[GkeStack]] = {
    "eks": EksStack,
    "existing": ExistingStack,
    "gke": GkeStack,
}
"""What a stack is, by the provider of its cluster."""

PULUMI_KEYS = {
    "gcp:project": "Id of the Google Cloud project.",
    "aws:profile": "Profile of the AWS configuration to act with.",
}
"""Keys of Pulumi's providers in a stack file, with what they hold."""

KINDS = {
    "gke-tpu": "write cluster.provider: gke, and engine: vllm in each server",
    "eks-gpu": "write cluster.provider: eks",
    "existing": "write cluster.provider: existing, and machineType for instanceType in each pool",
}
"""What to write in place of the kind that stack files once had."""


def provider_of(raw: Any) -> str:
    """Return the provider that is meant: the one that is named most like it, or else that has the keys there are."""
    none: Mapping[str, Any] = {}
    stack = cast("Mapping[str, Any]", raw) if isinstance(raw, Mapping) else none
    cluster = cast("Mapping[str, Any]", found) if isinstance(found := stack.get("cluster"), Mapping) else none
    if "provider" in cluster:
        return difflib.get_close_matches(str(cluster["provider"]), PROVIDERS, n=1, cutoff=0)[0]
    keys = {*stack, *cluster}
    return max(PROVIDERS, key=lambda name: len(keys & _keys(PROVIDERS[name])))


def _keys(stack: type[EksStack] | type[ExistingStack] | type[GkeStack]) -> set[str]:
    return {*fields_at(stack, ()), *fields_at(stack, ("cluster",))}


AnyStack = Annotated[
    Annotated[EksStack, Tag("eks")] | Annotated[ExistingStack, Tag("existing")] | Annotated[GkeStack, Tag("gke")],
    Discriminator(provider_of),
]


def old_form(kind: str) -> Finding:
    """Say what to write in place of a stack's kind."""
    [closest] = difflib.get_close_matches(kind, KINDS, n=1, cutoff=0)
    message = f"{kind!r}: a stack has no kind any more; its cluster says its provider, and each server its engine"
    return Finding("settings.kind", "kind", message, f"leave it out, and {KINDS[closest]}")
