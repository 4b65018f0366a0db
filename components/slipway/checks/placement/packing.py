"""How pods share nodes: chips, main memory, cores, and disk, of which an image takes its part once a node."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil, inf

from slipway.checks.placement.pool import Demand, Pool


class Packing:
    """Nodes of one pool that hold pods, filled from the largest pod down.

    A pod gets all TPU chips of a node, and a replica over several hosts has them for itself.

    Attributes:
        nodes: how many they are.
    """

    def __init__(self, pool: Pool, pods: Iterable[Demand]) -> None:
        self._pool = pool
        self._rooms: list[_Room] = []
        largest_first = sorted(pods, key=lambda pod: (pod.chips, pod.memory_gib), reverse=True)
        for pod, alike in groupby(largest_first):
            self._put(pod, sum(1 for _ in alike))

    def _put(self, pod: Demand, left: int) -> None:
        """Put pods alike into what the nodes have left, and then onto further nodes."""
        for room in self._rooms:
            left -= room.add(pod, left)
        while left:
            room = self._empty()
            # One that no node holds has a finding of its own, and counts as a node.
            left -= room.add(pod, left) or 1
            self._rooms.append(room)

    @property
    def nodes(self) -> int:
        """How many they are."""
        return len(self._rooms) * self._pool.hosts

    def nodes_with(self, pod: Demand, more: int) -> int:
        """Return how many there are with more pods of a kind, which first take what the others leave."""
        spare = sum(room.holds(pod) for room in self._rooms)
        on_each = max(self._empty().holds(pod), 1)
        return self.nodes + ceil(max(more - spare, 0) / on_each) * self._pool.hosts

    def _empty(self) -> "_Room":
        pool = self._pool
        return _Room(
            chips=pool.chips_of_node,
            memory_gib=pool.memory_gib,
            cpus=pool.cpus,
            disk_gib=pool.pod_disk_gib,
            whole=pool.machine.chip.kind == "tpu",
        )


@dataclass(slots=True, kw_only=True)
class _Room:
    """What is left of a node; of one that goes as a whole, nothing once it has a pod."""

    chips: int
    memory_gib: float
    cpus: float
    disk_gib: float
    whole: bool
    images: set[str] = field(default_factory=set[str])

    def holds(self, pod: Demand) -> int:
        """Return how many pods of a kind find room."""
        if self.whole:
            return 0 if self.images else 1
        image = 0 if pod.path in self.images else pod.image_gib
        shares = (
            (self.chips, pod.chips),
            (self.memory_gib, pod.memory_gib),
            (self.cpus, pod.cpus),
            (self.disk_gib - image, pod.disk_gib),
        )
        fewest = min((left / each if each else inf) if left >= 0 else 0 for left, each in shares)
        return int(fewest) if fewest < inf else 0

    def add(self, pod: Demand, most: int) -> int:
        """Take what as many pods of a kind take as find room, up to so many, and return how many they are."""
        count = min(self.holds(pod), most)
        if count:
            self.disk_gib -= count * pod.disk_gib + (0 if pod.path in self.images else pod.image_gib)
            self.chips -= count * pod.chips
            self.memory_gib -= count * pod.memory_gib
            self.cpus -= count * pod.cpus
            self.images.add(pod.path)
        return count
