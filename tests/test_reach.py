"""Policies that people know, and who reaches whom by them. The API's own definition decides, not an implementation."""

from ipaddress import IPv4Address
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.reach import Cluster, Party, Pod

WEB = Pod(name="web", namespace="shop", labels={"app": "web"}, ports={"http": 8080, "metrics": 9102})
BATCH = Pod(name="batch", namespace="shop", labels={"app": "batch"})
OTHER = Pod(name="other", namespace="blog", labels={"app": "web"})
PROMETHEUS = Pod(name="prometheus", namespace="monitoring", labels={"app": "prometheus"})
OFFICE, STRANGER = IPv4Address("10.1.2.3"), IPv4Address("203.0.113.7")
SPACES = [
    {"kind": "Namespace", "metadata": {"name": "shop"}},
    {"kind": "Namespace", "metadata": {"name": "monitoring", "labels": {"team": "platform"}}},
]

CASES: dict[str, tuple[str, list[tuple[Party, int]], list[tuple[Party, int]]]] = {
    "without a policy everybody reaches everybody": (
        "[]",
        [(BATCH, 8080), (OTHER, 8080), (OFFICE, 8080), (STRANGER, 9102)],
        [],
    ),
    "a policy without rules shuts out everybody": (
        "[{podSelector: {}, policyTypes: [Ingress]}]",
        [],
        [(BATCH, 8080), (OTHER, 8080), (OFFICE, 8080)],
    ),
    "an empty rule lets in everybody": (
        "[{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}]",
        [(BATCH, 8080), (OTHER, 9102), (STRANGER, 8080)],
        [],
    ),
    "a policy for other pods changes nothing": (
        "[{podSelector: {matchLabels: {app: batch}}, policyTypes: [Ingress]}]",
        [(OTHER, 8080)],
        [],
    ),
    "an empty selector of pods means all of this namespace": (
        "[{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}]",
        [(BATCH, 8080)],
        [(OTHER, 8080), (OFFICE, 8080)],
    ),
    "an empty selector of namespaces means all pods and no address": (
        "[{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}]",
        [(BATCH, 8080), (OTHER, 8080), (PROMETHEUS, 8080)],
        [(OFFICE, 8080)],
    ),
    "both selectors of one peer must hold": (
        """[{podSelector: {}, ingress: [{from: [
            {namespaceSelector: {matchLabels: {team: platform}}, podSelector: {matchLabels: {app: prometheus}}}
        ]}]}]""",
        [(PROMETHEUS, 9102)],
        [(OTHER, 9102), (BATCH, 9102)],
    ),
    "of two peers one is enough": (
        """[{podSelector: {}, ingress: [{from: [
            {namespaceSelector: {matchLabels: {team: platform}}}, {podSelector: {matchLabels: {app: batch}}}
        ]}]}]""",
        [(PROMETHEUS, 9102), (BATCH, 8080)],
        [(OTHER, 9102)],
    ),
    "Kubernetes labels a namespace by its name": (
        """[{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [
            {key: kubernetes.io/metadata.name, operator: In, values: [blog]}
        ]}}]}]}]""",
        [(OTHER, 8080)],
        [(BATCH, 8080), (PROMETHEUS, 8080)],
    ),
    "a range leaves out what it excepts": (
        "[{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.1.0.0/16]}}]}]}]",
        [(STRANGER, 8080)],
        [(OFFICE, 8080), (BATCH, 8080)],
    ),
    "a port has a name, a number, or is one of several": (
        """[{podSelector: {}, ingress: [
            {from: [{podSelector: {}}], ports: [{port: http}]},
            {from: [{namespaceSelector: {matchLabels: {team: platform}}}], ports: [{port: 9100, endPort: 9110}]},
        ]}]""",
        [(BATCH, 8080), (PROMETHEUS, 9102)],
        [(BATCH, 9102), (PROMETHEUS, 8080), (PROMETHEUS, 9111)],
    ),
    "UDP is not TCP": (
        "[{podSelector: {}, ingress: [{ports: [{port: 8080, protocol: UDP}]}]}]",
        [],
        [(BATCH, 8080)],
    ),
    "policies add up": (
        """[
            {podSelector: {}, policyTypes: [Ingress]},
            {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: batch}}}]}]},
        ]""",
        [(BATCH, 8080)],
        [(OTHER, 8080)],
    ),
    "expressions hold for labels that are not there, too": (
        """[{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [
            {key: app, operator: Exists},
            {key: app, operator: NotIn, values: [batch]},
            {key: role, operator: DoesNotExist},
        ]}}]}]}]""",
        [(OTHER, 8080), (PROMETHEUS, 8080)],
        [(BATCH, 8080)],
    ),
}
"""The specs of the policies of `shop`, who reaches which port of its web pods by them, and who does not."""


def cluster(specs: str) -> Cluster:
    policies = [
        {"kind": "NetworkPolicy", "metadata": {"name": str(number), "namespace": "shop"}, "spec": spec}
        for number, spec in enumerate(yaml.safe_load(specs))
    ]
    return Cluster.of([*SPACES, *policies])


@pytest.mark.parametrize("case", CASES)
def test_policies_let_in_whom_the_api_says(case: str) -> None:
    specs, comes, stays = CASES[case]
    policies = cluster(specs)
    for source, port in comes:
        assert policies.reaches(source, WEB, port), (source, port)
    for source, port in stays:
        assert not policies.reaches(source, WEB, port), (source, port)


def test_a_connection_needs_both_ends() -> None:
    closed = cluster("[{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{podSelector: {}}]}]}]")
    assert not closed.reaches(BATCH, WEB, 8080)
    assert not closed.reaches(WEB, OTHER, 8080)
    opened = cluster(
        "[{podSelector: {}, ingress: [{}], egress: [{to: [{podSelector: {}}]}], policyTypes: [Ingress, Egress]}]"
    )
    assert opened.reaches(BATCH, WEB, 8080)
    assert not opened.reaches(BATCH, OTHER, 8080)


def test_a_policy_that_only_lets_out_shuts_nobody_out() -> None:
    """Without `policyTypes` a policy is about what comes in, and about what goes out if it has such rules."""
    out = cluster("[{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}]")
    assert out.reaches(STRANGER, WEB, 8080)
    assert out.reaches(WEB, STRANGER, 443)
    assert not out.reaches(WEB, STRANGER, 80)
    both = cluster("[{podSelector: {}, egress: [{ports: [{port: 443}]}]}]")
    assert not both.reaches(STRANGER, WEB, 8080)
    assert not both.reaches(WEB, STRANGER, 80)


def test_an_operator_that_the_api_lacks_is_an_error() -> None:
    wrong = cluster("[{podSelector: {matchExpressions: [{key: app, operator: Like, values: [w]}]}}]")
    with pytest.raises(ValueError, match="'Like' is no operator"):
        wrong.reaches(BATCH, WEB, 8080)


RULES = st.sampled_from([rule for case, *_ in CASES.values() for rule in yaml.safe_load(case)])


@given(rules=st.lists(RULES, min_size=1, max_size=4), more=RULES)
def test_a_further_policy_for_the_same_pods_takes_nothing_away(rules: list[Any], more: Any) -> None:
    closing: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Ingress"]}
    before, after = cluster(yaml.dump([closing, *rules])), cluster(yaml.dump([closing, *rules, more]))
    for source in (BATCH, OTHER, PROMETHEUS, OFFICE, STRANGER):
        for port in (8080, 9102):
            assert not before.reaches(source, WEB, port) or after.reaches(source, WEB, port)
