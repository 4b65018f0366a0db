"""Model servers on the GPU nodes of a cluster that is there already: settings and what they become."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field
from typing_extensions import override

from checks.driver import operator_driver
from checks.placement import Pool
from components.existing.settings import Context, ExistingClusterArgs, Kubeconfig
from stacks.gpu.serving import GpuServing
from stacks.surroundings import Surroundings, judged


class Existing(GpuServing):
    """Model servers and their add-ons on a cluster that is there already."""

    kind: Literal["existing"]
    name: Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=24)]
    """Prefix of the names of what the stack adds."""
    cluster: ExistingClusterArgs
    """The cluster and its GPU nodes."""

    @property
    @override
    def instance_types(self) -> Mapping[str, str]:
        return {name: pool.instance_type for name, pool in self.cluster.pools.items()}

    @property
    @override
    def gpu_pools(self) -> Mapping[str, Pool]:
        return {
            name: Pool(
                path=f"cluster.pools.{name}",
                machines=(machine,),
                min_nodes=0,
                max_nodes=pool.max_nodes,
                disk_gib=pool.disk_gib,
                disk_key="diskGib",
                purchase="on-demand",
                zones=(),
                zones_path="",
                machine_key="instanceType",
            )
            for name, pool in self.cluster.pools.items()
            if (machine := self.machine(name))
        }

    @override
    def driver(self, pool: str) -> int | None:
        args = self.cluster.pools.get(pool)
        return (args.driver if args else None) or operator_driver(self.values.gpu_operator)

    @property
    @override
    def has_load_balancers(self) -> bool:
        return "aws-load-balancer-controller" in self.cluster.present


def deploy(settings: Existing, surroundings: Surroundings) -> Mapping[str, pulumi.Input[Any]]:
    """Create the stack and return its outputs."""
    # The SDK costs seconds to import, and whoever only reads settings needs none of it.
    import pulumi_kubernetes as k8s

    from components.eks.load_balancers import LOAD_BALANCERS
    from components.existing.nodes import ExistingNodes
    from stacks.gpu.deployment import serve

    match settings.cluster.access:
        case Context(context=context):
            provider = k8s.Provider(settings.name, context=context)
        case Kubeconfig():
            provider = k8s.Provider(settings.name, kubeconfig=judged(surroundings.kubeconfig))
    return serve(
        settings.name,
        settings,
        surroundings,
        pools={name: ExistingNodes(args) for name, args in settings.cluster.pools.items()},
        present=settings.cluster.present,
        storage_class=settings.cluster.storage_class,
        load_balancers=LOAD_BALANCERS if settings.has_load_balancers else None,
        opts=pulumi.ResourceOptions(provider=provider),
    )
