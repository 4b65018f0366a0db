"""What pools hold and what servers ask of them, whatever the cloud and the chip."""

from dataclasses import dataclass

from slipway.catalog.machines import Machine, Purchase, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Nodes alike, or of several machine types: then it is judged by the least that one of them has.

    Attributes:
        path: where the pool is in the stack file.
        machines: their machine types, at least one; the first is the one that is asked for first.
        topology: the slice that TPU machines form; None for GPUs.
        disk_gib: disk of a node that images and pods share, GiB; infinite where it is not judged.
        disk_key: the pool's key that says how large that disk is; None where the machine brings it.
        zones: where its nodes are.
        zones_path: where the stack file says so: with the pool, or with the cluster.
        reserved_nodes: nodes of the reservation that they come from, where the stack file states them.
        machine_key: the pool's key that names its machines.
        driver: branch of the NVIDIA driver on its nodes, where that is known.
    """

    path: str
    machines: tuple[Machine, ...]
    topology: str | None = None
    min_nodes: int
    max_nodes: int
    disk_gib: float
    disk_key: str | None
    purchase: Purchase
    zones: tuple[str, ...]
    zones_path: str
    reserved_nodes: int | None = None
    machine_key: str = "machineType"
    driver: int | None = None

    @property
    def machine(self) -> Machine:
        """The machine type that is asked for first."""
        return self.machines[0]

    @property
    def slice(self) -> Slice | None:
        """What one replica may get as a whole; None where the machine forms no slice of the topology."""
        try:
            return self.machine.slice(self.topology)
        except KeyError:
            return None

    @property
    def slices(self) -> tuple[Slice, ...]:
        """What one replica may get as a whole on each machine type that forms a slice of the topology."""
        formed = (
            machine for machine in self.machines if machine.topology(self.topology) in (machine.topologies or (None,))
        )
        return tuple(machine.slice(self.topology) for machine in formed)

    @property
    def hosts(self) -> int:
        """Nodes of one replica."""
        return self.slice.hosts if self.slice else 1

    @property
    def chips(self) -> int:
        """Most chips of one replica: all of a slice, or those of the machine that has the fewest."""
        return self.slice.chips if self.slice and self.topology else self.chips_of_node

    @property
    def devices(self) -> int:
        """Devices that programs see of these chips."""
        return self.chips * self.machine.chip.devices

    @property
    def chips_of_node(self) -> int:
        """Chips of a node."""
        return min(machine.chips for machine in self.machines)

    @property
    def devices_of_node(self) -> int:
        """Devices that programs see of a node's chips."""
        return self.chips_of_node * self.machine.chip.devices

    @property
    def memory_gib(self) -> float:
        """Main memory that a node leaves to the pods of servers, GiB."""
        return min(machine.memory_for_pods_gib for machine in self.machines)

    @property
    def cpus(self) -> float:
        """Cores that a node leaves to the pods of servers."""
        return min(machine.cpus_for_pods for machine in self.machines)

    @property
    def pod_disk_gib(self) -> float:
        """Disk that a node leaves to images and pods, GiB."""
        return min(machine.pod_disk_gib(self.disk_gib) for machine in self.machines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a server asks of a pool.

    Attributes:
        path: where the server is in the stack file.
        pool: the pool's name.
        chips: chips of one replica; where programs see several devices of a chip, these.
        memory_gib: main memory of one pod, volumes in memory included, GiB.
        disk_gib: disk that one pod's files take, GiB.
        image_gib: disk that its image takes once a node, GiB.
        cpus: cores that one pod requests.
        min_replicas: fewest replicas.
        max_replicas: most replicas.
        surge: replicas that an update starts before others go.
    """

    path: str
    pool: str
    chips: int
    memory_gib: float
    disk_gib: float = 0
    image_gib: float = 0
    cpus: float = 0
    min_replicas: int
    max_replicas: int
    surge: int = 0
