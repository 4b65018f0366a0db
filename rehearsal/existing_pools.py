"""The nodes of a cluster that is there already, as its stack file states them.

No resource makes them, and how many there are at first nobody says: the cluster's own autoscaler adds each. For what
needs no chips there are nodes of the cluster's own, which no stack file states.
"""

from offline import Recording
from rehearsal import gke_nodes
from rehearsal.machines import Machine
from rehearsal.nodes import Pool, Taint
from rehearsal.releases import GPU_OPERATOR, release
from slipway.checks.judged import NodesThere, There


def pools(recording: Recording, there: There) -> list[Pool]:
    """Return the pools of a stack's cluster, those with chips last and with no node to begin with."""
    operator = release(recording, GPU_OPERATOR)
    plugged = GPU_OPERATOR in there.addons or (operator is not None and operator.enabled("devicePlugin"))
    return [
        gke_nodes.ordinary("ordinary"),
        *(_pool(name, nodes, plugged=plugged) for name, nodes in there.nodes.items()),
    ]


def _pool(name: str, nodes: NodesThere, *, plugged: bool) -> Pool:
    """Return a pool; `plugged` tells whether something advertises GPUs, which GKE does by itself."""
    with_chips = nodes.slice.machine
    machine = Machine.on_gke(with_chips.name)
    devices = {nodes.resource: str(with_chips.chips)} if plugged or with_chips.provider == "gke" else {}
    return Pool(
        name=name,
        minimum=0,
        maximum=nodes.most,
        labels={"node.kubernetes.io/instance-type": with_chips.name, **nodes.labels},
        taints=(Taint(nodes.resource, "present", "NoSchedule"), *(Taint(*each) for each in nodes.taints)),
        capacity={**machine.capacity(nodes.disk_gib), **devices},
        allocatable={**machine.allocatable(nodes.disk_gib), **devices},
        step=nodes.slice.hosts,
    )
