"""Pods, addresses and the policies between them, as the API of Kubernetes defines these
(https://kubernetes.io/docs/concepts/services-networking/network-policies/).

Left out is what needs no policy: a node reaches its own pods, and an answer goes back on its connection.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Literal

from slipway.checks.selectors import matches

Manifest = Mapping[str, Any]
Direction = Literal["Ingress", "Egress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod, there or only thought of.

    Attributes:
        name: of what makes it.
        ports: that it listens on, by their names.
    """

    name: str
    namespace: str
    labels: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict[str, int])


Party = Pod | IPv4Address
"""One end of a connection; an address is never that of a pod."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Policies, and the labels of namespaces.

    Attributes:
        policies: NetworkPolicies in wire form, each with its namespace.
        namespaces: labels by the namespace's name; another one has none but its name.
    """

    policies: Sequence[Manifest]
    namespaces: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, objects: Iterable[Manifest]) -> "Cluster":
        """Return what Kubernetes objects in wire form say of it."""
        objects = list(objects)
        return cls(
            policies=[each for each in objects if each["kind"] == "NetworkPolicy"],
            namespaces={
                each["metadata"]["name"]: each["metadata"].get("labels", {})
                for each in objects
                if each["kind"] == "Namespace"
            },
        )

    def reaches(self, source: Party, target: Party, port: int, protocol: str = "TCP") -> bool:
        """Whether a connection from one to the other comes about: its end lets it in, and its beginning out."""
        named: Mapping[str, int] = target.ports if isinstance(target, Pod) else {}
        ends: tuple[tuple[Party, Direction, Party], ...] = ((source, "Egress", target), (target, "Ingress", source))
        return all(
            self._lets(pod, direction, other, port, protocol, named)
            for pod, direction, other in ends
            if isinstance(pod, Pod)
        )

    def _lets(
        self, pod: Pod, direction: Direction, other: Party, port: int, protocol: str, named: Mapping[str, int]
    ) -> bool:
        """Whether a pod's own policies let a connection through; without one of that direction they all do."""
        about = [each for each in self.policies if self._selects(each, pod) and direction in _types(each["spec"])]
        if not about:
            return True
        peers_key = "from" if direction == "Ingress" else "to"
        return any(
            _on_port(rule.get("ports"), port, protocol, named)
            and self._among(rule.get(peers_key), other, policy["metadata"]["namespace"])
            for policy in about
            for rule in policy["spec"].get(direction.lower()) or ()
        )

    def _selects(self, policy: Manifest, pod: Pod) -> bool:
        return policy["metadata"]["namespace"] == pod.namespace and matches(policy["spec"]["podSelector"], pod.labels)

    def _among(self, peers: Sequence[Manifest] | None, party: Party, namespace: str) -> bool:
        """Whether somebody is among the peers of a rule; a rule without any means everybody."""
        return not peers or any(self._is(peer, party, namespace) for peer in peers)

    def _is(self, peer: Manifest, party: Party, namespace: str) -> bool:
        if block := peer.get("ipBlock"):
            return isinstance(party, IPv4Address) and _within(block, party)
        if not isinstance(party, Pod):
            return False
        if (spaces := peer.get("namespaceSelector")) is None:
            there = party.namespace == namespace
        else:
            own = {"kubernetes.io/metadata.name": party.namespace}
            there = matches(spaces, {**self.namespaces.get(party.namespace, {}), **own})
        return there and matches(peer.get("podSelector", {}), party.labels)


def _types(spec: Manifest) -> Sequence[str]:
    return spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _within(block: Manifest, address: IPv4Address) -> bool:
    excepted = any(address in IPv4Network(cidr) for cidr in block.get("except", ()))
    return address in IPv4Network(block["cidr"]) and not excepted


def _on_port(ports: Sequence[Manifest] | None, port: int, protocol: str, named: Mapping[str, int]) -> bool:
    """Whether a port is among those of a rule, which may give names of ports of the target; without any, all are."""
    return not ports or any(
        each.get("protocol", "TCP") == protocol and _covers(each.get("port"), each.get("endPort"), port, named)
        for each in ports
    )


def _covers(first: int | str | None, last: int | None, port: int, named: Mapping[str, int]) -> bool:
    if first is None:
        return True
    if isinstance(first, str):
        return named.get(first) == port
    return first <= port <= (last or first)
