"""What a node leaves to the pods of servers once its DaemonSets have what they request."""

from collections.abc import Iterable

from catalog.daemons import Daemon


def memory_left_gib(allocatable_gib: float, daemons: Iterable[Daemon]) -> float:
    """Return the main memory that is left, GiB."""
    return allocatable_gib - sum(daemon.memory_mib for daemon in daemons) / 1024


def cpus_left(allocatable: float, daemons: Iterable[Daemon]) -> float:
    """Return the cores that are left."""
    return allocatable - sum(daemon.millicpus for daemon in daemons) / 1000
