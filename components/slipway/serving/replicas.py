"""What stands around the pods of every server, whatever its engine: how they roll and drain, and who reaches, collects,
scales and loads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.autoscaling import autoscaler
from slipway.serving.load_clients import load_clients
from slipway.serving.load_request import LoadRequest
from slipway.serving.reach import reach
from slipway.serving.service import Behind, Endpoint, endpoint
from slipway.serving.settings import LoadClients, Scaled
from slipway.serving.shape import API_VERSIONS, Shape
from slipway.serving.site import Site
from slipway.workload import Startup, labels


class Served(Protocol):
    """What a person decides about every server."""

    @property
    def drain_seconds(self) -> int: ...  # noqa: D102
    @property
    def autoscaling(self) -> Scaled: ...  # noqa: D102
    @property
    def load_clients(self) -> LoadClients: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where the pods of a server listen.

    Attributes:
        port: where requests go; the container's port `http`.
        more_ports: further ports of the Service, by name.
        health_path: answers 200 while a pod can be asked.
        public_path: the paths that ask for the API key.
        request: what a load client sends.
    """

    port: int
    health_path: str
    request: LoadRequest
    more_ports: Mapping[str, int] = field(default_factory=dict[str, int])
    public_path: str = "/"


def workload_options(
    startup: Startup, before: Sequence[pulumi.Resource], parent: pulumi.Resource
) -> pulumi.ResourceOptions:
    """Return the options of a workload that states no `replicas`: the autoscaler owns them."""
    return pulumi.ResourceOptions(
        parent=parent, depends_on=before, ignore_changes=["spec.replicas"], custom_timeouts=startup.timeouts
    )


def deployment(
    shape: Shape,
    template: k8s.core.v1.PodTemplateSpecArgsDict,
    *,
    namespace: pulumi.Input[str],
    before: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> k8s.apps.v1.Deployment:
    """Return replicas of one pod each.

    Unless the stack file knows of a spare node, a rollout takes a replica away before it adds its successor.
    """
    selector, startup, surge = dict(shape.export.labels), Startup(shape.startup_seconds), shape.rollout.surge
    return k8s.apps.v1.Deployment(
        shape.name,
        metadata={"name": shape.name, "namespace": namespace, "labels": selector},
        spec={
            "selector": {"match_labels": selector},
            "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": surge, "max_unavailable": 1 - surge}},
            "progress_deadline_seconds": startup.progress_deadline_seconds,
            "template": template,
        },
        opts=workload_options(startup, before, parent),
    )


def disruption_budget(
    name: str, *, selector: Mapping[str, str], namespace: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> k8s.policy.v1.PodDisruptionBudget:
    """Return what lets nodes drain one replica at a time, and never waits for one that is not Ready anyway."""
    return k8s.policy.v1.PodDisruptionBudget(
        name,
        metadata={"name": name, "namespace": namespace, "labels": dict(selector)},
        spec={
            "selector": {"match_labels": dict(selector)},
            "max_unavailable": 1,
            "unhealthy_pod_eviction_policy": "AlwaysAllow",
        },
        opts=opts,
    )


def surround(
    args: Served,
    shape: Shape,
    listening: Listening,
    *,
    site: Site,
    workload: pulumi.Resource,
    api_key: pulumi.Input[str] | None = None,
    parent: pulumi.Resource,
) -> Endpoint:
    """Create what a workload's replicas need beside themselves, and return where they are reached.

    Args:
        workload: what runs them; it has the server's name.
        api_key: name of the Secret whose `key` clients send.
    """
    name, selector = shape.name, shape.export.labels
    child = pulumi.ResourceOptions(parent=parent)
    after = pulumi.ResourceOptions(parent=parent, depends_on=[workload])
    # Whichever pod of a group goes, the group starts anew: those without an address count, too.
    disruption_budget(name, selector=labels(name), namespace=site.namespace, opts=child)
    reach(shape, site, child)
    reached = endpoint(
        name,
        shape.exposure,
        namespace=site.namespace,
        selector=selector,
        port=listening.port,
        more_ports=listening.more_ports,
        load_balancers=site.load_balancers,
        behind=Behind(
            health_path=listening.health_path, drain_seconds=args.drain_seconds, public_path=listening.public_path
        ),
        opts=after,
    )
    scraped = scrape(shape, site, child)
    kind = shape.export.workload.kind
    autoscaler(
        name,
        args.autoscaling,
        series=shape.scaling.series,
        target={"api_version": API_VERSIONS[kind], "kind": kind, "name": name},
        namespace=site.namespace,
        metrics=site.metrics,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[workload, scraped, *site.metrics.ready]),
    )
    load_clients(
        name,
        args.load_clients,
        request=listening.request,
        url=reached.inside,
        namespace=site.namespace,
        api_key=api_key,
        opts=after,
    )
    return reached


def scrape(shape: Shape, site: Site, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Have the pods of a server collected."""
    return site.metrics.scrape(
        shape.name,
        namespace=site.namespace,
        labels=shape.export.labels,
        port=shape.page.port,
        path=shape.page.path,
        opts=opts,
    )
