"""Of Kubernetes objects: the inputs whose change makes the provider replace an object, by kind.

Source: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go. A path stands for all
that is below it. ConfigMaps and Secrets count as immutable unless the provider is told otherwise.
"""

from collections.abc import Mapping, Sequence

OF_ALL = ("metadata.name", "metadata.namespace")

REPLACING: Mapping[str, Sequence[str]] = {
    "ClusterRoleBinding": ("roleRef",),
    "ConfigMap": ("binaryData", "data"),
    "Deployment": ("spec.selector",),
    "Job": ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    "PersistentVolumeClaim": ("spec",),
    "ResourceQuota": ("spec.scopes",),
    "RoleBinding": ("roleRef",),
    "Secret": ("data", "stringData", "type"),
    "Service": ("spec.clusterIP",),
    "StatefulSet": (
        *("spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"),
        "spec.volumeClaimTemplates",
    ),
    "StorageClass": ("parameters", "provisioner"),
}


def replaces(kind: str, path: str) -> bool:
    """Return whether a change at a path replaces an object of this kind."""
    return any(f"{path}.".startswith(f"{known}.") for known in (*OF_ALL, *REPLACING.get(kind, ())))
