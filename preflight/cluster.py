"""What a cluster that is there already answers to `kubectl` of whoever asks: version, kinds, Secrets.

No value of a Secret is read: kubectl is asked for the names of its keys.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial

from offline import Recording
from preflight import pods
from preflight.command import RefusedError, output
from preflight.question import Answer, Question, UnansweredError
from slipway.checks import Finding

SIGN_IN = "kubectl config use-context <context>, or name it under cluster.access"
REQUEST_SECONDS = 5
KEYS = "{{range $key, $value := .data}}{{$key}} {{end}}"
"""A template that prints the keys of a Secret and nothing else of it."""


def questions(recording: Recording) -> Iterator[Question]:
    """Yield what to ask the cluster of a stack that does not make one."""
    if recording.of("gcp:container/cluster:Cluster", "aws:eks/cluster:Cluster"):
        return
    for provider in recording.of("pulumi:providers:kubernetes"):
        if "kubeconfig" in provider.inputs:
            yield Question("the cluster", "cluster.access", _sealed)
            return
        context = provider.inputs.get("context")
        kubectl = ("kubectl", f"--request-timeout={REQUEST_SECONDS}s", *(("--context", context) if context else ()))
        yield Question("version of the cluster", "cluster.access", partial(_version, kubectl))
        yield Question("kinds of its API", "cluster.present", partial(_kinds, kubectl, recording))
        for (namespace, name), keys in pods.secrets(recording).items():
            about = f"Secret {namespace}/{name}"
            yield Question(about, "cluster.access", partial(_secret, kubectl, namespace, name, keys))


def _sealed() -> Answer:
    message = "its kubeconfig is a Pulumi secret, which is not opened here"
    raise UnansweredError(message, "ask it by hand, or name a context of your own under cluster.access")


def _version(kubectl: Sequence[str]) -> Answer:
    found = json.loads(output([*kubectl, "get", "--raw", "/version"], SIGN_IN))
    return Answer(f"Kubernetes {found['gitVersion']}")


def _kinds(kubectl: Sequence[str], recording: Recording) -> Answer:
    """Groups that a chart of the stack brings are not missed: they come with it."""
    groups = json.loads(output([*kubectl, "get", "--raw", "/apis"], SIGN_IN))["groups"]
    served = {version["groupVersion"] for group in groups for version in group["versions"]}
    brought = {
        _group(resource.inputs["apiVersion"])
        for resource in recording.resources
        if resource.is_kubernetes_object and _waits_for_chart(recording, resource.urn)
    }
    used = {
        resource.inputs["apiVersion"]
        for resource in recording.resources
        if resource.is_kubernetes_object and "/" in resource.inputs["apiVersion"]
    }
    missing = sorted(each for each in used - served if _group(each) not in brought)
    text = f"{len(used) - len(missing)} of {len(used)} versions of APIs are served or come with a chart"
    if not missing:
        return Answer(text)
    message = f"the cluster does not serve {', '.join(missing)}, and no chart of the stack brings it"
    remedy = "upgrade the cluster, or take what brings it out of cluster.present so that Slipway installs it"
    return Answer(text, (Finding("preflight.kinds", "cluster.present", message, remedy),))


def _waits_for_chart(recording: Recording, urn: str) -> bool:
    """Whether an object is created only after some chart of the stack."""
    seen: set[str] = set()
    waiting = [urn]
    while waiting:
        resource = recording.by_urn.get(waiting.pop())
        if resource is None or resource.urn in seen:
            continue
        seen.add(resource.urn)
        if resource.type == "kubernetes:helm.sh/v3:Release":
            return True
        waiting += resource.dependencies
    return False


def _group(api_version: str) -> str:
    return api_version.partition("/")[0]


def _secret(kubectl: Sequence[str], namespace: str, name: str, keys: set[str]) -> Answer:
    words = [*kubectl, "get", "secret", name, "--namespace", namespace, "--output", f"go-template={KEYS}"]
    try:
        found = set(output(words, SIGN_IN).split())
    except RefusedError as error:
        if "NotFound" not in str(error):
            raise
        return Answer("not there", (_missing(namespace, name, keys, f"there is no Secret {name} in {namespace}"),))
    missing = sorted(keys - found)
    if not missing:
        return Answer(f"there, with {', '.join(sorted(keys)) or 'whatever it holds'}")
    message = f"Secret {name} in {namespace} lacks {', '.join(missing)}; it has {', '.join(sorted(found)) or 'nothing'}"
    return Answer("lacks a key", (_missing(namespace, name, keys, message),))


def _missing(namespace: str, name: str, keys: set[str], message: str) -> Finding:
    if ".dockerconfigjson" in keys:
        rest = "--docker-server=<registry> --docker-username=<user> --docker-password=<key>"
        command = f"kubectl create secret docker-registry {name} --namespace {namespace} {rest}"
    else:
        values = " ".join(f"--from-literal={key}=<value>" for key in sorted(keys) or ["<key>"])
        command = f"kubectl create secret generic {name} --namespace {namespace} {values}"
    return Finding("preflight.secret", "cluster.access", f"{message}: pods wait for it", command, "warning")
