"""The object of the Secrets Store CSI driver."""

from typing import Literal

from slipway.checks.settings import Settings


class SecretProviderClass(Settings):
    """Secrets of Secret Manager that a pod mounts as files (`secrets-store.csi.x-k8s.io/v1`)."""

    provider: Literal["gke"] = "gke"
    parameters: dict[Literal["secrets"], str]
    """A YAML list of `resourceName` and `path` under the key `secrets`."""
