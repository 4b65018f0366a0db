"""What keeps updates and destroys of a stack from taking what they should not."""

from collections.abc import Collection

import pulumi

from slipway.catalog.providers import KEEPING

OBJECTS = "kubernetes:"
"""What the types of objects in a cluster begin with."""


class DeletionGuard(pulumi.ComponentResource):
    """Goes before anything else when a stack is destroyed, since it depends on everything; protected, it goes never.

    The engine deletes what nothing depends on first, and stops at the first refusal. Without this, `pulumi destroy
    --skip-preview` and `--exclude-protected` take all workloads and pools before they come to a protected cluster.
    """

    def __init__(self, name: str, *, protect: bool, everything: list[pulumi.Resource]) -> None:
        opts = pulumi.ResourceOptions(protect=protect, depends_on=everything)
        super().__init__("slipway:stacks:DeletionGuard", name, None, opts)
        self.register_outputs({})


class Safeguards:
    """Acts on each resource of a stack as it is declared.

    An object of a cluster goes before its replacement comes: most have names of their own, of which there can be one
    only, and a full pool has no room for both.

    Args:
        protect: whether what nothing brings back may be neither deleted nor replaced.
        allowed: types and names of resources of which that does not hold, such as `Bucket prod`.
    """

    def __init__(self, *, protect: bool, allowed: Collection[str]) -> None:
        self._protect, self._allowed = protect, allowed
        self._declared: list[pulumi.Resource] = []
        pulumi.runtime.register_stack_transformation(self._guarded)

    def close(self, name: str) -> None:
        """Guard everything that has been declared."""
        DeletionGuard(name, protect=self._protect, everything=list(self._declared))

    def _guarded(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if isinstance(args.resource, pulumi.CustomResource):
            self._declared.append(args.resource)
        allowed = f"{args.type_.rpartition(':')[2]} {args.name}" in self._allowed
        more = pulumi.ResourceOptions(
            protect=True if self._protect and args.type_ in KEEPING and not allowed else None,
            delete_before_replace=True if args.type_.startswith(OBJECTS) else None,
        )
        return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, more))
