"""What the API server itself refuses in the servers' namespace, so that a hand brings back nothing a preview refuses.

The rules are ValidatingAdmissionPolicies: CEL that the API server evaluates, with nothing to install
(https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/).
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.admission_rules import BY_HAND, Rules, containers, rules


class AdmissionPolicies(pulumi.ComponentResource):
    """Rules for pods, Services, Ingresses and autoscalers of a namespace.

    Args:
        registries: what images begin with.
        metrics: the names by which autoscalers ask for series; none where no HorizontalPodAutoscaler is stated here.
        injected: what the names of init containers begin with that the cluster adds to pods; none if it adds none.
        operated: whether an operator makes some of the pods, whose security contexts and limits are its own.
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
        pods = pulumi.Output.all(*registries).apply(lambda known: containers(known, operated=operated))
        for part, each in rules(pods, metrics=metrics, injected=injected).items():
            _policy(f"{name}-{part}", each, namespace, child)
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
            "match_conditions": [
                {"name": "by-hand", "expression": BY_HAND},
                {"name": "judged", "expression": rules.judged},
            ],
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
