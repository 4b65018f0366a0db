"""Custom resources of charts that keep them beside their templates, where Helm never updates them."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.charts.definitions import addresses


def definitions(
    name: str, chart: str, version: str, *, opts: pulumi.ResourceOptions
) -> Sequence[k8s.yaml.v2.ConfigFile]:
    """Return the custom resources of a chart at a version, as they lie beside its templates.

    The provider fetches them as it fetches the chart, so that a change of the version updates both. The chart is
    installed after them, and without those that it has.
    """
    return [
        k8s.yaml.v2.ConfigFile(f"{name}-{file}", file=address, opts=opts)
        for file, address in addresses(chart, version).items()
    ]
