"""The nodes of a cluster that is there already, as its stack file states them.

No resource makes them, and how many there are at first nobody says: the cluster's own autoscaler adds each. For what
needs no chips there are nodes of the cluster's own, which no stack file states.
"""

from math import isfinite

from offline import Recording
from rehearsal import gke_nodes
from rehearsal.machines import GKE_DISK_GIB, Machine
from rehearsal.nodes import Pool, Taint
from rehearsal.releases import GPU_OPERATOR, release
from slipway.catalog.machines import GPU_RESOURCE
from slipway.checks.judged import NodesThere, There

ORDINARY_MACHINE, ORDINARY_MAXIMUM = "e2-standard-8", 10


def pools(recording: Recording, there: There) -> list[Pool]:
    """Return the pools of a stack's cluster, those with chips last and with no node to begin with."""
    ordinary = gke_nodes.shape(ORDINARY_MACHINE)
    operator = release(recording, GPU_OPERATOR)
    plugged = GPU_OPERATOR in there.addons or (operator is not None and operator.enabled("devicePlugin"))
    return [
        Pool(
            name="ordinary",
            minimum=1,
            maximum=ORDINARY_MAXIMUM,
            labels=ordinary.labels,
            capacity=ordinary.capacity,
            allocatable=ordinary.allocatable,
        ),
        *(_pool(name, nodes, plugged=plugged) for name, nodes in there.nodes.items()),
    ]


def _pool(name: str, nodes: NodesThere, *, plugged: bool) -> Pool:
    """Return a pool; `plugged` tells whether something advertises GPUs."""
    with_chips = nodes.slice.machine
    machine = Machine.on_gke(with_chips.name)
    disk_gib = nodes.disk_gib if isfinite(nodes.disk_gib) else GKE_DISK_GIB
    seen = plugged or with_chips.chip.resource != GPU_RESOURCE
    devices = {nodes.resource: str(with_chips.chips)} if seen else {}
    return Pool(
        name=name,
        minimum=0,
        maximum=nodes.most,
        labels={"node.kubernetes.io/instance-type": with_chips.name, **nodes.labels},
        taints=(Taint(nodes.resource, "present", "NoSchedule"), *(Taint(*each) for each in nodes.taints)),
        capacity={**machine.capacity(disk_gib), **devices},
        allocatable={**machine.allocatable(disk_gib), **devices},
        step=nodes.slice.hosts,
    )
