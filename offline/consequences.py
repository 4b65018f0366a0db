"""What a change of inputs does to a resource, and what is lost or stands still on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from offline.differences import ABSENT, InputChange
from offline.recording import Recording, Resource
from offline.wording import minutes
from slipway.catalog.providers import NODES, PLACES, replaces

Kind = Literal["replaced", "deleted", "rolling", "in place", "created"]

_FILES = "the files in it are lost"
_ADDRESS = "its address is another one afterwards: tell its clients"
_PODS = "its pods are gone before new ones start"

LOST: Mapping[str, str] = {
    "aws:cloudwatch/logGroup:LogGroup": "its log entries are lost",
    "aws:ec2/eip:Eip": _ADDRESS,
    "aws:efs/fileSystem:FileSystem": _FILES,
    "aws:eks/cluster:Cluster": "all that is in the cluster is lost, and no server answers until it is made anew",
    "aws:kms/key:Key": "what it encrypted cannot be read any more",
    "gcp:compute/address:Address": _ADDRESS,
    "gcp:compute/globalAddress:GlobalAddress": _ADDRESS,
    "gcp:container/cluster:Cluster": "all that is in the cluster is lost, and no server answers until it is made anew",
    "gcp:kms/cryptoKey:CryptoKey": "what it encrypted cannot be read any more",
    "gcp:storage/bucket:Bucket": "the weights in it are lost, and are downloaded again",
    "kubernetes:apps/v1:DaemonSet": _PODS,
    "kubernetes:apps/v1:Deployment": _PODS,
    "kubernetes:apps/v1:StatefulSet": _PODS,
    "kubernetes:core/v1:Namespace": "every object in it is lost",
    "kubernetes:core/v1:PersistentVolumeClaim": _FILES,
    "kubernetes:helm.sh/v3:Release": "the chart is uninstalled with all that it keeps, and installed anew",
}
"""What goes with a resource, by type."""

TEMPLATES = ("spec.template", "spec.leaderWorkerTemplate")
CLAIM = "volumeClaimTemplate"


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to a resource.

    Attributes:
        words: what a person has to know of it; empty where that is nothing.
    """

    kind: Kind
    words: str = ""


def loss(resource: Resource) -> str:
    """Say what goes with a resource that is replaced; empty where that is nothing."""
    if resource.type not in NODES:
        return LOST.get(resource.type, "")
    if resource.delete_before_replace:
        return "its nodes go before new ones come: every pod on it is away until these are ready"
    return "new nodes come before the old ones go: for a while twice its machines, in price and quota; every pod moves"


def replaced(resource: Resource, inputs: Sequence[InputChange]) -> bool:
    """Whether these changes replace a resource; a type that is not known is updated where it is."""
    try:
        return any(replaces(resource.type, each.schema_path) for each in inputs)
    except KeyError:
        return False


def effect(recording: Recording, resource: Resource, inputs: Sequence[InputChange]) -> Effect:
    """Return what changes do that replace nothing."""
    paths = [each.schema_path for each in inputs]
    if any(_below(path, TEMPLATES) for path in paths):
        return Effect("rolling", _rollout(recording, resource))
    if any(_below(path, NODES.get(resource.type, ())) for path in paths):
        return Effect("rolling", "its nodes are exchanged, and the pods on them start again")
    zones = PLACES.get(resource.type)
    if left := [each.old for each in inputs if each.schema_path == zones and each.old is not ABSENT]:
        words = f"its nodes in {shown(left[0])} go, and every pod on them starts again where there is a node"
        return Effect("rolling", words)
    if any(CLAIM in path for path in paths):
        return Effect("rolling", _claim(resource.inputs))
    return Effect("in place")


def _below(path: str, known: Sequence[str]) -> bool:
    return any(f"{path}.".startswith(f"{each}.") for each in known)


def _rollout(recording: Recording, resource: Resource) -> str:
    """Say for how long a server has less capacity, or none, while its pods are exchanged."""
    judged = recording.judged.servers.get(resource.name)
    if judged is None:
        return ""
    scaling: Mapping[str, Any] = recording.outputs.get("scaling", {}).get(resource.name, {})
    fewest, start = int(scaling.get("minReplicas", 1)), minutes(judged.startup_seconds)
    strategy: Mapping[str, Any] = resource.inputs["spec"].get("strategy", {}).get("rollingUpdate", {})
    if str(strategy.get("maxSurge", "25%")) not in ("0", "0%"):
        return f"a new replica starts first, in up to {start}; its node must be free"
    if fewest > 1:
        return f"one of {fewest} replicas at a time is away, for up to {start} each"
    return f"without capacity for up to {start} at one replica: it goes before its successor starts"


def _claim(inputs: Mapping[str, Any]) -> str:
    """Say what becomes of a volume whose claim is another one."""
    if _found(inputs, "whenDeleted") == "Delete":
        return "the operator makes the StatefulSet anew, and deletes the volume: what was recorded is LOST"
    return "the operator makes the StatefulSet anew; the volume stays as it is until its claim is changed by hand"


def _found(value: Any, key: str) -> Any:
    """Return the value of a key, wherever it is; None where it is nowhere."""
    if not isinstance(value, Mapping):
        return None
    members = cast("Mapping[str, Any]", value)
    within = (_found(member, key) for member in members.values())
    return members[key] if key in members else next((found for found in within if found is not None), None)


def shown(value: Any) -> str:
    """Return a value as a line has it."""
    if value is ABSENT:
        return "-"
    if isinstance(value, list):
        return ", ".join(map(shown, cast("list[Any]", value)))
    return str(value).lower() if isinstance(value, bool) else str(value)
