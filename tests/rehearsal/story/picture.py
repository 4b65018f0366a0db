"""A stage on which only the engines' double runs: a stack's objects as the API server would have them, to be broken.

The pods listen and are probed for real. What Prometheus, the API server and the metrics API would say is worked out of
the objects in the plainest way; that they really say it is shown on stages where they run.
"""

import copy
import itertools
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

from rehearsal.client import ApiError, Json
from rehearsal.clock import Clock
from rehearsal.engine.double import EngineDouble, is_ready
from rehearsal.metrics import adapter_config, managed_collection, monitors
from rehearsal.metrics.adapter_standing import REVIEW, AdapterStanding
from rehearsal.metrics.aggregation import led, unregistered
from rehearsal.metrics.gke import GkePlan
from rehearsal.metrics.operator import OperatorPlan
from rehearsal.metrics.prometheus import Sample
from rehearsal.scheduling import selects
from rehearsal.server import Server
from rehearsal.stack import PlayedStack
from rehearsal.story.diagnosis import diagnose
from rehearsal.story.signal_path import GROUP
from rehearsal.story.verdict import Verdict
from tests.rehearsal.objects import eventually

ADDRESS = "127.75.255.1"
SPEED = 60.0
NUMBERS = itertools.count(1)
BUILT_IN_ROLES = {
    "system:auth-delegator": {("create", "subjectaccessreviews")},
    "extension-apiserver-authentication-reader": {("get", "configmaps")},
}


@dataclass
class Objects:
    """The objects of a stack, which a test changes before they are looked at."""

    manifests: list[Json]

    def one(self, kind: str, name: str) -> Json:
        [found] = [each for each in self.manifests if each["kind"] == kind and each["metadata"]["name"] == name]
        return found

    def of(self, *kinds: str) -> list[Json]:
        return [each for each in self.manifests if each["kind"] in kinds]

    def remove(self, kind: str, name: str = "") -> None:
        self.manifests = [
            each for each in self.manifests if each["kind"] != kind or name not in ("", each["metadata"]["name"])
        ]

    def pods(self, deployment: Json, replicas: int) -> list[Json]:
        template = deployment["spec"]["template"]
        return [_pod(deployment["metadata"], template) for _ in range(replicas)]


def _pod(owner: Json, template: Json) -> Json:
    number = next(NUMBERS)
    containers = [{"name": each["name"], "ready": False} for each in template["spec"]["containers"]]
    conditions = [{"type": each, "status": "False"} for each in ("Ready", "ContainersReady")]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{owner['name']}-{number}",
            "namespace": owner["namespace"],
            "uid": str(number),
            "labels": template["metadata"]["labels"],
        },
        "spec": template["spec"],
        "status": {
            "podIP": f"127.75.{number // 250}.{number % 250 + 1}",
            "conditions": conditions,
            "containerStatuses": containers,
        },
    }


Break = Callable[[Objects], object]


@dataclass
class _Client:
    objects: Objects
    pods: list[Json]
    silent: Callable[[], str] = field(default=lambda: "")

    def patch(self, manifest: Json, body: Json, *, subresource: str = "") -> None:
        assert subresource == "status"
        manifest["status"].update(body["status"])

    def get(self, manifest: Json) -> Json:
        return manifest

    def list(self, api_version: str, kind: str, **selected: str) -> Sequence[Json]:
        return self.objects.of(kind)

    def request(self, method: str, path: str, *, body: Any = None, parameters: object = None) -> Json:
        if path == REVIEW:
            return {"status": {"allowed": _allowed(self.objects, body["spec"])}}
        if unregistered(GROUP, self.objects.of("APIService"), self.objects.of("Service")):
            raise ApiError(404, "NotFound", "the server could not find the requested resource")
        if self.silent():
            raise ApiError(503, "ServiceUnavailable", "service unavailable")
        return {"items": [{}]}


def _allowed(objects: Objects, spec: Json) -> bool:
    """Decide as RBAC does, of the roles that the stack binds."""
    asked = spec["resourceAttributes"]
    _, _, namespace, name = spec["user"].split(":")
    for binding in objects.of("RoleBinding", "ClusterRoleBinding"):
        bound = [(each.get("namespace"), each["name"]) for each in binding.get("subjects", ())]
        role = binding["roleRef"]["name"]
        granted = set(BUILT_IN_ROLES.get(role, ()))
        for each in objects.of("ClusterRole", "Role"):
            if each["metadata"]["name"] == role:
                granted |= {
                    (verb, what) for rule in each["rules"] for verb in rule["verbs"] for what in rule["resources"]
                }
        if (namespace, name) in bound and (asked["verb"], asked["resource"]) in granted:
            return True
    return False


@dataclass
class _Metrics:
    """What both ways have in common: one that scrapes what monitors select, and an adapter behind it."""

    played: PlayedStack
    objects: Objects
    pods: list[Json]
    standing: AdapterStanding | None

    @property
    def prometheus(self) -> Any:
        return SimpleNamespace(targets=self._targets, query=self._query)

    def series(self, metric: str) -> str:
        return metric.split("|")[1] if "|" in metric else metric

    def unscraped(self, namespace: str, labels: Mapping[str, str], ports: Sequence[str]) -> str:
        dropped = [_discovered(each, pod) for each in self.objects.of("PodMonitor") for pod in self.pods]
        [prometheus] = self.objects.of("Prometheus")
        return monitors.unscraped(prometheus, self.objects.of("PodMonitor"), namespace, labels, ports, dropped)

    def unrecorded(self, series: str) -> str:
        return ""

    def unmatched(self, metric: str) -> str:
        plan = self.played.metrics
        if not isinstance(plan, OperatorPlan) or plan.adapter is None:
            return ""
        stated = [each for each in adapter_config.rules(plan.adapter.values) if each["name"].get("as") == metric]
        return adapter_config.unmatched(plan.adapter.name, stated, [metric, "up"]) if stated else ""

    def unserved(self, metric: str) -> str:
        return ""

    def silenced(self) -> str:
        return self.standing.why() if self.standing else ""

    def _targets(self) -> list[Json]:
        found: list[Json] = []
        for monitor in self.objects.of("PodMonitor", managed_collection.KIND):
            spec = monitor["spec"]
            for endpoint in spec.get("podMetricsEndpoints") or spec["endpoints"]:
                drops = any(each.get("action") in ("drop", "keep") for each in endpoint.get("relabelings", ()))
                found += [
                    {
                        "discoveredLabels": _discovered(monitor, pod),
                        "health": "up",
                        "scrapeInterval": f"{managed_collection.seconds(endpoint['interval']) / SPEED * 1000:.0f}ms",
                    }
                    for pod in self.pods
                    if selects(spec["selector"], pod["metadata"]["labels"]) and not drops
                ]
        return found

    def _query(self, expression: str) -> list[Sample]:
        names = [(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in self.pods]
        return [Sample({"namespace": namespace, "pod": name}, 1) for namespace, name in names]


def _discovered(monitor: Json, pod: Json) -> dict[str, str]:
    labels = {f"__meta_kubernetes_pod_label_{_plain(key)}": value for key, value in pod["metadata"]["labels"].items()}
    return {
        "job": f"podMonitor/{monitor['metadata']['namespace']}/{monitor['metadata']['name']}/0",
        "__meta_kubernetes_namespace": pod["metadata"]["namespace"],
        "__meta_kubernetes_pod_name": pod["metadata"]["name"],
        **labels,
    }


def _plain(label: str) -> str:
    return "".join(each if each.isalnum() else "_" for each in label)


def found(played: PlayedStack, breaks: Sequence[Break]) -> Verdict:
    """Return what is found wrong with a stack under load whose objects are broken in these ways."""
    objects = Objects(copy.deepcopy([*played.manifests]))
    for each in breaks:
        each(objects)
    with _stage(played, objects) as (setting, server):
        return diagnose(setting, server, loaded=True)


@contextmanager
def _stage(played: PlayedStack, objects: Objects) -> Generator[tuple[Any, Server]]:
    [original] = played.servers
    workload = objects.one("Deployment", original.name)
    clients = objects.one("Deployment", original.clients["metadata"]["name"])
    server = replace(original, workload=workload, clients=clients)
    pods = objects.pods(workload, 1)
    others = objects.pods(clients, 1)
    for deployment in objects.of("Deployment"):
        if deployment not in (workload, clients):
            others += objects.pods(deployment, deployment["spec"].get("replicas", 1))
    for pod in others:
        pod["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
    client = _Client(objects, pods)
    services = SimpleNamespace(objects=objects.of("Service"))
    standing = None
    if isinstance(played.metrics, GkePlan) and played.metrics.viewers is not None:
        standing = AdapterStanding(
            cast(Any, client),
            pods=cast(Any, SimpleNamespace(objects=others)),
            services=cast(
                Any, SimpleNamespace(objects=[e for e in led(objects.manifests, ADDRESS, 1) if e["kind"] == "Service"])
            ),
            address=ADDRESS,
            viewers=played.metrics.viewers,
        )
        client.silent = standing.why
    double = EngineDouble(
        cast(Any, client),
        cast(Any, SimpleNamespace(objects=[*pods, *others])),
        cast(Any, services),
        played.engine,
        Clock(SPEED),
    )

    def pods_of(wanted: Json) -> list[Json]:
        return pods if wanted is workload else others

    def status(wanted: Server) -> Json:
        return {"currentMetrics": [{"pods": {"current": {"averageValue": str(int(wanted.target) + 99)}}}]}

    def no_problem(service: str) -> str:
        return ""

    with double:
        eventually(lambda: all(is_ready(pod) or double.unready(pod) for pod in pods))
        for _ in range(2):  # A tick may have begun before that.
            seen = double.targets
            eventually(lambda seen=seen: double.targets is not seen)
        yield (
            SimpleNamespace(
                stack=played,
                plane=SimpleNamespace(client=client),
                clock=Clock(SPEED),
                engines=double,
                metrics=_Metrics(played, objects, pods, standing),
                mirrors={"Node": SimpleNamespace(objects=[])},
                pods=pods_of,
                autoscaler=status,
                problem=no_problem,
            ),
            server,
        )
