"""The custom metrics adapter of Google Cloud: what lets an autoscaler read series of managed Prometheus.

The objects are those of `deploy/production/adapter_new_resource_model.yaml` in GoogleCloudPlatform/k8s-stackdriver,
less the tolerations there, so that the adapter stays on nodes without accelerators. A cluster holds one owner of each
metrics API: neither prometheus-adapter nor KEDA goes beside it.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from slipway.addons.metrics import ManagedMetrics
from slipway.addons.stackdriver_pod import LABELS, LISTENS, NAME, NAMESPACE, PORT, account_of, grants, pod
from slipway.catalog.engines import Series
from slipway.checks.signals import stackdriver_metric
from slipway.custom_resources import custom_resource
from slipway.custom_resources.monitoring import LabelSelector, PodMonitoring, ScrapeEndpoint
from slipway.network_policies import closed, namespaces
from slipway.serving.replicas import disruption_budget
from slipway.serving.shape import SCRAPE_SECONDS

_APIS = (
    ("custom.metrics.k8s.io", "v1beta1", 100),
    ("custom.metrics.k8s.io", "v1beta2", 200),
    ("external.metrics.k8s.io", "v1beta1", 100),
)


class ManagedCollection:
    """The half of a `MetricsPath` that does not depend on who made the adapter: managed Prometheus, and its names.

    Attributes:
        facts: what is known of it, by which servers' signals are judged.
    """

    facts = ManagedMetrics(path="site.metrics", there=True)
    ready: Sequence[pulumi.Resource] = ()

    @property
    def collectors(self) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
        """The pods that collect series, in the namespace of Standard clusters or that of Autopilot ones."""
        return namespaces("gmp-system", "gke-gmp-system")

    def scrape(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        labels: Mapping[str, str],
        port: str,
        path: str,
        opts: pulumi.ResourceOptions,
    ) -> pulumi.Resource:
        """Have managed Prometheus collect this port of the pods with these labels, in their own namespace."""
        return custom_resource(
            name,
            PodMonitoring(
                selector=LabelSelector(match_labels=dict(labels)),
                endpoints=[ScrapeEndpoint(port=port, path=path, interval=f"{SCRAPE_SECONDS}s")],
            ),
            metadata={"name": name, "namespace": namespace, "labels": dict(labels)},
            opts=opts,
        )

    def metric(self, series: Series, _server: str, /) -> str:
        """Return the name under which an autoscaler finds a series."""
        return stackdriver_metric(series)


class StackdriverAdapter(ManagedCollection, pulumi.ComponentResource):
    """Serves custom.metrics.k8s.io and external.metrics.k8s.io from Cloud Monitoring.

    Each APIService depends on the Deployment behind it, so a destroy removes the APIs first: an API that nobody
    answers for keeps every namespace of the cluster from being deleted. Where everything is replaced, the engine goes
    by properties alone: one that an APIService would be replaced for is the name of the namespace.

    Args:
        member: the IAM member that the service account of the stack, `account_of`, is.

    Attributes:
        ready: the APIs that autoscalers ask; they are created after these and deleted before them.
    """

    facts = ManagedMetrics(path="site.metrics")
    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        project: pulumi.Input[str],
        member: pulumi.Input[str],
        priority_class: pulumi.Input[str],
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:StackdriverAdapter", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        viewer = gcp.projects.IAMMember(
            name,
            project=project,
            role="roles/monitoring.viewer",
            member=member,
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        namespace = k8s.core.v1.Namespace(name, metadata={"name": NAMESPACE}, opts=child)
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        closed(name, namespace=namespace.metadata["name"], answers=[LISTENS], opts=child)
        account = k8s.core.v1.ServiceAccount(
            name, metadata={"name": account_of(name), "namespace": NAMESPACE}, opts=inside
        )
        granted = grants(name, pulumi.ResourceOptions(parent=self, depends_on=[account]))
        deployment = k8s.apps.v1.Deployment(
            name,
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            spec={
                "replicas": 2,
                "selector": {"match_labels": LABELS},
                "template": {"metadata": {"labels": LABELS}, "spec": pod(account_of(name), priority_class)},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account, viewer, *granted]),
        )
        disruption_budget(f"{name}-metrics", selector=LABELS, namespace=NAMESPACE, opts=inside)
        service = k8s.core.v1.Service(
            name,
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            spec={"selector": LABELS, "ports": [{"name": "https", "port": PORT, "target_port": "https"}]},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        self.ready = [
            k8s.apiregistration.v1.APIService(
                f"{name}-{version}.{group}",
                metadata={"name": f"{version}.{group}"},
                spec={
                    "group": group,
                    "version": version,
                    "group_priority_minimum": 100,
                    "version_priority": priority,
                    "insecure_skip_tls_verify": True,
                    "service": {"name": NAME, "namespace": namespace.metadata["name"], "port": PORT},
                },
                opts=pulumi.ResourceOptions(parent=self, depends_on=[service], replace_on_changes=["spec"]),
            )
            for group, version, priority in _APIS
        ]
        self.register_outputs({})
