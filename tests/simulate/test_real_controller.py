"""The simulated autoscaler against kube-controller-manager: the same inputs, the same replicas after each sync."""

import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from rehearsal.client import Client, Json
from rehearsal.control_plane import ControlPlane, control_plane
from rehearsal.listener import Listener
from rehearsal.mirror import Mirror
from simulate import hpa_manifest
from simulate.hpa import Autoscaler, sync
from simulate.replica_count import Observation, Pod, Value
from simulate.scaling_rules import History, Rules
from tests.simulate.kubelet import Kubelet
from tests.simulate.scripted_metrics import CUSTOM, EXTERNAL, ScriptedMetrics, Sync
from tests.simulate.traces import Trace, article, generated

pytestmark = pytest.mark.control_plane

SPEED = 7.5
"""A sync every two seconds, and a default window of forty."""

GENERATED = 320
MARGIN_SECONDS = 0.2
"""By how much every window and period may differ without another decision, for a trace to count."""

ARTICLES = (
    article("nim", value=208, target=100, maximum=3),
    article("vllm", value=34972, target=5000, maximum=2),
)
TRACES = {trace.name: trace for trace in (*ARTICLES, *map(generated, range(GENERATED)))}


@pytest.fixture(scope="module")
def syncs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[Sync]]:
    """What each autoscaler of a real control plane did."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        with control_plane(speed=SPEED) as plane:
            return _play(plane)


def test_the_articles_reach_the_replicas_that_they_show(syncs: Mapping[str, Sequence[Sync]]) -> None:
    assert syncs["nim"][-1].replicas == 3
    assert syncs["vllm"][-1].replicas == 2


def test_simulated_and_real_autoscalers_agree_replica_for_replica(syncs: Mapping[str, Sequence[Sync]]) -> None:
    clear, wrong, rescales = 0, list[str](), 0
    for name, trace in TRACES.items():
        seen = syncs[name][: trace.syncs + 1]
        real = [each.replicas for each in seen[1:]]
        nominal = _simulate(trace, seen, 0)
        if any(_simulate(trace, seen, margin) != nominal for margin in (-MARGIN_SECONDS, MARGIN_SECONDS)):
            continue
        clear += 1
        rescales += sum(before != after for before, after in pairwise(real))
        if real != nominal:
            wrong.append(f"{trace}\n  real      {real}\n  simulated {nominal}\n  {seen}")
    assert not wrong, f"{len(wrong)} of {clear}:\n" + "\n".join(wrong[:3])
    assert clear >= 200 + len(ARTICLES)
    assert rescales >= clear / 2, "the traces scale too rarely to tell much"


def _simulate(trace: Trace, seen: Sequence[Sync], margin: float) -> list[int]:
    autoscaler = _moved(hpa_manifest.read({"spec": trace.spec}), margin)
    history: History | None = None
    replicas, course = trace.replicas, list[int]()
    for number, each in enumerate(seen[:-1]):
        observed = Observation(
            replicas=replicas, status_replicas=len(each.pods), pods=each.pods, values=_values(trace, number, each.pods)
        )
        replicas, history = sync(autoscaler, observed, history, each.at)
        course.append(replicas)
    return course


def _values(trace: Trace, number: int, pods: Sequence[Pod]) -> dict[str, Value]:
    found = {f"{trace.name}-{index}": trace.value(number, index, pods) for index in range(len(trace.spec["metrics"]))}
    return {name: value for name, value in found.items() if value is not None}


def _moved(autoscaler: Autoscaler, margin: float) -> Autoscaler:
    """Return the autoscaler on the clock of the control plane, with every window and period longer by a margin."""

    def moved(rules: Rules, window: float) -> Rules:
        policies = tuple(replace(policy, period=policy.period + margin) for policy in rules.policies)
        return replace(rules, policies=policies, window=window + margin if window else 0)

    bounds = autoscaler.bounds
    stated = bounds.down.window if bounds.behavior else bounds.down.window / SPEED
    return replace(
        autoscaler,
        bounds=replace(bounds, up=moved(bounds.up, bounds.up.window), down=moved(bounds.down, stated)),
    )


def _play(plane: ControlPlane) -> Mapping[str, Sequence[Sync]]:
    client, syncs = plane.client, dict[str, list[Sync]]()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    plane.credentials.signer.issue_cert("localhost").configure_cert(tls)  # pyright: ignore[reportUnknownMemberType]
    with (
        Mirror(client, "v1", "Pod") as pods,
        Mirror(client, "apps/v1", "Deployment") as deployments,
        Kubelet(client, pods, TRACES, syncs) as kubelet,
    ):

        def state(name: str) -> tuple[int, tuple[Pod, ...]]:
            [deployment] = [each for each in deployments.objects if each["metadata"]["name"] == name]
            return deployment["spec"]["replicas"], kubelet.pods[name]

        metrics = ScriptedMetrics(TRACES, state, syncs)
        listener = Listener(plane.slot.address, 0, metrics.answer, tls=tls)
        try:
            _serve_metrics(client, plane.slot.address, listener.port)
            for trace in TRACES.values():
                client.create(_deployment(trace))
            _wait(lambda: all(_is_settled(trace, kubelet.pods[trace.name]) for trace in TRACES.values()), 60)
            for trace in TRACES.values():
                client.create(_autoscaler(trace))
            left = dict(TRACES)
            _wait(lambda: not _end_finished(client, left, syncs), 150)
        finally:
            listener.close()
    return syncs


def _end_finished(client: Client, left: dict[str, Trace], syncs: Mapping[str, Sequence[Sync]]) -> int:
    """Delete the autoscalers whose traces are over, and return how many are left."""
    for trace in list(left.values()):
        if len(syncs.get(trace.name, ())) > trace.syncs:
            client.delete(_autoscaler(trace))
            del left[trace.name]
    return len(left)


def _is_settled(trace: Trace, pods: Sequence[Pod]) -> bool:
    return len(pods) == trace.replicas and all(pod.ready for pod in pods)


def _serve_metrics(client: Client, address: str, port: int) -> None:
    metadata = {"name": "scripted-metrics", "namespace": "default"}
    spec = {"type": "ExternalName", "externalName": address}
    client.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    for group, version in ((CUSTOM, "v1beta2"), (EXTERNAL, "v1beta1")):
        spec = {
            "service": {**metadata, "port": port},
            "group": group,
            "version": version,
            "insecureSkipTLSVerify": True,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        }
        name = {"name": f"{version}.{group}"}
        client.create({"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": name, "spec": spec})


def _deployment(trace: Trace) -> Json:
    labels = {"app": trace.name}
    # No scheduler of this name runs: without nodes, the real one would try these pods over and over.
    pod = {"schedulerName": "none", "containers": [{"name": "server", "image": "server"}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": trace.name, "namespace": "default"},
        "spec": {
            "replicas": trace.replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _autoscaler(trace: Trace) -> Json:
    target: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment", "name": trace.name}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": trace.name, "namespace": "default"},
        "spec": {"scaleTargetRef": target, **trace.spec},
    }


def _wait(done: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "the control plane is too slow"
        time.sleep(0.2)
