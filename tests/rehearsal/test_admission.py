"""The API server refuses in the servers' namespace what a preview refuses, and takes everything of ours."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from offline import Recording
from offline.manifests import manifest
from rehearsal import lifecycle
from rehearsal.client import ApiError, Client, Json
from tests.invariants.objects import pods
from tests.rehearsal.objects import deployment, eventually, namespace

JUDGED = ("Deployment", "StatefulSet", "Job", "CronJob", "Service", "Ingress", "HorizontalPodAutoscaler")
POLICIES = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
Violation = Callable[[Json], object]
REPLICAS = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "older-1", "uid": "1"}


def objects(recording: Recording) -> list[Json]:
    return [manifest(each) for each in recording.resources if each.is_kubernetes_object]


def guard(client: Client, recording: Recording, *there: Json, space: str = "") -> str:
    """Put the policies of a stack into force in a namespace of their own with objects in it, and return its name."""
    space = space or f"guarded-{recording.stack}"
    found = objects(recording)
    policies = [each for each in found if each["kind"] in POLICIES]
    for each in policies:
        if each["kind"] == POLICIES[1]:
            each["spec"]["matchResources"]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] = space
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": space}}
    own = [_moved(each, space) for each in found if each["kind"] == "ServiceAccount"]
    priorities = [each for each in found if each["kind"] == "PriorityClass"]
    assert not lifecycle.apply(client, [namespace(space), account, *own, *priorities, *there, *policies])
    loose = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "loose", "namespace": space},
        "spec": {"containers": [{"name": "loose", "image": "loose"}]},
    }
    opened = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "loose", "namespace": space},
        "spec": {"type": "NodePort", "ports": [{"port": 80}]},
    }
    for each in (loose, opened):
        eventually(lambda each=each: "ValidatingAdmissionPolicy" in refusal(client, each))
    return space


def _moved(item: Json, space: str) -> Json:
    return {**item, "metadata": {**item["metadata"], "namespace": space}}


def refusal(client: Client, item: Json, **parameters: str) -> str:
    """Return why the API server would not create an object; nothing if it would."""
    kind = client.kind(item["apiVersion"], item["kind"])
    path = kind.path(namespace=item["metadata"]["namespace"])
    try:
        client.request("POST", path, body=item, parameters={"dryRun": "All", **parameters})
    except ApiError as error:
        return str(error)
    return ""


def judged(recording: Recording, space: str) -> Iterator[Json]:
    """Yield what of a stack's serving namespace the policies look at, and a pod of each of its templates."""
    [serving] = [
        each.inputs["metadata"]["name"]
        for each in recording.of("kubernetes:core/v1:Namespace")
        if "ServingNamespace" in str(each.parent)
    ]
    for each in objects(recording):
        if each["kind"] in JUDGED and each["metadata"].get("namespace") == serving:
            yield _moved(each, space)
    for owner, template in pods(recording):
        if owner.inputs["metadata"]["namespace"] == serving:
            labels = template["metadata"]["labels"]
            name = owner.inputs["metadata"]["name"]
            # The template says of these what the operator's Deployment gets, which a hand writes nowhere.
            owners = [REPLICAS] if owner.inputs["kind"] == "NIMService" else []
            yield {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "namespace": space, "labels": labels, "ownerReferences": owners},
                "spec": template["spec"],
            }


def test_every_object_of_every_stack_is_admitted(client: Client, recordings: Mapping[str, Recording]) -> None:
    refused: dict[str, str] = {}
    for recording in recordings.values():
        space = guard(client, recording)
        found = list(judged(recording, space))
        assert found
        refused |= {f"{space}: {each['kind']} {each['metadata']['name']}": refusal(client, each) for each in found}
    assert not {name: why for name, why in refused.items() if why}


def containers(item: Json) -> list[Json]:
    spec = item["spec"]
    spec = spec["jobTemplate"]["spec"] if item["kind"] == "CronJob" else spec
    return (spec["template"]["spec"] if item["kind"] != "Pod" else spec)["containers"]


def image(name: str) -> Violation:
    return lambda item: containers(item)[0].update(image=name)


def secured(**context: Any) -> Violation:
    return lambda item: containers(item)[0].update(securityContext=context)


def spec(**more: Any) -> Violation:
    return lambda item: item["spec"].update(more)


VIOLATIONS: dict[str, tuple[str, str, Violation, str]] = {
    "no tag": ("Deployment", "llama", image("docker.io/vllm/vllm-openai"), "image without a version"),
    "latest": ("Pod", "llama", image("docker.io/vllm/vllm-openai:latest"), "image without a version"),
    "another registry": ("Deployment", "llama", image("ghcr.io/vllm/vllm-openai:v0.27.0"), "from none of [docker.io/"),
    "a name like a registry's": ("CronJob", "", image("docker.io.evil.example/x:1"), "from none of"),
    "privileged": (
        "Pod",
        "llama-load",
        secured(privileged=True, allowPrivilegeEscalation=True),
        "clients may gain privileges",
    ),
    "no security context": ("Deployment", "llama-load", secured(), "may gain privileges"),
    "no requests": (
        "Deployment",
        "llama",
        lambda item: containers(item)[0].update(resources={"limits": {"cpu": "1"}}),
        "states no limits, or does not request memory",
    ),
    "no limits": (
        "Pod",
        "llama-load",
        lambda item: containers(item)[0].update(resources={"requests": {"memory": "1Gi"}}),
        "states no limits",
    ),
    "a load balancer for everybody": ("Service", "llama", spec(type="LoadBalancer"), "open to other networks"),
    "a port of every node": ("Service", "llama", spec(type="NodePort"), "open to other networks"),
    "somebody else's address": ("Service", "llama", spec(externalIPs=["192.0.2.1"]), "addresses that are not its own"),
    "a signal that nobody proved": (
        "HorizontalPodAutoscaler",
        "llama",
        lambda item: item["spec"]["metrics"][0]["pods"]["metric"].update(name="vllm:num_requests_wating"),
        "follows something else than",
    ),
    "the cores of a pod": (
        "HorizontalPodAutoscaler",
        "llama",
        spec(
            metrics=[
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                }
            ]
        ),
        "follows something else than",
    ),
}
"""Kind and name of an object, what a hand does to it, and what the API server says."""


def test_every_violation_is_refused_with_what_to_do(client: Client, recordings: Mapping[str, Recording]) -> None:
    recording = recordings["eks-nim"]
    space = guard(client, recording)
    known = list(judged(recording, space))
    for case, (kind, name, violate, said) in VIOLATIONS.items():
        item = next(
            copy.deepcopy(each) for each in known if each["kind"] == kind and name in ("", each["metadata"]["name"])
        )
        violate(item)
        assert said in refusal(client, item), case


PUBLIC: dict[str, Callable[[Json], object]] = {
    "without ranges": lambda item: item["metadata"]["annotations"].pop("alb.ingress.kubernetes.io/inbound-cidrs"),
    "in plain text": lambda item: item["metadata"]["annotations"].pop("alb.ingress.kubernetes.io/certificate-arn"),
    "on every path": lambda item: item["spec"]["rules"][0]["http"]["paths"][0].update(path="/"),
    "on a path that begins alike": lambda item: item["spec"]["rules"][0]["http"]["paths"][0].update(path="/v1x"),
}


@pytest.mark.parametrize("case", PUBLIC)
def test_a_public_ingress_is_for_ranges_by_https_on_the_paths_that_want_the_key(
    case: str, client: Client, recordings: Mapping[str, Recording]
) -> None:
    recording = recordings["eks-exposed"]
    space = guard(client, recording)
    [web] = [
        each for each in judged(recording, space) if (each["kind"], each["metadata"]["name"]) == ("Ingress", "web")
    ]
    assert not refusal(client, web)
    changed = copy.deepcopy(web)
    PUBLIC[case](changed)
    assert "the Ingress is public" in refusal(client, changed)


def test_what_pulumi_writes_is_judged_by_its_preview(client: Client, recordings: Mapping[str, Recording]) -> None:
    space = guard(client, recordings["eks-nim"])
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "open", "namespace": space},
        "spec": {"type": "NodePort", "ports": [{"port": 80}]},
    }
    assert refusal(client, service, fieldManager="kubectl-edit")
    assert not refusal(client, service, fieldManager="pulumi-kubernetes-8f3a")


def test_what_was_there_before_a_rule_is_scaled_and_goes_but_gets_no_other_pods(
    client: Client, recordings: Mapping[str, Recording]
) -> None:
    """A rollout scales the ReplicaSet of its last revision down, whose image may be from a registry that is gone."""
    space, old = "guarded-late", {"containers": [{"name": "old", "image": "old.example/engine:1"}]}
    workload = deployment("old", space, 0, {"spec": old})
    guard(client, recordings["eks-nim"], workload, space=space)
    client.patch(workload, {"metadata": {"finalizers": ["example.com/slow"]}, "spec": {"replicas": 1}})
    worse = {"containers": [{"name": "old", "image": "old.example/engine:2"}]}
    with pytest.raises(ApiError, match="old is of an image from none of"):
        client.patch(workload, {"spec": {"template": {"spec": worse}}})
    client.delete(workload)
    client.patch(workload, {"metadata": {"finalizers": None}})
    assert client.get(workload) is None


def test_what_google_cloud_puts_into_pods_is_left_alone_and_nothing_else_is(
    client: Client, recordings: Mapping[str, Recording]
) -> None:
    """The webhook of Cloud Storage FUSE adds a native side-car, before the API server evaluates any policy."""
    recording = recordings["gke-tpu"]
    space = guard(client, recording)
    known = judged(recording, space)
    llama = next(each for each in known if (each["kind"], each["metadata"]["name"]) == ("Pod", "llama"))
    sidecar = {"image": "gke.gcr.io/gcs-fuse-csi-driver-sidecar-mounter:v1.22.4-gke.1", "restartPolicy": "Always"}
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "llama", "uid": "1", "controller": True}
    for name, owners, admitted in (
        ("gke-gcsfuse-sidecar", [owner], True),
        ("gke-gcsfuse-sidecar", [], False),
        ("own", [owner], False),
    ):
        item = copy.deepcopy(llama)
        item["metadata"]["ownerReferences"] = owners
        item["spec"]["initContainers"] = [{"name": name, **sidecar}]
        assert (f"{name} is of an image from none of" not in refusal(client, item)) == admitted
        assert bool(refusal(client, item)) != admitted
    workload = next(each for each in judged(recording, space) if each["kind"] == "Deployment")
    workload["spec"]["template"]["spec"]["initContainers"] = [{"name": "gke-own", **sidecar}]
    assert "gke-own is of an image from none of" in refusal(client, workload)


def test_what_the_nim_operator_owns_has_its_own_security_context_and_nothing_else_has(
    client: Client, recordings: Mapping[str, Recording]
) -> None:
    recording = recordings["eks-nim-operator"]
    space = guard(client, recording)
    loose = {"containers": [{"name": "loose", "image": "nvcr.io/nim/meta/llama-3.1-8b-instruct:2.0.13"}]}
    workload = deployment("loose", space, 1, {"spec": loose})
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "loose", "namespace": space}, "spec": loose}
    service = {"apiVersion": "apps.nvidia.com/v1alpha1", "kind": "NIMService", "name": "older", "uid": "1"}
    cases: list[tuple[Json, Json | None, bool]] = [
        (workload, None, False),
        (workload, service, True),
        (workload, REPLICAS, False),
        (pod, None, False),
        (pod, REPLICAS, True),
    ]
    for item, owner, admitted in cases:
        owned = {**item, "metadata": {**item["metadata"], "ownerReferences": [owner] if owner else []}}
        said = refusal(client, owned)
        assert ("loose may gain privileges" not in said) == admitted == (not said), (item["kind"], owner)
