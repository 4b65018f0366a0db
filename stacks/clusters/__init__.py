"""The clusters that stacks run on, a folder each: `cluster.provider` of a stack file chooses."""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Discriminator, Tag

from slipway.catalog.machines import known, slices_of
from slipway.checks import Finding
from slipway.checks.wording import shown
from slipway.reading import Examples
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

KINDS = {"gke-tpu": "gke", "eks-gpu": "eks", "existing": "existing"}
"""The provider that each kind meant which stack files once had."""


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


def without_kind(raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Finding]]:
    """Return a stack without the kind that it may have, and what to write in place of that."""
    if "kind" not in raw:
        return raw, []
    rest, kind = {key: value for key, value in raw.items() if key != "kind"}, raw["kind"]
    near = difflib.get_close_matches(str(kind), KINDS, n=1)
    provider = KINDS[near[0]] if near else provider_of(rest)
    message = f"{shown(kind)}: a stack has no kind any more; its cluster says its provider, and each server its engine"
    found = Finding("settings.kind", "kind", message, f"leave it out, and write provider: {provider} below cluster")
    if isinstance(cluster := rest.get("cluster"), Mapping):
        rest["cluster"] = {"provider": provider, **cluster}
    return rest, [found]


def examples_for(raw: Mapping[str, Any]) -> Examples:
    """Return examples that suit a stack's pools: the first of them, and a server on it."""
    pools = _block(_block(raw.get("cluster")).get("pools"))
    pool = next(iter(pools), "")
    machine = _block(pools.get(pool))
    machines = known(str(machine.get(key)) for key in ("machineType", "instanceType"))
    slices = [each for each in slices_of(machines) if each.topology == machine.get("topology")]
    if not slices:
        return {("servers", "*", "pool"): pool} if pool else {}
    server = {
        "engine": "vllm",
        "model": "meta-llama/Llama-3.1-8B-Instruct",
        "pool": pool,
        "tensorParallel": slices[0].devices if slices[0].topology else 1,
        "maxModelLen": 8192,
        "maxNumSeqs": 32,
        "maxNumBatchedTokens": 2048,
        "autoscaling": {
            "metric": {"signal": "waiting-requests", "target": 4},
            "minReplicas": 1,
            "maxReplicas": 1,
        },
    }
    return {("servers", "*", "pool"): pool, ("servers", "*"): server, ("servers",): {"llama": server}}
