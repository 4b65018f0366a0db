"""What managed nodes leave to pods: of their cores, of their main memory and of the disk that images and pods share.

Sources: GKE's page "About node sizing" (node allocatable resources); for EKS, what Karpenter computes (aws/
karpenter-provider-aws:website/content/en/docs/reference/instance-types.md) with its cautious share for the hypervisor.
"""

from math import inf
from typing import NamedTuple

HYPERVISOR_SHARE = 0.075
"""Memory that an EC2 machine has less than it is sold with: Karpenter's cautious default."""
EVICTION_MIB = 100


def allocatable_cpus(vcpus: float) -> float:
    """Return what GKE and EKS leave of a node's cores: all but 6 % of the first, 1 % of the second, then less."""
    return vcpus - _reserved(vcpus, (1, 0.06), (1, 0.01), (2, 0.005), (inf, 0.0025))


def gke_memory_gib(memory_gib: float) -> float:
    """Return what GKE leaves of a node's memory: all but a share that falls with size, and 100 MiB."""
    shares = (4, 0.25), (4, 0.20), (8, 0.10), (112, 0.06), (inf, 0.02)
    return memory_gib - _reserved(memory_gib, *shares) - EVICTION_MIB / 1024


def eks_memory_gib(memory_gib: float, max_pods: int) -> float:
    """Return what EKS leaves of a node's memory: 255 MiB and 11 MiB a pod are the kubelet's."""
    reserved_mib = 255 + 11 * max_pods + EVICTION_MIB
    return (memory_gib * 1024 * (1 - HYPERVISOR_SHARE) - reserved_mib) / 1024


class DiskRule(NamedTuple):
    """One line of what a disk leaves to pods and images: a share of it, less a constant, GiB."""

    share: float
    less_gib: float


EKS_DISK = (DiskRule(0.9, 1),)
"""The kubelet evicts pods from a disk that is 90 % full, and EKS reserves 1 GiB: 17 GiB of 20, as Karpenter says."""

GKE_BOOT_DISK = DiskRule(0.4, 0), DiskRule(0.55, 6), DiskRule(0.9, 100)
"""GKE keeps 10 %, and the least of half the disk, of 6 GiB and 35 %, and of 100 GiB."""


def gke_local_ssds(count: int) -> tuple[DiskRule, ...]:
    """Return the rule of ephemeral storage on so many Local SSDs: GKE keeps 10 %, and 50, 75 or 100 GiB."""
    return (DiskRule(0.9, 50 if count == 1 else 75 if count == 2 else 100),)


def pod_disk_gib(disk_gib: float, rules: tuple[DiskRule, ...]) -> float:
    """Return what a disk leaves to pods and images, GiB: the most that a rule gives."""
    return max(rule.share * disk_gib - rule.less_gib for rule in rules)


def disk_for_gib(needed_gib: float, rules: tuple[DiskRule, ...]) -> float:
    """Return the smallest disk that leaves so much to pods and images, GiB."""
    return min((needed_gib + rule.less_gib) / rule.share for rule in rules)


def _reserved(amount: float, *shares: tuple[float, float]) -> float:
    """Sum up shares of successive parts of an amount; each is the size of a part and the share of it."""
    reserved = 0.0
    for size, share in shares:
        part = min(amount, size)
        reserved, amount = reserved + part * share, amount - part
    return reserved
