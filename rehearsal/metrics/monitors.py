"""Why prometheus-operator leaves pods or rules out of a Prometheus, in the order in which the operator decides."""

import re
from collections.abc import Iterable, Mapping, Sequence

from rehearsal.client import Json, title
from rehearsal.scheduling import selects


def unscraped(
    prometheus: Json,
    monitors: Sequence[Json],
    namespace: str,
    labels: Mapping[str, str],
    ports: Sequence[str],
    dropped: Sequence[Mapping[str, str]] = (),
) -> str:
    """Say why no PodMonitor has a Prometheus scrape pods.

    Args:
        prometheus: the Prometheus object.
        monitors: all PodMonitors.
        namespace: the pods'.
        labels: the pods'.
        ports: the pods', `name=number`.
        dropped: labels by which Prometheus found what its relabelling dropped.
    """
    leading = [each for each in monitors if _reaches(each, namespace) and selects(each["spec"]["selector"], labels)]
    for monitor in leading:
        if said := _unread(prometheus, "podMonitorSelector", monitor):
            return said
    names = {port.partition("=")[0] for port in ports}
    for monitor in leading:
        wanted = [str(each.get("port") or each.get("portNumber")) for each in _endpoints(monitor)]
        if not names & set(wanted):
            return f"{title(monitor)} scrapes port {', '.join(wanted)}, and the ports of the pods are {ports}"
    for monitor in leading:
        relabelings = [rule for each in _endpoints(monitor) for rule in each.get("relabelings", ())]
        if relabelings and any(_found(each, monitor, namespace, labels) for each in dropped):
            return f"{title(monitor)} selects them, and its relabelings drop every target: {relabelings}"
    if leading:
        return f"{title(leading[0])} selects them and Prometheus reads it; the operator has not written it yet"
    found = "; ".join(f"{title(each)} selects {each['spec']['selector']}" for each in monitors)
    return f"their labels are {dict(labels)}, and no PodMonitor selects these there ({found or 'there is none'})"


def unrecorded(prometheus: Json, rules: Iterable[Json], series: str) -> str:
    """Say why a Prometheus does not evaluate the rule that records a series; empty if no object has one."""
    for each in rules:
        recorded = [rule.get("record") for group in each["spec"]["groups"] for rule in group["rules"]]
        if series in recorded:
            return (
                _unread(prometheus, "ruleSelector", each) or f"{title(each)} records it, of series that are not there"
            )
    return ""


def unkept(prometheus: Json, retention: str) -> str:
    """Say that a Prometheus is to keep samples for no time; empty if it is to keep them, or its default stands."""
    if not retention or re.search(r"[1-9]", retention):
        return ""
    return (
        f"{title(prometheus)} has retention {retention}: it is to keep no sample. Prometheus takes 0 for no statement, "
        "and keeps 15 days on a disk that was not made for them; let prometheusSpec.retention be 7d"
    )


def _endpoints(monitor: Json) -> Sequence[Json]:
    return monitor["spec"]["podMetricsEndpoints"]


def _found(discovered: Mapping[str, str], monitor: Json, namespace: str, labels: Mapping[str, str]) -> bool:
    """Tell whether these are labels of a pod with these labels, found for a monitor."""
    job = f"podMonitor/{monitor['metadata']['namespace']}/{monitor['metadata']['name']}/"
    prefix = "__meta_kubernetes_pod_label_"
    expected = {f"{prefix}{re.sub(r'[^a-zA-Z0-9_]', '_', name)}": value for name, value in labels.items()}
    return (
        discovered.get("job", "").startswith(job)
        and discovered.get("__meta_kubernetes_namespace") == namespace
        and expected.items() <= discovered.items()
    )


def _unread(prometheus: Json, selector: str, manifest: Json) -> str:
    wanted, has = prometheus["spec"][selector], manifest["metadata"].get("labels", {})
    if selects(wanted, has):
        return ""
    equal: Mapping[str, str] = wanted.get("matchLabels") or {}
    labels = ", ".join(f"{name}: {value}" for name, value in equal.items()) or str(wanted)
    return (
        f"{title(manifest)} has no label {labels}, and {title(prometheus)} reads only objects that have; add the "
        f"label, or set {selector} in the values of kube-prometheus-stack"
    )


def _reaches(monitor: Json, namespace: str) -> bool:
    where: Json = monitor["spec"].get("namespaceSelector") or {}
    names: Sequence[str] = where.get("matchNames") or (monitor["metadata"]["namespace"],)
    return bool(where.get("any")) or namespace in names
