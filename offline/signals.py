"""The chain of signals once more, by what the program registered: chart values and altered objects count.

The program's own checks prove the chain that the settings lead to; this one proves what the engine would be given.
"""

from collections.abc import Iterator

from offline.manifests import manifest
from offline.recording import Recording
from slipway.checks import Finding
from slipway.checks.signals import Monitoring, assembly, signal_findings
from slipway.checks.signals.assembly import Release

RELEASE, GRANT = "kubernetes:helm.sh/v3:Release", "gcp:projects/iAMMember:IAMMember"
VIEWER = "roles/monitoring.viewer"
REMEDY = "look for what overrides it: values of a chart, or a transformation of the program"


def findings(recording: Recording) -> list[Finding]:
    """Return what keeps an autoscaler of the recorded objects from following its signal."""
    expected = recording.judged.signals
    if expected is None:
        return []
    try:
        return signal_findings(registered(recording, expected))
    except ValueError as error:
        return [Finding("signals.unreadable", "program", f"what it registers cannot be judged: {error}", REMEDY)]


def registered(recording: Recording, expected: Monitoring) -> Monitoring:
    """Return the chain of the recorded objects and releases.

    Args:
        recording: the stack.
        expected: the chain by its settings, for what objects do not say and for what the cluster has already.

    Raises:
        ValueError: the stack has no adapter, or an expression or a duration cannot be read.
    """
    return assembly.monitoring(
        [manifest(resource) for resource in recording.resources if resource.is_kubernetes_object],
        resource_metrics=expected.resource_metrics,
        releases=list(_releases(recording)),
        readers=[each.inputs["member"] for each in recording.of(GRANT) if each.inputs["role"] == VIEWER],
        modes={export.workload.name: export.mode for export in expected.exports},
        expected=expected,
    )


def _releases(recording: Recording) -> Iterator[Release]:
    for each in recording.of(RELEASE):
        chart = str(each.inputs["chart"]).rpartition("/")[2]
        name, namespace = each.inputs.get("name", each.name), each.inputs.get("namespace", "default")
        yield Release(chart, name, namespace, each.inputs.get("values", {}))
