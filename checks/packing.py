"""How pods with GPUs share nodes: GPUs, main memory, cores, and disk, of which an image takes its part once a node."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil, inf

from catalog.daemons import EKS_GPU
from catalog.gpu_machines import GpuMachine, pod_disk_gib
from checks.daemons import cpus_left, memory_left_gib


@dataclass(frozen=True, slots=True)
class GpuDemand:
    """What a server asks of a pool.

    Attributes:
        path: where the server is in the stack file.
        pool: the pool's name.
        gpus: GPUs of one pod.
        memory_gib: main memory of one pod, volumes in memory included, GiB.
        disk_gib: disk that one pod's files take, GiB.
        image_gib: disk that its image takes once a node, GiB.
        cpus: cores that one pod requests.
    """

    path: str
    pool: str
    gpus: int
    memory_gib: float
    disk_gib: float
    image_gib: float
    min_replicas: int
    max_replicas: int
    cpus: float = 0


def memory_for_pods_gib(machine: GpuMachine) -> float:
    """Return the main memory that a node leaves to the pods of servers, GiB."""
    return memory_left_gib(machine.allocatable_memory_gib, EKS_GPU)


def cpus_for_pods(machine: GpuMachine) -> float:
    """Return the cores that a node leaves to the pods of servers."""
    return cpus_left(machine.allocatable_cpus, EKS_GPU)


class Packing:
    """Nodes of one machine that hold pods, filled from the largest pod down.

    Attributes:
        nodes: how many they are.
    """

    def __init__(self, machine: GpuMachine, disk_gib: float, pods: Iterable[GpuDemand]) -> None:
        self._machine, self._disk_gib = machine, disk_gib
        self._rooms: list[_Room] = []
        for pod in sorted(pods, key=lambda pod: (pod.gpus, pod.memory_gib), reverse=True):
            room = next((room for room in self._rooms if room.holds(pod)), None)
            if room is None:
                room = self._empty()
                self._rooms.append(room)
            room.add(pod)

    @property
    def nodes(self) -> int:
        """How many they are."""
        return len(self._rooms)

    def nodes_with(self, pod: GpuDemand, more: int) -> int:
        """Return how many there are with more pods of a kind, which first take what the others leave."""
        spare = sum(room.holds(pod) for room in self._rooms if room.gpus >= pod.gpus)
        on_each = max(self._empty().holds(pod), 1)
        return self.nodes + ceil(max(more - spare, 0) / on_each)

    def _empty(self) -> "_Room":
        machine = self._machine
        return _Room(machine.gpus, memory_for_pods_gib(machine), cpus_for_pods(machine), pod_disk_gib(self._disk_gib))


@dataclass(slots=True)
class _Room:
    """What is left of a node."""

    gpus: int
    memory_gib: float
    cpus: float
    disk_gib: float
    images: set[str] = field(default_factory=set[str])

    def holds(self, pod: GpuDemand) -> int:
        """Return how many pods of a kind find room."""
        image = 0 if pod.path in self.images else pod.image_gib
        shares = (
            (self.gpus, pod.gpus),
            (self.memory_gib, pod.memory_gib),
            (self.cpus, pod.cpus),
            (self.disk_gib - image, pod.disk_gib),
        )
        fewest = min((left / each if each else inf) if left >= 0 else 0 for left, each in shares)
        return int(fewest) if fewest < inf else 0

    def add(self, pod: GpuDemand) -> None:
        """Take what a pod takes."""
        self.disk_gib -= pod.disk_gib + (0 if pod.path in self.images else pod.image_gib)
        self.gpus -= pod.gpus
        self.memory_gib -= pod.memory_gib
        self.cpus -= pod.cpus
        self.images.add(pod.path)
