"""Node pools and the Node objects that a cloud would make for them; kwok plays their kubelets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.client import Json

POOL_LABEL = "rehearsal.slipway/pool"
STEP_LABEL = "rehearsal.slipway/step"


class UnknownMachineError(Exception):
    """A machine type of which neither cores nor memory are known."""


@dataclass(frozen=True, slots=True)
class Taint:
    """What keeps pods without a toleration for it off a node; `effect` is a Kubernetes taint effect."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Nodes alike.

    Attributes:
        name: its name; the names of its nodes begin with it.
        minimum: fewest nodes.
        maximum: most nodes.
        labels: what its nodes carry beside the labels that every node has.
        taints: what keeps pods off its nodes.
        capacity: Kubernetes quantities by resource name, of one node.
        allocatable: the same, as far as the node leaves it to pods.
        step: nodes that come and go together: 1, or the hosts of one slice.
    """

    name: str
    minimum: int
    maximum: int
    labels: Mapping[str, str]
    taints: tuple[Taint, ...] = ()
    capacity: Mapping[str, str]
    allocatable: Mapping[str, str]
    step: int = 1

    def __post_init__(self) -> None:
        if self.minimum % self.step or self.maximum % self.step or not 0 <= self.minimum <= self.maximum:
            raise ValueError(
                f"pool {self.name}: {self.minimum} to {self.maximum} nodes, {self.step} at a time; both bounds must be "
                f"multiples of {self.step}, and the lower one at least 0 and at most the upper one"
            )


def nodes_of_step(pool: Pool, step: int) -> list[Json]:
    """Return the Node objects of the pool's step number `step`, counted from 0."""
    return [_node(pool, step, pool.step * step + host) for host in range(pool.step)]


def initial_nodes(pools: Sequence[Pool], *, first: int = 0) -> list[Json]:
    """Return the nodes of all pools at their minimum; steps are counted from `first`."""
    steps = {pool.name: range(first, first + pool.minimum // pool.step) for pool in pools}
    return [node for pool in pools for step in steps[pool.name] for node in nodes_of_step(pool, step)]


def _node(pool: Pool, step: int, number: int) -> Json:
    name = f"{pool.name}-{number}"
    own = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        POOL_LABEL: pool.name,
        STEP_LABEL: str(step),
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {**own, **pool.labels}},
        "spec": {
            "taints": [{"key": each.key, "value": each.value, "effect": each.effect} for each in pool.taints],
        },
        "status": {"capacity": dict(pool.capacity), "allocatable": dict(pool.allocatable)},
    }
