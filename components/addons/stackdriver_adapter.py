"""The custom metrics adapter of Google Cloud: what lets an autoscaler read series of managed Prometheus.

The objects are those of `deploy/production/adapter_new_resource_model.yaml` in GoogleCloudPlatform/k8s-stackdriver,
less the tolerations there, so that the adapter stays on nodes without accelerators. A cluster holds one owner of each
metrics API: neither prometheus-adapter nor KEDA goes beside it.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from catalog.engines import Series
from catalog.versions import STACKDRIVER_ADAPTER
from checks.signals import stackdriver_metric
from components.addons.spread import spread
from components.custom_resources import custom_resource
from components.custom_resources.monitoring import LabelSelector, PodMonitoring, ScrapeEndpoint
from components.gke.project import Project
from components.network_policies import closed, namespaces
from components.serving.replicas import disruption_budget
from components.serving.shape import SCRAPE_SECONDS

NAMESPACE = "custom-metrics"
NAME = "custom-metrics-stackdriver-adapter"
"""The names that Google's guides use, so that a person finds what they know."""


def account_of(stack: str) -> str:
    """Return the name of the adapter's service account.

    IAM knows an account by namespace and name, whichever cluster of a project it is in: so it holds the stack's name.
    """
    return f"{stack}-metrics"


PORT = 443

LISTENS = 10250
"""Where its pods listen: the control plane of a private cluster reaches pods on this port and on 443, which wants
root."""

CERTIFICATES = "/certificates"
"""Where the adapter keeps the certificate that it makes for itself."""

USER = 10001

HEALTH: k8s.core.v1.HTTPGetActionArgsDict = {"path": "/healthz", "port": "https", "scheme": "HTTPS"}

_LABELS = {"run": NAME, "k8s-app": NAME}
_RBAC = "rbac.authorization.k8s.io"
_APIS = (
    ("custom.metrics.k8s.io", "v1beta1", 100),
    ("custom.metrics.k8s.io", "v1beta2", 200),
    ("external.metrics.k8s.io", "v1beta1", 100),
)


class ManagedCollection:
    """The half of a `MetricsPath` that does not depend on who made the adapter: managed Prometheus, and its names."""

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
            metadata={"name": name, "namespace": namespace},
            opts=opts,
        )

    def metric(self, series: Series, _server: str, /) -> str:
        """Return the name under which an autoscaler finds a series."""
        return stackdriver_metric(series)


class StackdriverAdapter(ManagedCollection, pulumi.ComponentResource):
    """Serves custom.metrics.k8s.io and external.metrics.k8s.io from Cloud Monitoring.

    Each APIService depends on the Deployment behind it, so a destroy removes the APIs first: an API that nobody
    answers for keeps every namespace of the cluster from being deleted.

    Args:
        member: the IAM member that the service account of the stack, `account_of`, is.

    Attributes:
        ready: the APIs that autoscalers ask; they are created after these and deleted before them.
    """

    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        project: Project,
        member: pulumi.Input[str],
        priority_class: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:StackdriverAdapter", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        viewer = gcp.projects.IAMMember(
            name,
            project=project.id,
            role="roles/monitoring.viewer",
            member=member,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[project.apis["monitoring"]]),
        )
        namespace = k8s.core.v1.Namespace(name, metadata={"name": NAMESPACE}, opts=child)
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        closed(name, namespace=namespace.metadata["name"], answers=[LISTENS], opts=child)
        account = k8s.core.v1.ServiceAccount(
            name, metadata={"name": account_of(name), "namespace": NAMESPACE}, opts=inside
        )
        grants = _grants(name, pulumi.ResourceOptions(parent=self, depends_on=[account]))
        deployment = k8s.apps.v1.Deployment(
            name,
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": _LABELS},
            spec={
                "replicas": 2,
                "selector": {"match_labels": _LABELS},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod(account_of(name), priority_class)},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account, viewer, *grants]),
        )
        disruption_budget(f"{name}-metrics", selector=_LABELS, namespace=NAMESPACE, opts=inside)
        service = k8s.core.v1.Service(
            name,
            metadata={"name": NAME, "namespace": NAMESPACE, "labels": _LABELS},
            spec={"selector": _LABELS, "ports": [{"name": "https", "port": PORT, "target_port": "https"}]},
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
                    "service": {"name": NAME, "namespace": NAMESPACE, "port": PORT},
                },
                opts=pulumi.ResourceOptions(parent=self, depends_on=[service]),
            )
            for group, version, priority in _APIS
        ]
        self.register_outputs({})


def _grants(name: str, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """Let the adapter check who calls it and look at pods, and the autoscaler's controller read external metrics."""
    adapter: k8s.rbac.v1.SubjectArgsDict = {
        "kind": "ServiceAccount",
        "name": account_of(name),
        "namespace": NAMESPACE,
    }
    controller: k8s.rbac.v1.SubjectArgsDict = {
        "kind": "ServiceAccount",
        "name": "horizontal-pod-autoscaler",
        "namespace": "kube-system",
    }
    reader = k8s.rbac.v1.ClusterRole(
        f"{name}-resource-reader",
        metadata={"name": "custom-metrics-resource-reader"},
        rules=[{"api_groups": [""], "resources": ["pods", "nodes", "nodes/stats"], "verbs": ["get", "list", "watch"]}],
        opts=opts,
    )
    external = k8s.rbac.v1.ClusterRole(
        f"{name}-external-reader",
        metadata={"name": "external-metrics-reader"},
        rules=[{"api_groups": ["external.metrics.k8s.io"], "resources": ["*"], "verbs": ["list", "get", "watch"]}],
        opts=opts,
    )
    bindings = [
        k8s.rbac.v1.ClusterRoleBinding(
            f"{name}-{purpose}",
            metadata={"name": binding},
            role_ref={"api_group": _RBAC, "kind": "ClusterRole", "name": role},
            subjects=[subject],
            opts=opts,
        )
        for purpose, binding, role, subject in (
            ("auth-delegator", "custom-metrics:system:auth-delegator", "system:auth-delegator", adapter),
            ("resource-reader", "custom-metrics-resource-reader", "custom-metrics-resource-reader", adapter),
            ("external-reader", "external-metrics-reader", "external-metrics-reader", controller),
        )
    ]
    extension = k8s.rbac.v1.RoleBinding(
        f"{name}-auth-reader",
        metadata={"name": "custom-metrics-auth-reader", "namespace": "kube-system"},
        role_ref={"api_group": _RBAC, "kind": "Role", "name": "extension-apiserver-authentication-reader"},
        subjects=[adapter],
        opts=opts,
    )
    return [reader, external, extension, *bindings]


def _pod(account: str, priority_class: pulumi.Input[str]) -> k8s.core.v1.PodSpecArgsDict:
    return {
        "service_account_name": account,
        "priority_class_name": priority_class,
        "topology_spread_constraints": spread(_LABELS),
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": USER,
            "run_as_group": USER,
            "fs_group": USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "adapter",
                "image": f"gcr.io/gke-release/{NAME}:{STACKDRIVER_ADAPTER}",
                "command": [
                    "/adapter",
                    "--use-new-resource-model=true",
                    "--fallback-for-container-metrics=true",
                    f"--secure-port={LISTENS}",
                    f"--cert-dir={CERTIFICATES}",
                ],
                "ports": [{"name": "https", "container_port": LISTENS}],
                "volume_mounts": [{"name": "certificates", "mount_path": CERTIFICATES}],
                "readiness_probe": {"http_get": HEALTH},
                "liveness_probe": {"http_get": HEALTH, "period_seconds": 30},
                "resources": {
                    "requests": {"cpu": "250m", "memory": "200Mi"},
                    "limits": {"cpu": "250m", "memory": "200Mi"},
                },
                "security_context": {
                    "allow_privilege_escalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "read_only_root_filesystem": True,
                },
            }
        ],
        "volumes": [{"name": "certificates", "empty_dir": {}}],
    }
