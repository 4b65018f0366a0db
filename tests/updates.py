"""Day-two changes of two stacks, and what each must do: what a preview and the real engine are both held to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Stack = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a stack file.

    Attributes:
        edit: makes it in the value of `slipway:stack`.
        first: makes what it begins with, where that is not the committed stack.
        deleted: pools and servers that go.
        created: those that come.
        rolling: workloads of which the pods are exchanged.
        destroys: clusters, pools and namespaces that it replaces, which the stack file must allow.
    """

    edit: Callable[[Stack], object]
    first: Callable[[Stack], object] | None = None
    deleted: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
    rolling: frozenset[str] = frozenset()
    destroys: frozenset[str] = frozenset()


def _server(**values: object) -> Callable[[Stack], object]:
    return lambda stack: stack["servers"]["llama"].update(values)


def _scaled(**values: object) -> Callable[[Stack], object]:
    return lambda stack: stack["servers"]["llama"]["autoscaling"].update(values)


def _cluster(**values: object) -> Callable[[Stack], object]:
    return lambda stack: stack["cluster"].update(values)


def _second_server(stack: Stack) -> None:
    first, second = stack["servers"]["llama"], dict(stack["servers"]["llama"])
    first["autoscaling"] = second["autoscaling"] = {**first["autoscaling"], "maxReplicas": 1}
    stack["servers"]["second"] = second


def _without_second_server(stack: Stack) -> None:
    del stack["servers"]["second"]


def _without_second_pool(stack: Stack) -> None:
    del stack["cluster"]["pools"]["further"]


def _renamed(key: str, old: str, new: str) -> Callable[[Stack], object]:
    def edit(stack: Stack) -> None:
        holder = stack["cluster"][key] if key == "pools" else stack[key]
        holder[new] = holder.pop(old)
        for server in stack["servers"].values():
            server["pool"] = new if key == "pools" else server["pool"]

    return edit


def _second_pool(old: str) -> Callable[[Stack], object]:
    return lambda stack: stack["cluster"]["pools"].update(further=dict(stack["cluster"]["pools"][old]))


def _pool(name: str, **values: object) -> Callable[[Stack], object]:
    return lambda stack: stack["cluster"]["pools"][name].update(values)


def _zone_of_gke(stack: Stack) -> None:
    stack["cluster"]["location"] = "us-east5-b"
    stack["cluster"]["pools"]["v6e"]["zones"] = ["us-east5-b"]


POD = frozenset({"Deployment llama"})

GKE_TPU: Mapping[str, Change] = {
    "model": Change(edit=_server(model="meta-llama/Llama-3.3-70B-Instruct"), rolling=POD),
    "image": Change(edit=_server(image="docker.io/vllm/vllm-tpu:v0.26.0"), rolling=POD),
    "minReplicas": Change(edit=_scaled(minReplicas=2)),
    "target": Change(edit=_scaled(metric={"signal": "waiting-requests", "target": 8})),
    "limits": Change(edit=_server(maxNumSeqs=64), rolling=POD),
    "token": Change(edit=lambda stack: stack["huggingFace"].update(secret="other"), rolling=POD),
    "Kubernetes version": Change(edit=_cluster(minVersion="1.37")),
    "a server more": Change(edit=_second_server, created=frozenset({"Deployment second"})),
    "a server less": Change(
        first=_second_server, edit=_without_second_server, deleted=frozenset({"Deployment second"})
    ),
    "a pool more": Change(edit=_second_pool("v6e"), created=frozenset({"NodePool further"})),
    "a pool less": Change(
        first=_second_pool("v6e"), edit=_without_second_pool, deleted=frozenset({"NodePool further"})
    ),
    "a pool renamed": Change(
        edit=_renamed("pools", "v6e", "other"),
        created=frozenset({"NodePool other"}),
        deleted=frozenset({"NodePool v6e"}),
        rolling=POD,
    ),
    "a pool bought otherwise": Change(
        edit=_pool("v6e", capacity={"type": "spot"}),
        destroys=frozenset({"NodePool v6e"}),
    ),
    "zone": Change(
        edit=_zone_of_gke,
        destroys=frozenset({"Cluster gke-tpu", "Namespace gke-tpu", "NodePool gke-tpu-system", "NodePool v6e"}),
    ),
    "access": Change(edit=_cluster(access={"type": "dns"})),
    "dataplaneV2": Change(
        edit=_cluster(dataplaneV2=False),
        destroys=frozenset({"Cluster gke-tpu", "Namespace gke-tpu", "NodePool gke-tpu-system", "NodePool v6e"}),
    ),
    "namespace": Change(
        edit=lambda stack: stack.update(namespace="elsewhere"),
        destroys=frozenset({"Namespace gke-tpu"}),
    ),
    "server renamed": Change(
        edit=_renamed("servers", "llama", "other"),
        created=frozenset({"Deployment other"}),
        deleted=frozenset({"Deployment llama"}),
    ),
}

EKS_NIM: Mapping[str, Change] = {
    "model": Change(edit=_server(servedModelName="meta/other"), rolling=POD),
    "image": Change(edit=_server(version="2.0.12"), rolling=POD),
    "minReplicas": Change(edit=_scaled(minReplicas=2)),
    "target": Change(edit=_scaled(metric={"signal": "kv-cache-use", "target": 0.2})),
    "limits": Change(edit=_server(maxModelLen=8192), rolling=POD),
    "token": Change(edit=lambda stack: stack["ngc"].update(keySecret="other"), rolling=POD),
    "Kubernetes version": Change(edit=_cluster(version="1.36")),
    "a server more": Change(edit=_second_server, created=frozenset({"Deployment second"})),
    "a server less": Change(
        first=_second_server, edit=_without_second_server, deleted=frozenset({"Deployment second"})
    ),
    "a pool more": Change(edit=_second_pool("l40s"), created=frozenset({"NodeGroup further"})),
    "a pool less": Change(
        first=_second_pool("l40s"), edit=_without_second_pool, deleted=frozenset({"NodeGroup further"})
    ),
    "a pool renamed": Change(
        edit=_renamed("pools", "l40s", "other"),
        created=frozenset({"NodeGroup other"}),
        deleted=frozenset({"NodeGroup l40s"}),
        rolling=POD,
    ),
    "a zone less": Change(
        first=lambda stack: stack["network"]["zones"].append("us-east-1c"),
        edit=lambda stack: stack["network"]["zones"].remove("us-east-1c"),
    ),
    "a zone more": Change(edit=lambda stack: stack["network"]["zones"].append("us-east-1c")),
    "machine": Change(edit=_pool("l40s", instanceType="g6e.2xlarge"), rolling=frozenset({"NodeGroup l40s"})),
    "a pool bought otherwise": Change(
        edit=_pool("l40s", capacity={"type": "spot"}),
        destroys=frozenset({"NodeGroup l40s"}),
    ),
    "access": Change(edit=_cluster(publicAccess={"office": "203.0.113.0/24"})),
    "storage size": Change(edit=lambda stack: stack.update(monitoring={"storageGib": 200})),
    "chart value": Change(edit=lambda stack: stack.update(values={"metricsServer": {"replicas": 2}})),
    "namespace": Change(
        edit=lambda stack: stack.update(namespace="elsewhere"),
        destroys=frozenset({"Namespace eks-nim"}),
    ),
    "server renamed": Change(
        edit=_renamed("servers", "llama", "other"),
        created=frozenset({"Deployment other"}),
        deleted=frozenset({"Deployment llama"}),
    ),
}
