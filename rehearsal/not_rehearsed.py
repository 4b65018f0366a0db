"""What a recording has that a rehearsal leaves out or plays in part, for people."""

from collections import Counter

from offline import Recording
from rehearsal import releases
from rehearsal.clouds import files
from rehearsal.releases import PROMETHEUS_ADAPTER, PROMETHEUS_STACK, Release

PLAYED_OF = {
    PROMETHEUS_STACK: "but for its operator, its definitions and its Prometheus, so neither Grafana nor its own rules",
    PROMETHEUS_ADAPTER: "but for the adapter itself, its Service and its APIServices",
    releases.GPU_OPERATOR: "but for what it makes of nodes: GPUs and labels",
    releases.NODE_AUTOSCALER: "but for a double of what it does",
    releases.KARPENTER: "but for a double of what it does",
    releases.EFA_PLUGIN: "but for the interfaces that it advertises",
}
"""What there is of a chart's release although the chart is not rendered, for people."""


def not_rehearsed(recording: Recording) -> list[str]:
    """Return a line for each Helm release, and for the resources of each cloud."""
    charts = [Release.of(resource.inputs) for resource in recording.of(releases.TYPE)]
    packages = Counter(each.type.partition(":")[0] for each in recording.resources if each.custom and ":" in each.type)
    clouds = [
        f"{count} {package} resources, such as networks, identities and buckets"
        for package, count in sorted(packages.items())
        if package not in ("kubernetes", "pulumi")
    ]
    beside = [each.inputs[files.ADDRESS].rpartition("/")[2] for each in recording.of(files.TYPE)]
    return [
        *(" ".join(filter(None, [f"Helm release {each.name}", PLAYED_OF.get(each.chart)])) for each in charts),
        *(f"definitions in {each}, but for those of our own models" for each in beside),
        *clouds,
    ]
