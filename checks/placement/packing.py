"""How pods share nodes: chips, main memory, cores, and disk, of which an image takes its part once a node."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil, inf

from checks.placement.pool import Demand, Pool


class Packing:
    """Nodes of one pool that hold pods, filled from the largest pod down.

    A pod gets all TPU chips of a node, and a replica over several hosts has them for itself.

    Attributes:
        nodes: how many they are.
    """

    def __init__(self, pool: Pool, pods: Iterable[Demand]) -> None:
        self._pool = pool
        self._rooms: list[_Room] = []
        for pod in sorted(pods, key=lambda pod: (pod.chips, pod.memory_gib), reverse=True):
            room = next((room for room in self._rooms if room.holds(pod)), None)
            if room is None:
                room = self._empty()
                self._rooms.append(room)
            room.add(pod)

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

    def add(self, pod: Demand) -> None:
        """Take what a pod takes."""
        self.disk_gib -= pod.disk_gib + (0 if pod.path in self.images else pod.image_gib)
        self.chips -= pod.chips
        self.memory_gib -= pod.memory_gib
        self.cpus -= pod.cpus
        self.images.add(pod.path)
