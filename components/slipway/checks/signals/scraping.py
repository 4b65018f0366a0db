"""Whether Prometheus collects the page on which an engine shows its series, from each pod, once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slipway.catalog.engines import Page
from slipway.checks import Finding
from slipway.checks.signals.edges import Monitoring, RecordingRule
from slipway.checks.signals.sources import NOTHING, Collector, Export, ManagedPrometheus, Prometheus, Scrape, Service

MANAGED_INTERVAL_SECONDS = 60
"""Default of a PodMonitoring."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A scrape that comes to a pod: straight, or through one Service."""

    scrape: Scrape
    port: int | None
    through: str = ""


def scrape_findings(monitoring: Monitoring, export: Export) -> Iterator[Finding]:
    """Judge how the pods of a workload are scraped."""
    visits = visits_to(monitoring, export)
    if not visits:
        yield _missed(monitoring, export)
        return
    pages = _pages(export)
    right = [
        visit for visit in visits if any((visit.port, visit.scrape.page) == (page.port, page.path) for page in pages)
    ]
    if not right:
        yield _wrong_page(visits[0], export, pages)
        return
    for visit in right:
        yield from selection_findings(monitoring, visit.scrape)
    if len(right) > 1:
        ways = " and ".join(dict.fromkeys(visit.through or visit.scrape.path for visit in right))
        message = (
            f"each pod of {export.workload} is scraped {len(right)} times ({ways}), so a sum over pods is "
            f"{len(right)} times too high and the target in effect {len(right)} times too low"
        )
        remedy = "scrape each pod once: with a PodMonitor, or a ServiceMonitor whose selector meets one Service"
        yield Finding("signals.scrape", right[0].scrape.path, message, remedy)
    yield from _option_findings(export, right[0].scrape, pages)


def selection_findings(monitoring: Monitoring, edge: Scrape | RecordingRule) -> Iterator[Finding]:
    """Judge whether the Prometheus operator reads an object."""
    kind = edge.kind if isinstance(edge, Scrape) else "PrometheusRule"
    collector = monitoring.collector
    wanted = collector.selects.get(kind, NOTHING) if isinstance(collector, Prometheus) else NOTHING
    if _meets(wanted, edge.labels):
        return
    has = f"; it has {_pairs(edge.labels)}" if edge.labels else ""
    message = f"has no label {_pairs(wanted)}, so the Prometheus operator ignores it{has}"
    remedy = f"add the label {_pairs(wanted)}, or have the chart's selector for a {kind} ask for none"
    yield Finding("signals.selection", edge.path, message, remedy)


def visits_to(monitoring: Monitoring, export: Export) -> list[Visit]:
    """Return every scrape that the collector makes of the pods of a workload, whatever page it asks for."""
    return [
        visit
        for scrape in monitoring.scrapes
        if reads(monitoring.collector, scrape) and scrape.namespace == export.workload.namespace
        for visit in _visits(scrape, export, monitoring.services)
    ]


def interval(scrape: Scrape, collector: Collector) -> float:
    """Return seconds between two scrapes."""
    default = collector.scrape_seconds if isinstance(collector, Prometheus) else MANAGED_INTERVAL_SECONDS
    return scrape.interval_seconds or default


def reads(collector: Collector, scrape: Scrape) -> bool:
    """Whether a collector reads objects of this kind."""
    return isinstance(collector, ManagedPrometheus) == (scrape.kind == "PodMonitoring")


def _visits(scrape: Scrape, export: Export, services: Sequence[Service]) -> list[Visit]:
    if scrape.kind != "ServiceMonitor":
        return [Visit(scrape, _number(scrape.port, export))] if _meets(scrape.selector, export.labels) else []
    return [
        Visit(scrape, _number(service.ports[str(scrape.port)], export), f"Service {service.name}")
        for service in services
        if service.namespace == scrape.namespace
        and _meets(scrape.selector, service.labels)
        and _meets(service.selector, export.labels)
        and str(scrape.port) in service.ports
    ]


def _number(port: str | int, export: Export) -> int | None:
    return port if isinstance(port, int) else export.ports.get(port)


def _pages(export: Export) -> list[Page]:
    return [
        Page(port=export.listens or page.port, path=page.path, needs=page.needs)
        for page in export.engine.pages_of(export.version)
    ]


def _wrong_page(visit: Visit, export: Export, pages: Sequence[Page]) -> Finding:
    scrape, right = visit.scrape, pages[-1]
    name = f"{export.engine.name} {export.version}"
    if visit.port is None:
        offered = ", ".join(export.ports) or "none"
        reason = f"port {scrape.port!r} is no port of {export.workload}, whose ports are {offered}"
    elif visit.port != right.port:
        reason = f"port {visit.port} is scraped, and {name} serves its metrics on {right.port}"
    else:
        decoy = export.engine.decoys.get(scrape.page)
        has = f"has {decoy} there" if decoy else "has no metrics there"
        reason = f"{scrape.page} is scraped, and {name} {has}: its series are on {right.path}"
    named = next((name for name, number in export.ports.items() if number == right.port), right.port)
    return Finding("signals.wrong-page", scrape.path, reason, f"scrape port {named}, path {right.path}")


def _option_findings(export: Export, scrape: Scrape, pages: Sequence[Page]) -> Iterator[Finding]:
    needs = pages[-1].needs
    if needs and needs not in export.options:
        message = f"{scrape.page} of {export.engine.name} is empty without {needs}"
        yield Finding("signals.option", export.path, message, f"set {needs}: true in its configuration")


def _missed(monitoring: Monitoring, export: Export) -> Finding:
    """Say what comes closest to a scrape of the pods, and what keeps it from being one."""
    where, pods = export.workload.namespace, f"the pods of {export.workload}"
    managed = isinstance(monitoring.collector, ManagedPrometheus)
    page = _pages(export)[-1]
    kind = "PodMonitoring" if managed else "PodMonitor"
    remedy = f"add a {kind} in namespace {where} that selects {_pairs(export.labels)}, port {page.port}, {page.path}"
    for scrape in monitoring.scrapes:
        meets = bool(_visits(scrape, export, monitoring.services))
        if meets and not reads(monitoring.collector, scrape):
            reader = "managed collection reads PodMonitoring" if managed else "the operator reads PodMonitor"
            message = f"is a {scrape.kind}, and {reader} only: {pods} are not scraped"
            api = "monitoring.googleapis.com/v1" if managed else "monitoring.coreos.com/v1"
            return Finding("signals.missed", scrape.path, message, f"write a {kind} ({api}) instead")
        if meets:
            message = f"is in namespace {scrape.namespace}, and {pods} are in {where}: it selects none of them"
            return Finding("signals.missed", scrape.path, message, f"put it into namespace {where}")
    for scrape in monitoring.scrapes:
        if scrape.namespace == where and reads(monitoring.collector, scrape):
            message = (
                f"selects {_pairs(scrape.selector)}, and {pods} have {_pairs(export.labels)}: they are not scraped"
            )
            if scrape.kind == "ServiceMonitor":
                message = (
                    f"selects Services with {_pairs(scrape.selector)} and a port {scrape.port}; none leads to {pods}"
                )
            return Finding("signals.missed", scrape.path, message, f"select {_pairs(export.labels)}, or {remedy}")
    message = f"nothing scrapes {pods}, so no autoscaler learns what they export"
    return Finding("signals.missed", export.path, message, remedy)


def _meets(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return selector.items() <= labels.items()


def _pairs(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in labels.items()) or "no labels"
