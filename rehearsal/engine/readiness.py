"""Makes pods Ready in the kubelet's place: what runs in one must have loaded, and answer the pod's probes."""

import time
from collections.abc import Iterable, Mapping

import httpx2

from rehearsal.client import ApiError, Client, Json
from rehearsal.control_plane import LOAD_SECONDS
from rehearsal.engine.engine import AnyEngine
from rehearsal.engine.probes import failing


class Readiness:
    """The readiness of the pods of doubles.

    Args:
        client: who is told.

    Attributes:
        why: why a pod that should be Ready is not, by its uid.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._seen: dict[str, float] = {}
        self.why: Mapping[str, str] = {}

    def loaded(self, pods: Mapping[str, Json], engines: Mapping[str, AnyEngine]) -> set[str]:
        """Return those of the pods that run, by name, whose engines have loaded by now."""
        now = time.monotonic()
        self._seen = {uid: self._seen.get(uid, now) for uid in (_uid(pods[name]) for name in engines)}
        return {
            name
            for name, engine in engines.items()
            if not engine.obstacle and now - self._seen[_uid(pods[name])] >= _load_seconds(pods[name])
        }

    def ask(self, loaded: Iterable[Json], obstacles: Mapping[str, str]) -> None:
        """Ask the probes of pods that are not Ready, and tell the API server of those that pass.

        Args:
            loaded: those whose engines have loaded.
            obstacles: why engines do not start, by the uid of their pods.
        """
        why = dict(obstacles)
        for pod in loaded:
            if said := failing(pod["spec"], pod["status"]["podIP"]):
                why[_uid(pod)] = said
            else:
                tell_ready(self._client, pod)
        self.why = why


def tell_ready(client: Client, pod: Json) -> bool:
    """Tell the API server that a pod is Ready, and return whether it took it."""
    status, gates = pod["status"], pod["spec"].get("readinessGates", ())
    met = {"Ready", "ContainersReady", *(each["conditionType"] for each in gates)}
    kept = [each for each in status["conditions"] if each["type"] not in met]
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    conditions = [*kept, *({"type": each, "status": "True", "lastTransitionTime": now} for each in sorted(met))]
    containers = [{**each, "ready": True, "started": True} for each in status["containerStatuses"]]
    try:
        changed = {"status": {"conditions": conditions, "containerStatuses": containers}}
        client.patch(pod, changed, subresource="status")
    except (ApiError, httpx2.TransportError):
        return False
    return True


def _load_seconds(pod: Json) -> float:
    return float(pod["metadata"].get("annotations", {}).get(LOAD_SECONDS, 0))


def _uid(pod: Json) -> str:
    return pod["metadata"]["uid"]
