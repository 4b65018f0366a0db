"""The links from a server's page to the metrics API: scraped, exported, labelled, answered."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from http import HTTPStatus
from urllib.parse import quote

from rehearsal.client import ApiError, Json
from rehearsal.engine.double import is_ready
from rehearsal.metrics.aggregation import unregistered
from rehearsal.metrics.prometheus import matcher
from rehearsal.server import Server
from rehearsal.story.setting import Setting
from rehearsal.story.verdict import Link, Verdict, duration
from slipway.checks.quantities import seconds

API_VERSIONS = ("v1beta2", "v1beta1")
"""Of custom.metrics.k8s.io, the one that the HPA controller prefers first."""
GROUP = "custom.metrics.k8s.io"
SLOW_SECONDS = 60
"""A scrape interval beyond it is longer than what the adapters look back over for a rate, and four times as long as the
autoscaler waits between two looks."""


def scraped(setting: Setting, server: Server) -> Verdict | None:
    """Say that its pods are not scraped, or hardly ever; None if that is in order."""
    targets = setting.metrics.prometheus.targets()
    names = _ready(setting, server)
    own = [
        target
        for target in targets
        if target["discoveredLabels"].get("__meta_kubernetes_namespace") == server.namespace
        and target["discoveredLabels"].get("__meta_kubernetes_pod_name") in names
    ]
    if not own:
        why = setting.metrics.unscraped(server.namespace, _pod_labels(server), _pod_ports(server))
        return Verdict(
            f"nothing scrapes the pods of {server.name} in namespace {server.namespace}: {why}", Link.NOT_SCRAPED
        )
    if all(target["health"] == "down" for target in own):
        errors = {f"{target['scrapeUrl']}: {target['lastError']}" for target in own}
        return Verdict(f"scrapes of {server.name} fail: {'; '.join(sorted(errors))}", Link.NOT_SCRAPED)
    if (interval := max(_interval(setting, target) for target in own)) > SLOW_SECONDS:
        return Verdict(
            f"pods of {server.name} are scraped every {duration(interval)} only, so its autoscaler acts on what was "
            "long ago, or on nothing; let the interval be 15s",
            Link.NOT_SCRAPED,
        )
    return None


def _interval(setting: Setting, target: Json) -> float:
    """Return how often a target is scraped, in modelled seconds."""
    return setting.clock.speed * seconds(target.get("scrapeInterval", "0s"))


def exported(setting: Setting, server: Server) -> Verdict | None:
    """Say that the series behind the metric is nowhere; None if that is in order."""
    if why := setting.metrics.unmatched(server.metric):
        return Verdict(f"{GROUP} has no {server.metric}: {why}", Link.NO_METRIC)
    series = setting.metrics.series(server.metric)
    if setting.metrics.prometheus.query(f"count({{{matcher({'__name__': series})}}})"):
        return None
    if why := setting.metrics.unrecorded(series):
        return Verdict(f"there is no series {series}: {why}", Link.SERIES_MISSING)
    near = get_close_matches(series, [each.name for each, _ in server.engine.values], n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Verdict(f"no page that is scraped has the series {series}{hint}", Link.SERIES_MISSING)


def labelled(setting: Setting, server: Server) -> Verdict | None:
    """Say that its series lacks the labels that name its pods; None if that is in order."""
    series, names = setting.metrics.series(server.metric), _ready(setting, server)
    found = setting.metrics.prometheus.query(f"{{{matcher({'__name__': series})}}}")
    if any(each.labels.get("namespace") == server.namespace and each.labels.get("pod") in names for each in found):
        return None
    labels = sorted({name for each in found for name in each.labels})
    return Verdict(
        f"{series} has no labels namespace and pod that name the pods of {server.name}; it has {', '.join(labels)}",
        Link.LABEL_LOST,
    )


def answered(setting: Setting, server: Server) -> Verdict | None:
    """Say that the metrics API has no value for its pods; None if that is in order."""
    selector = ",".join(f"{name}={value}" for name, value in _pod_labels(server).items())
    path = f"namespaces/{server.namespace}/pods/*/{quote(server.metric, safe='')}"
    refusals: list[ApiError] = []
    for version in API_VERSIONS:
        try:
            found = setting.plane.client.request(
                "GET", f"/apis/{GROUP}/{version}/{path}", parameters={"labelSelector": selector}
            )
        except ApiError as error:
            refusals.append(error)
            continue
        if found["items"]:
            return None
        return _unserved(setting, server, f"it has no value for a pod of {server.name}")
    client = setting.plane.client
    apis, services = client.list("apiregistration.k8s.io/v1", "APIService"), client.list("v1", "Service")
    # A version that nobody registered is not found, whatever has become of the others.
    silent = [error for error in refusals if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR]
    if why := unregistered(GROUP, apis, services) or (str(silent[0]) if silent else ""):
        said = [why, str(silent[0]), setting.metrics.silenced()] if silent else [why]
        return Verdict(f"{GROUP} does not answer: {'; '.join(filter(None, dict.fromkeys(said)))}", Link.ADAPTER_SILENT)
    return _unserved(setting, server, str(refusals[-1]))


def _unserved(setting: Setting, server: Server, said: str) -> Verdict:
    whole = "; ".join(filter(None, [said, setting.metrics.unserved(server.metric)]))
    return Verdict(f"{GROUP} has no {server.metric}: {whole}", Link.NO_METRIC)


def _ready(setting: Setting, server: Server) -> set[str]:
    return {pod["metadata"]["name"] for pod in setting.pods(server.workload) if is_ready(pod)}


def _pod_labels(server: Server) -> Mapping[str, str]:
    return server.workload["spec"]["selector"]["matchLabels"]


def _pod_ports(server: Server) -> list[str]:
    containers: Sequence[Json] = server.workload["spec"]["template"]["spec"]["containers"]
    return [f"{port.get('name', '')}={port['containerPort']}" for each in containers for port in each.get("ports", ())]
