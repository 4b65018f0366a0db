"""Of the Kubernetes provider: Helm releases alone, for Kubernetes objects are judged by the provider itself.

Source: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/helm_release.go.
"""

from collections.abc import Mapping, Sequence

REPLACING: Mapping[str, Sequence[str]] = {"kubernetes:helm.sh/v3:Release": ("name", "namespace")}
