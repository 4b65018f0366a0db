"""The act of a story in which nodes are drained, with a cluster of one pod that nobody runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from offline import Recording
from rehearsal import stack
from rehearsal.client import ApiError, Json
from rehearsal.clock import Clock
from rehearsal.engine.double import is_ready
from rehearsal.story import attended, drain
from rehearsal.story.told import Told
from rehearsal.story.verdict import Link
from rehearsal.story.watch import Watch
from tests.rehearsal.report.stories import seen

BUDGET: Json = {
    "kind": "PodDisruptionBudget",
    "metadata": {"namespace": "vllm", "name": "llama"},
    "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "llama"}}},
}


class Cluster:
    """It lets a pod be evicted unless a budget of 0 is there, and another one comes in its place."""

    def __init__(self, *, budget: bool) -> None:
        self.pods = [pod("first", ready=True)]
        self._budget = budget
        self.looked = 0

    def request(self, method: str, path: str, *, body: Json) -> Json:
        assert (method, path, body["kind"]) == ("POST", "pods/first/eviction", "Eviction")
        if self._budget:
            raise ApiError(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
        self.pods = [pod("second", ready=False)]
        return {}

    def path_of(self, manifest: Json) -> str:
        return f"pods/{manifest['metadata']['name']}"

    def pods_of(self, workload: Json) -> Sequence[Json]:
        return self.pods

    def list(self, api_version: str, kind: str, *, namespace: str) -> Sequence[Json]:
        return [BUDGET] if self._budget else []

    def observed(self, *given: object) -> Any:
        self.looked += 1
        if self.looked == 3:
            self.pods = [pod(self.pods[0]["metadata"]["name"], ready=True)]
        ready = sum(map(is_ready, self.pods))
        return replace(seen(1, 1.0, 1), ready=ready, pending=len(self.pods) - ready)


def pod(name: str, *, ready: bool) -> Json:
    conditions = [{"type": "Ready", "status": str(ready)}]
    metadata = {"name": name, "namespace": "vllm", "labels": {"app": "llama"}}
    return {"metadata": metadata, "spec": {"nodeName": "v6e-0"}, "status": {"conditions": conditions}}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attended, "OBSERVE_SECONDS", 0.01)
    monkeypatch.setattr("rehearsal.story.watch.OBSERVE_SECONDS", 0.01)
    monkeypatch.setattr("rehearsal.story.drain.SETTLE_SECONDS", 0.2)


def drained(
    recordings: Mapping[str, Recording], monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> tuple[bool, Told]:
    def nothing(*given: object) -> None:
        """Show and see nothing."""

    monkeypatch.setattr("rehearsal.story.watch.observe", cluster.observed)
    setting = SimpleNamespace(
        clock=Clock(100),
        stack=stack.read(recordings["gke-tpu"]),
        deployment=SimpleNamespace(interrupt=nothing),
        plane=SimpleNamespace(client=cluster),
        pods=cluster.pods_of,
        check=nothing,
    )
    told, show = Told({}), SimpleNamespace(observed=nothing, judged=nothing)
    return drain.drained(cast(Any, setting), Watch(cast(Any, setting), cast(Any, show), told), 60), told


def test_a_pod_that_goes_is_awaited_until_another_is_ready(
    recordings: Mapping[str, Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Cluster(budget=False)
    held, told = drained(recordings, monkeypatch, cluster)
    assert held
    assert [verdict.text for verdict in told.verdicts] == [
        "llama: a drain took pod first off its node, and another is Ready"
    ]
    assert cluster.looked >= 3


def test_a_budget_of_0_is_named_and_the_story_goes_on(
    recordings: Mapping[str, Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, told = drained(recordings, monkeypatch, Cluster(budget=True))
    assert held
    [verdict] = told.verdicts
    assert verdict.broken is Link.NOT_DRAINED
    assert "a drain of node v6e-0 waits for pod first without end" in verdict.text
    assert "PodDisruptionBudget vllm/llama has maxUnavailable: 0 and allows 0 now" in verdict.text
