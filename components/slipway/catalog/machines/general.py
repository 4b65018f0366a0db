"""What machines without accelerators leave to pods, by their names: cloud add-ons run on them.

Sources: docs.aws.amazon.com, "Amazon EC2 instance type naming conventions" and "Specifications"; cloud.google.com/
compute/docs, "Machine families resource guide". Of a family the largest memory for a core is given, so that what does
not fit by these numbers fits nowhere.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from slipway.catalog.machines.allocatable import allocatable_cpus, eks_memory_gib, gke_memory_gib

EC2_GIB_A_CPU: Mapping[str, float] = {"c": 2.7, "d": 8, "h": 4, "i": 8, "m": 4, "r": 8, "t": 4, "x": 32, "z": 8}
"""By the first letter of the family."""
GCE_GIB_A_CPU: Mapping[str, float] = {"highcpu": 2, "standard": 4, "highmem": 8, "megamem": 16, "ultramem": 32}
LEAST_PODS = 8
"""Pods for which the smallest machines have addresses."""


class Room(NamedTuple):
    """Most that a node leaves to pods."""

    cpus: float
    memory_gib: float


def ec2_room(name: str) -> Room | None:
    """Return what an EC2 machine leaves to pods at most; None where its name does not say it."""
    found = re.fullmatch(r"([a-z])\w*[\w-]*\.(?:(large)|(\d*)xlarge)", name)
    if found is None or found[1] not in EC2_GIB_A_CPU:
        return None
    cpus = 2 if found[2] else 4 * int(found[3] or 1)
    return Room(allocatable_cpus(cpus), eks_memory_gib(cpus * EC2_GIB_A_CPU[found[1]], LEAST_PODS))


def gce_room(name: str) -> Room | None:
    """Return what a Compute Engine machine leaves to pods at most; None where its name does not say it."""
    if custom := re.fullmatch(r"(?:\w+-)?custom-(\d+)-(\d+)(-ext)?", name):
        cpus, memory_gib = int(custom[1]), int(custom[2]) / 1024
    elif found := re.fullmatch(r"\w+-(highcpu|standard|highmem|megamem|ultramem)-(\d+)(-\w+)?", name):
        cpus, memory_gib = int(found[2]), int(found[2]) * GCE_GIB_A_CPU[found[1]]
    else:
        return None
    return Room(allocatable_cpus(cpus), gke_memory_gib(memory_gib))
