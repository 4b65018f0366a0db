"""The clusters that stacks run on, a folder each: `cluster.provider` of a stack file chooses."""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Discriminator, Tag

from slipway.checks import Finding
from stacks.clusters.eks import EksStack
from stacks.clusters.existing import ExistingStack
from stacks.clusters.gke import GkeStack
from stacks.fields import fields_at

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
    cluster, common = _block(_block(raw).get("cluster")), _common_keys(raw)
    meant = max(common, key=common.__getitem__)
    if "provider" not in cluster or provider_finding(raw):
        return meant
    return difflib.get_close_matches(str(cluster["provider"]), PROVIDERS, n=1, cutoff=0)[0]


def provider_finding(raw: Any) -> Finding | None:
    """Say that a stack names one provider and has the keys of another."""
    named = _block(_block(raw).get("cluster")).get("provider")
    common = _common_keys(raw)
    meant = max(common, key=common.__getitem__)
    if str(named) not in common or common[meant] <= common[str(named)]:
        return None
    message = f"{named!r}, and the other keys of the stack and its cluster are those of {meant!r}"
    return Finding("settings.provider", "cluster.provider", message, f"write provider: {meant}")


def _block(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _common_keys(raw: Any) -> Mapping[str, int]:
    """Return how many keys of a stack and its cluster each provider has."""
    keys = {*_block(raw), *_block(_block(raw).get("cluster"))}
    return {name: len(keys & _keys(stack)) for name, stack in PROVIDERS.items()}


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
