"""A kubelet for pods without nodes: it says of each how far it is, in the quiet time between two syncs."""

import time
from collections.abc import Mapping, Sequence

from rehearsal.client import ApiError, Client, Json
from rehearsal.loop import Loop
from rehearsal.mirror import Mirror
from simulate.replica_count import Pod
from tests.simulate.scripted_metrics import Sync
from tests.simulate.traces import Trace

QUIET = (0.4, 1.3)
"""Seconds after a sync between which pods may change: the deployment has followed, and the next sync is not near."""


class Kubelet(Loop):
    """A context manager inside which the pods of the traces' Deployments become what the traces say.

    Attributes:
        pods: what an autoscaler looks at in the pods of each trace, brought up to date many times a second.
    """

    def __init__(
        self, client: Client, mirror: Mirror, traces: Mapping[str, Trace], syncs: Mapping[str, Sequence[Sync]]
    ) -> None:
        self._client, self._mirror, self._traces, self._syncs = client, mirror, traces, syncs
        self.pods: Mapping[str, tuple[Pod, ...]] = {}
        self._first_seen: dict[str, tuple[int, int]] = {}
        self._created: dict[str, int] = {}
        super().__init__("kubelet", 0.1, self._tend_all)

    def _tend_all(self) -> None:
        found: dict[str, list[Pod]] = {name: [] for name in self._traces}
        for pod in self._mirror.objects:
            name = pod["metadata"]["labels"]["app"]
            found[name].append(_as_pod(pod))
            self._tend(name, pod, found[name][-1])
        self.pods = {name: tuple(sorted(pods, key=lambda pod: pod.name)) for name, pods in found.items()}

    def _tend(self, name: str, manifest: Json, pod: Pod) -> None:
        uid = manifest["metadata"]["uid"]
        syncs = self._syncs.get(name, [])
        if uid not in self._first_seen:
            order = self._created[name] = self._created.get(name, -1) + 1
            self._first_seen[uid] = (order, len(syncs))
        order, began = self._first_seen[uid]
        trace = self._traces[name]
        pending, silent = trace.starting[order % len(trace.starting)] if order >= trace.replicas else (0, 0)
        age = len(syncs) - began
        phase, ready = ("Running" if age >= pending else "Pending"), age >= pending + silent
        quiet = not syncs or QUIET[0] < time.monotonic() - syncs[-1].at < QUIET[1]
        if quiet and not pod.deleting and (pod.phase, pod.ready) != (phase, ready):
            conditions = [{"type": "Ready", "status": str(ready)}]
            try:
                self._client.patch(
                    manifest, {"status": {"phase": phase, "conditions": conditions}}, subresource="status"
                )
            except ApiError as error:
                if error.code != 404:
                    raise


def _as_pod(pod: Json) -> Pod:
    """Return what an autoscaler looks at."""
    status = pod.get("status", {})
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions", ()))
    return Pod(pod["metadata"]["name"], status["phase"], ready, "deletionTimestamp" in pod["metadata"])
