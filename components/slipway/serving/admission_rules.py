"""What a pod, a Service, an Ingress and an autoscaler of the servers' namespace must be, in CEL.

CEL in a cluster: https://kubernetes.io/docs/reference/using-api/cel/. Pulumi's policy pack (policy/) evaluates it, too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

Validation = k8s.admissionregistration.v1.ValidationArgsDict

PINNED = "@sha256:[0-9a-f]{64}$|:[^:/]*[0-9][^:/]*$"
"""A digest, or a tag with a number in it."""

UNPRIVILEGED = (
    "has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation)"
    " && !c.securityContext.allowPrivilegeEscalation"
    " && !(has(c.securityContext.privileged) && c.securityContext.privileged)"
)
OPERATED = (
    "has(object.metadata.ownerReferences) && (object.kind in ['Pod', 'ReplicaSet']"
    " || object.metadata.ownerReferences.exists(o, o.apiVersion.startsWith('apps.nvidia.com/')))"
)
"""The NIM operator owns what it makes, and pods of a workload are what that says, which is judged when it is written.
An owner that does not exist has the API server take its objects away."""

SIZED = "has(c.resources) && has(c.resources.limits) && has(c.resources.requests) && 'memory' in c.resources.requests"
POD_SPEC = (
    "object.kind == 'Pod' ? object.spec"
    " : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec"
)
OTHER_PODS = f"oldObject == null || ({POD_SPEC}) != ({POD_SPEC.replace('object.spec', 'oldObject.spec')})"
"""Pods are not what they were: what was there before a rule may be scaled down, finished and deleted."""

BY_HAND = (
    "!(has(request.options) && has(request.options.fieldManager)"
    " && request.options.fieldManager.startsWith('pulumi-kubernetes'))"
)
"""Somebody else than Pulumi writes, whose preview has judged already: a policy holds a moment after its update only."""

STAYS = "!has(object.metadata.deletionTimestamp)"
"""Nothing but its finalizers is left to change of an object that goes."""

NOTES = "has(object.metadata.annotations) ? object.metadata.annotations : {}"
INTERNAL_SERVICE = {
    "networking.gke.io/load-balancer-type": "Internal",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
}
"""Annotations of Services whose load balancer has an address of the network, whichever cloud makes it."""

ALB = "alb.ingress.kubernetes.io"


def own(injected: str) -> str:
    """Return CEL for the containers that somebody has written: a cluster adds to the pods of what is written."""
    made = "object.kind == 'Pod' && has(object.metadata.ownerReferences)"
    mine = f".filter(c, !({made} && c.name.startsWith('{injected}')))" if injected else ""
    return (
        f"variables.spec.containers + (has(variables.spec.initContainers) ? variables.spec.initContainers{mine} : [])"
    )


def containers(registries: Sequence[str], *, operated: bool) -> list[Validation]:
    """Return what holds for each container.

    Args:
        operated: whether an operator makes some of them, whose security contexts and limits are its own.
    """
    known = json.dumps(sorted({*registries}))
    written = "variables.own"
    found = [
        _each(written, f"c.image.matches('{PINNED}')", "is of an image without a version; name one, or a digest"),
        _each(
            written,
            f"{known}.exists(r, c.image.startsWith(r))",
            f"is of an image from none of {known.replace(chr(34), '')}; change the stack file instead",
        ),
    ]
    unless = f"({OPERATED}) || " if operated else ""
    return [
        *found,
        _each(
            written, UNPRIVILEGED, "may gain privileges; write securityContext.allowPrivilegeEscalation: false", unless
        ),
        _each("variables.spec.containers", SIZED, "states no limits, or does not request memory; state both", unless),
    ]


def _each(containers: str, holds: str, words: str, unless: str = "") -> Validation:
    return {
        "expression": f"{unless}{containers}.all(c, {holds})",
        "message_expression": f"{containers}.filter(c, !({holds})).map(c, c.name).join(', ') + ' {words}'",
    }


def _annotated(key: str, value: str) -> str:
    return f"('{key}' in variables.notes && variables.notes['{key}'] == '{value}')"


SERVICES: list[Validation] = [
    {
        "expression": "!has(object.spec.type) || object.spec.type == 'ClusterIP'"
        " || object.spec.type == 'LoadBalancer' && "
        f"({' || '.join(_annotated(key, value) for key, value in INTERNAL_SERVICE.items())})",
        "message": "the Service is open to other networks, and engines answer strangers on some paths; change exposure "
        "in the stack file instead",
    },
    {
        "expression": "!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0",
        "message": "the Service takes addresses that are not its own; leave out externalIPs",
    },
]

INGRESSES: list[Validation] = [
    {
        "expression": f"{_annotated(f'{ALB}/scheme', 'internal')} || "
        + " && ".join(f"'{ALB}/{key}' in variables.notes" for key in ("certificate-arn", "inbound-cidrs"))
        + " && has(object.spec.rules) && object.spec.rules.all(r, has(r.http) && r.http.paths.all(p, "
        "p.path == '/v1' || p.path.startsWith('/v1/')))",
        "message": "the Ingress is public, and is not for certain ranges by HTTPS on /v1 alone; change exposure in the "
        "stack file instead",
    }
]


def proven(metrics: Sequence[str]) -> Validation:
    """Return what holds for an autoscaler: it follows series that are known to be there."""
    known = json.dumps(sorted({*metrics}))
    return {
        "expression": "has(object.spec.metrics) && object.spec.metrics.all(m, "
        f"m.type == 'Pods' && m.pods.metric.name in {known})",
        "message": f"the autoscaler follows something else than {known}, which alone is known to be there; change "
        "autoscaling in the stack file instead",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for objects of some kinds.

    Attributes:
        resources: what they are, by API group.
        judged: CEL for whether a write is judged at all.
        variables: CEL by the names under which it is used.
    """

    resources: Mapping[str, Sequence[str]]
    judged: str = STAYS
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    validations: pulumi.Input[Sequence[pulumi.Input[Validation]]]


def rules(
    pods: pulumi.Input[Sequence[pulumi.Input[Validation]]], *, metrics: Sequence[str], injected: str = ""
) -> dict[str, Rules]:
    """Return the rules of a namespace by what they are about.

    Args:
        pods: what holds for each of their containers.
        metrics: the names by which autoscalers ask for series; none where no HorizontalPodAutoscaler is stated here.
        injected: what the names of init containers begin with that the cluster adds to pods; none if it adds none.
    """
    found = {
        "pods": Rules(
            resources={
                "": ["pods"],
                "apps": ["daemonsets", "deployments", "replicasets", "statefulsets"],
                "batch": ["cronjobs", "jobs"],
            },
            judged=OTHER_PODS,
            variables={"spec": POD_SPEC, "own": own(injected)},
            validations=pods,
        ),
        "services": Rules(resources={"": ["services"]}, variables={"notes": NOTES}, validations=SERVICES),
        "ingresses": Rules(
            resources={"networking.k8s.io": ["ingresses"]}, variables={"notes": NOTES}, validations=INGRESSES
        ),
    }
    if metrics:
        autoscalers = {"autoscaling": ["horizontalpodautoscalers"]}
        found["autoscalers"] = Rules(resources=autoscalers, validations=[proven(metrics)])
    return found
