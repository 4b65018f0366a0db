"""The double of a cluster that is there already: what stands in it before a stack comes, and how Pulumi reaches it.

Nothing of it is the stack's: it is there before the first update and after `pulumi destroy`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx2

from offline import Recording
from rehearsal import credentials, lifecycle, releases
from rehearsal.client import ApiError, Client, Json
from rehearsal.control_plane import ControlPlane
from rehearsal.loop import Loop
from rehearsal.releases import Release
from slipway.checks.judged import There

PROVIDER = "pulumi:providers:kubernetes"
CONFIG_KEY = "slipway:kubeconfig"
"""The secret that a stack may keep its kubeconfig in."""

TICK_SECONDS = 0.2
VOLUME_SIZE = "1Ti"

STACKDRIVER, STACKDRIVER_NAMESPACE = "custom-metrics-stackdriver-adapter", "custom-metrics"
STACKDRIVER_APIS = ((releases.CUSTOM, "v1beta1"), (releases.CUSTOM, "v1beta2"), (releases.EXTERNAL, "v1beta1"))
"""Names of Google's own manifest (GoogleCloudPlatform/k8s-stackdriver, adapter_new_resource_model.yaml)."""

DOUBLES = (
    "the cluster that is there already: its nodes, what of signals' way it has, and the volumes that pods mount, as "
    "the stack file states them; nodes for what needs no chips; and a kubeconfig that leads to this machine",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterThere:
    """A cluster that is there already.

    Attributes:
        context: of the kubeconfig that leads to it.
        objects: what stands in it before the stack comes, in the order of creation.
        claims: what people make in the stack's namespaces once these are there.
    """

    context: str
    objects: Sequence[Json]
    claims: Sequence[Json]

    def kubeconfig(self, plane: ControlPlane) -> Path:
        """Write the kubeconfig of whoever runs Pulumi."""
        path = plane.slot.folder / "kubeconfig-of-people"
        return credentials.write_kubeconfig(path, plane.url, plane.credentials, context=self.context)


class Hands(Loop):
    """A context manager inside which objects are made as soon as their namespace is there; they go with it."""

    def __init__(self, client: Client, objects: Sequence[Json]) -> None:
        self._client, self._objects = client, objects
        super().__init__("people", TICK_SECONDS, self._make)

    def _make(self) -> None:
        for each in self._objects:
            # The API server may be away for a moment.
            with suppress(httpx2.TransportError):
                if self._is_open(each["metadata"]["namespace"]) and self._client.get(each) is None:
                    self._create(each)

    def _create(self, manifest: Json) -> None:
        try:
            self._client.create(manifest)
        except ApiError as error:
            # A namespace that is about to go takes nothing new, and one that has gone nothing at all.
            if error.code not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
                raise

    def _is_open(self, name: str) -> bool:
        found = self._client.get({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        return found is not None and found["status"]["phase"] == "Active"


def people(there: ClusterThere | None, client: Client, stand_in: Callable[[Sequence[Json]], Sequence[Json]]) -> Hands:
    """Make what stands in a cluster that is there already, and return who makes the rest of it by hand.

    Args:
        there: the cluster; None where the stack makes it.
        client: the connection to it.
        stand_in: leads the metrics APIs to what answers them on this machine.
    """
    if there and (refused := lifecycle.apply(client, stand_in(there.objects))):
        raise RuntimeError("\n".join(map(str, refused)))
    return Hands(client, there.claims if there else ())


def read(recording: Recording, there: There) -> ClusterThere:
    """Return the cluster that a stack says is there."""
    [provider] = recording.of(PROVIDER)
    volumes = [volume for each in there.claims for volume in _volume(*each.split("/"))]
    signals, charts = recording.judged.signals, installed(there)
    objects = _installed(charts.values())
    if signals and "adapter" in signals.there and not objects:
        objects = _stackdriver()
    return ClusterThere(
        context=str(provider.inputs.get("context", "rehearsal")),
        objects=[*objects, *(each for each in volumes if each["kind"] == "PersistentVolume")],
        claims=[each for each in volumes if each["kind"] == "PersistentVolumeClaim"],
    )


def installed(there: There) -> Mapping[str, Release]:
    """Return the Helm releases that signals go through, by chart."""
    return {each.chart: Release(each.name, each.namespace, each.chart, each.values) for each in there.releases}


def _installed(found: Collection[Release]) -> list[Json]:
    namespaces = dict.fromkeys(each.namespace for each in found)
    return [
        *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in namespaces),
        *(each for release in found for each in releases.objects(release)),
    ]


def _stackdriver() -> list[Json]:
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": STACKDRIVER_NAMESPACE}},
        releases.service(STACKDRIVER, STACKDRIVER_NAMESPACE),
        *(releases.api(group, version, STACKDRIVER, STACKDRIVER_NAMESPACE) for group, version in STACKDRIVER_APIS),
    ]


def _volume(namespace: str, claim: str) -> list[Json]:
    """Return a volume that all pods of a namespace can mount, and the claim that is bound to it."""
    name, spec = f"{namespace}-{claim}", {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                **spec,
                "capacity": {"storage": VOLUME_SIZE},
                "claimRef": {"namespace": namespace, "name": claim},
                "nfs": {"server": "files.example", "path": f"/{claim}"},
                "persistentVolumeReclaimPolicy": "Retain",
            },
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": claim, "namespace": namespace},
            "spec": {**spec, "volumeName": name, "resources": {"requests": {"storage": VOLUME_SIZE}}},
        },
    ]
