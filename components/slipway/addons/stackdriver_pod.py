"""The pod of the custom metrics adapter of Google Cloud, and what it may do in the cluster."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.spread import spread
from slipway.catalog.versions import STACKDRIVER_ADAPTER

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

LABELS = {"run": NAME, "k8s-app": NAME}


_RBAC = "rbac.authorization.k8s.io"


def grants(name: str, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
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


def pod(account: str, priority_class: pulumi.Input[str]) -> k8s.core.v1.PodSpecArgsDict:
    """Return the `spec` of the pod."""
    return {
        "service_account_name": account,
        "priority_class_name": priority_class,
        "topology_spread_constraints": spread(LABELS),
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
