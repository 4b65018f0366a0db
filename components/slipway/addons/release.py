"""Helm releases of add-ons: named, pinned, undone when they fail, and open to a person's own values."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.checks.charts import merged

TIMEOUT_SECONDS = 900
"""A release may wait for nodes, images and admission webhooks; Helm's five minutes are too short for that."""


def release(
    name: str,
    *,
    release_name: str,
    chart: str,
    repository: str | None = None,
    version: str,
    namespace: pulumi.Input[str],
    own: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    skip_crds: bool = False,
    opts: pulumi.ResourceOptions,
) -> k8s.helm.v3.Release:
    """Return the release of a chart.

    Args:
        name: of the Pulumi resource.
        release_name: of the Helm release, on which names in the cluster are built.
        repository: of the chart; none where the chart is an OCI address.
        own: values that the component decides.
        values: a person's, merged into those last: maps key by key, everything else as a whole.
        skip_crds: whether to leave out the definitions beside the chart, which another release brings.
    """
    return k8s.helm.v3.Release(
        name,
        name=release_name,
        chart=chart,
        repository_opts={"repo": repository} if repository else None,
        version=version,
        namespace=namespace,
        atomic=True,
        cleanup_on_fail=True,
        timeout=TIMEOUT_SECONDS,
        skip_crds=skip_crds or None,
        values=merged(own, values or {}),
        opts=opts,
    )
