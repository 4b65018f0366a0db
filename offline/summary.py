"""The answer to a preview, in lines that fit one screen: does it fit, what does it cost, who reaches it, and when."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from offline.highlights import values_at
from offline.recording import Recording
from offline.wording import COLUMNS, counted, cut, listed
from slipway.catalog.providers.durations import seconds
from slipway.checks.fit import Fit

MOST_LINES = 15
MOST_SERVERS = 3
"""Of which a question is answered one by one."""

LABEL, NAME = 9, 14
"""Characters of the two columns on the left."""

REACHED_FROM = {
    "cluster": "from inside the cluster only",
    "internal": "from the VPC, by an internal load balancer",
    "internal-alb": "from the VPC, by an internal load balancer",
}
"""Who reaches a server, by its exposure; any other is a public load balancer."""

ENDPOINTS_OF_CLUSTERS: Mapping[str, str] = {
    "aws:eks/cluster:Cluster": "vpcConfig.publicAccessCidrs.*",
    "gcp:container/cluster:Cluster": "masterAuthorizedNetworksConfig.cidrBlocks.*.cidrBlock",
}
"""Where the inputs of a cluster say who reaches its API, by type."""


def summary(recording: Recording) -> list[str]:
    """Return at most `MOST_LINES` lines of at most `COLUMNS` characters."""
    questions = (
        ("fits", _by_server(recording, "fit", _fit_of(recording))),
        ("scales", _by_server(recording, "scaling", _scaling)),
        ("costs", _costs(recording)),
        ("reached", _reached(recording)),
        ("answers", _first_token(recording)),
        ("findings", _findings(recording)),
    )
    servers = len(recording.judged.servers)
    title = f"{recording.stack}: {counted(servers, 'server')}, {counted(len(recording.resources), 'resource')}"
    lines = [cut(title, COLUMNS)]
    for label, answers in questions:
        for index, answer in enumerate(answers):
            lines.append(cut(f"{'' if index else label:{LABEL}}{answer}", COLUMNS).rstrip())
    return lines


def _by_server(recording: Recording, output: str, answer: Any) -> Iterator[str]:
    """Yield an answer for each server, or for the first ones and how many more there are."""
    names = list(recording.judged.servers)
    shown = names if len(names) <= MOST_SERVERS else names[: MOST_SERVERS - 1]
    figures: Mapping[str, Any] = recording.outputs.get(output, {})
    for name in shown:
        yield f"{cut(name, NAME):{NAME}}  {answer(name, figures.get(name))}"
    if more := len(names) - len(shown):
        yield f"and {counted(more, 'more server')}: see {output} below"


def _fit_of(recording: Recording) -> Any:
    def answer(name: str, figures: Mapping[str, Any] | None) -> str:
        found = recording.judged.servers[name].fit
        return _fit(found) if found else "not judged: nobody knows the size of what it holds"

    return answer


def _fit(found: Fit) -> str:
    requests = found.memory.requests
    number = f"{requests:,.1f}" if requests < 100 else f"{requests:,.0f}"
    band = f"±{found.band.tokens:.0%}" if found.band else "never measured"
    return f"{number} requests of {found.replica.max_model_len:,} tokens at once, {band}"


def _scaling(name: str, figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return "by nobody"
    fewest, most = figures["minReplicas"], figures["maxReplicas"]
    bounds = f"{fewest} to {most} replicas" if fewest != most else counted(most, "replica")
    return f"{bounds}, {figures['series']} > {figures['target']:g}"


def _costs(recording: Recording) -> Iterator[str]:
    room = COLUMNS - LABEL
    cost: Mapping[str, Any] | None = recording.outputs.get("costUsd")
    unknown = [each.path for each in recording.findings if each.code == "cost.unknown"]
    if cost is None:
        yield "no figure: what runs there is bought elsewhere"
        return
    hour, month = cost["perHour"], cost["perMonth"]
    if hour["floor"] == hour["ceiling"]:
        yield f"{hour['floor']:,.2f} USD an hour, {month['floor']:,.0f} a month"
    else:
        yield (
            f"{hour['floor']:,.2f} to {hour['ceiling']:,.2f} USD an hour, "
            f"{month['floor']:,.0f} to {month['ceiling']:,.0f} a month"
        )
    beside = "without traffic and requests"
    yield f"{beside}, and without {listed(unknown, room - len(beside) - 14)}" if unknown else beside


def _reached(recording: Recording) -> Iterator[str]:
    """Yield who reaches the servers and the cluster's API: at most three answers."""
    room = COLUMNS - LABEL
    groups: dict[str, list[str]] = defaultdict(list)
    for name, server in recording.judged.servers.items():
        groups[REACHED_FROM.get(server.exposure) or _public(server.source_ranges)].append(name)
    whole = sorted(groups.items(), key=lambda group: group[0] in REACHED_FROM.values())
    for whence, names in whole[:2]:
        yield f"{listed(names, room - len(whence) - 1)} {whence}"
    if more := [name for _, names in whole[2:] for name in names]:
        yield f"{listed(more, room - 20)}: see endpoints"
    else:
        yield from _cluster_api(recording, room)


def _public(ranges: Sequence[str]) -> str:
    return f"from {listed(ranges, 36)}, with the API key"


def _cluster_api(recording: Recording, room: int) -> Iterator[str]:
    for cluster in recording.of(*ENDPOINTS_OF_CLUSTERS):
        ranges = list(map(str, values_at(cluster.inputs, ENDPOINTS_OF_CLUSTERS[cluster.type])))
        whence = f"from {listed(ranges, room - 29)}" if ranges else "by identity, whatever the address"
        yield f"the cluster's API {whence}"
        return


def _first_token(recording: Recording) -> Iterator[str]:
    """Yield how long an update and a start take at most, as far as anybody has said."""
    if not recording.judged.servers:
        return
    slowest, server = max(recording.judged.servers.items(), key=lambda item: item[1].startup_seconds)
    made, start = (max(1, round(each / 60)) for each in (_made_in_seconds(recording), server.startup_seconds))
    yield f"{made + start} min at most: {made} for what pulumi up makes, {start} for {cut(slowest, NAME)} to start"


def _made_in_seconds(recording: Recording) -> int:
    """Return how long it takes to make everything, each resource once those that it needs are there."""

    @cache
    def done(urn: str | None) -> int:
        resource = recording.by_urn[str(urn)]
        needed = (*resource.dependencies, resource.parent, resource.provider_urn)
        before = [done(other) for other in needed if other in recording.by_urn]
        return max(before, default=0) + (seconds(resource.type) if resource.custom else 0)

    return max((done(resource.urn) for resource in recording.resources), default=0)


def _findings(recording: Recording) -> Iterator[str]:
    if not recording.findings:
        yield "none"
        return
    worst_first = sorted(recording.findings, key=lambda each: each.severity)
    counts = Counter(each.severity for each in worst_first)
    count = ", ".join(counted(number, severity) for severity, number in counts.items())
    paths = list(dict.fromkeys(each.path for each in worst_first))
    yield f"{count}: {listed(paths, COLUMNS - LABEL - len(count) - 2)}"
