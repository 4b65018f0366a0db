"""What the API server itself refuses in the servers' namespace, so that a hand brings back nothing a preview refuses.

The rules are ValidatingAdmissionPolicies: CEL that the API server evaluates, with nothing to install
(https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/).
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
SIZED = "has(c.resources) && has(c.resources.limits) && has(c.resources.requests) && 'memory' in c.resources.requests"
POD_SPEC = (
    "object.kind == 'Pod' ? object.spec"
    " : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec"
)
NOTES = "has(object.metadata.annotations) ? object.metadata.annotations : {}"
INTERNAL_SERVICE = {
    "networking.gke.io/load-balancer-type": "Internal",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
}
"""Annotations of Services whose load balancer has an address of the network, whichever cloud makes it."""

ALB = "alb.ingress.kubernetes.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for objects of some kinds.

    Attributes:
        resources: what they are, by API group.
        variables: CEL by the names under which it is used.
    """

    resources: Mapping[str, Sequence[str]]
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    validations: pulumi.Input[Sequence[pulumi.Input[Validation]]]


class AdmissionPolicies(pulumi.ComponentResource):
    """Rules for pods, Services, Ingresses and autoscalers of a namespace.

    Args:
        registries: what images begin with.
        metrics: the names by which autoscalers ask for series; none where no HorizontalPodAutoscaler is stated here.
        injected: what the names of init containers begin with that the cluster adds to pods; none if it adds none.
        operated: whether an operator makes some of the pods, whose security contexts are its own.
    """

    def __init__(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        registries: Sequence[pulumi.Input[str]],
        metrics: Sequence[str],
        injected: str = "",
        operated: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:AdmissionPolicies", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        parts = {
            "pods": Rules(
                resources={
                    "": ["pods"],
                    "apps": ["daemonsets", "deployments", "replicasets", "statefulsets"],
                    "batch": ["cronjobs", "jobs"],
                },
                variables={"spec": POD_SPEC, "own": _own(injected)},
                validations=pulumi.Output.all(*registries).apply(lambda known: _containers(known, operated=operated)),
            ),
            "services": Rules(resources={"": ["services"]}, variables={"notes": NOTES}, validations=_SERVICES),
            "ingresses": Rules(
                resources={"networking.k8s.io": ["ingresses"]}, variables={"notes": NOTES}, validations=_INGRESSES
            ),
        }
        if metrics:
            parts["autoscalers"] = Rules(
                resources={"autoscaling": ["horizontalpodautoscalers"]}, validations=[_proven(metrics)]
            )
        for part, rules in parts.items():
            _policy(f"{name}-{part}", rules, namespace, child)
        self.register_outputs({})


def _policy(name: str, rules: Rules, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
    """Create a policy and what puts it into force in one namespace."""
    policy = k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
        name,
        spec={
            "failure_policy": "Fail",
            "match_constraints": {
                "resource_rules": [
                    {
                        "api_groups": [group],
                        "api_versions": ["*"],
                        "operations": ["CREATE", "UPDATE"],
                        "resources": list(kinds),
                    }
                    for group, kinds in rules.resources.items()
                ]
            },
            "variables": [{"name": each, "expression": cel} for each, cel in rules.variables.items()],
            "validations": rules.validations,
        },
        opts=opts,
    )
    k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        name,
        spec={
            "policy_name": policy.metadata["name"],
            "validation_actions": ["Deny"],
            "match_resources": {"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": namespace}}},
        },
        opts=opts,
    )


def _own(injected: str) -> str:
    """Return CEL for the containers that somebody has written."""
    mine = f".filter(c, !c.name.startsWith('{injected}'))" if injected else ""
    return (
        f"variables.spec.containers + (has(variables.spec.initContainers) ? variables.spec.initContainers{mine} : [])"
    )


def _containers(registries: Sequence[str], *, operated: bool) -> list[Validation]:
    """Return what holds for each container."""
    known = json.dumps(sorted({*registries}))
    own = "variables.own"
    found = [
        _each(own, f"c.image.matches('{PINNED}')", "is of an image without a version; name one, or a digest"),
        _each(
            own,
            f"{known}.exists(r, c.image.startsWith(r))",
            f"is of an image from none of {known.replace(chr(34), '')}; change the stack file instead",
        ),
    ]
    if operated:
        return found
    return [
        *found,
        _each(own, UNPRIVILEGED, "may gain privileges; write securityContext.allowPrivilegeEscalation: false"),
        _each("variables.spec.containers", SIZED, "states no limits, or does not request memory; state both"),
    ]


def _each(containers: str, holds: str, words: str) -> Validation:
    return {
        "expression": f"{containers}.all(c, {holds})",
        "message_expression": f"{containers}.filter(c, !({holds})).map(c, c.name).join(', ') + ' {words}'",
    }


def _annotated(key: str, value: str) -> str:
    return f"('{key}' in variables.notes && variables.notes['{key}'] == '{value}')"


_SERVICES: list[Validation] = [
    {
        "expression": "object.spec.type == 'ClusterIP' || object.spec.type == 'LoadBalancer' && "
        f"({' || '.join(_annotated(key, value) for key, value in INTERNAL_SERVICE.items())})",
        "message": "the Service is open to other networks, and engines answer strangers on some paths; change exposure "
        "in the stack file instead",
    },
    {
        "expression": "!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0",
        "message": "the Service takes addresses that are not its own; leave out externalIPs",
    },
]

_INGRESSES: list[Validation] = [
    {
        "expression": f"{_annotated(f'{ALB}/scheme', 'internal')} || "
        + " && ".join(f"'{ALB}/{key}' in variables.notes" for key in ("certificate-arn", "inbound-cidrs"))
        + " && has(object.spec.rules) && object.spec.rules.all(r, has(r.http) && r.http.paths.all(p, "
        "p.path == '/v1' || p.path.startsWith('/v1/')))",
        "message": "the Ingress is public, and is not for certain ranges by HTTPS on /v1 alone; change exposure in the "
        "stack file instead",
    }
]


def _proven(metrics: Sequence[str]) -> Validation:
    known = json.dumps(sorted({*metrics}))
    return {
        "expression": "has(object.spec.metrics) && object.spec.metrics.all(m, "
        f"m.type == 'Pods' && m.pods.metric.name in {known})",
        "message": f"the autoscaler follows something else than {known}, which alone is known to be there; change "
        "autoscaling in the stack file instead",
    }
