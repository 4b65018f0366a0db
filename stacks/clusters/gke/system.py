"""Judgement over the version of a GKE cluster, and over the machines that its add-ons run on."""

import re
from collections.abc import Iterator

from slipway.catalog.gke_version import NEWEST_MINOR, OLDEST_MINOR, ClusterVersion
from slipway.catalog.machines import MACHINES
from slipway.checks import Finding

INSTEAD = "write e2-standard-4"

_SERIES = re.compile(
    r"([a-z]\d+[a-z]?)-(standard|highcpu|highmem|custom|megamem|ultramem)-(\d+)(-\d+)?(-(lssd|metal|ext))?"
)
_SHARED_CORE = re.compile(r"(e2-(micro|small|medium)|f1-micro|g1-small)")
_ARM = ("t2a", "c4a", "n4a")
_ACCELERATED = re.compile(r"(ct\w+|tpu\w+|a[2-9]\w*|g[2-9]\w*)-.*")
_SIZES = frozenset(
    (
        *(1, 2, 4, 8, 16, 22, 24, 30, 32, 44, 48, 56, 60, 64, 72, 80, 88, 90, 96, 112, 128, 144, 160, 176, 192, 208),
        *(224, 288, 360, 384, 416, 480, 720, 960, 1440, 1920),
    )
)
"""vCPUs of predefined machine types (cloud.google.com/compute/docs, "Machine families resource guide")."""


def system_machine_findings(path: str, name: str) -> Iterator[Finding]:
    """Judge the machine of nodes without accelerators: the images of the add-ons are for x86."""
    found = _SERIES.fullmatch(name)
    if name in MACHINES or _ACCELERATED.fullmatch(name):
        message = f"{name} has accelerators, whose taints keep the add-ons away"
        yield Finding("placement.system-chips", path, message, INSTEAD)
    elif _SHARED_CORE.fullmatch(name):
        message = f"{name} has a part of a core, and GKE's own pods and the add-ons need more than one"
        yield Finding("placement.system-size", path, message, INSTEAD)
    elif found is None or (found[2] != "custom" and (int(found[3]) not in _SIZES or found[4])):
        yield Finding("names.machine", path, f"{name!r} is no machine type", INSTEAD)
    elif found[1] in _ARM:
        message = f"{name} has ARM cores, and images of the add-ons are for x86"
        yield Finding("placement.architecture", path, message, INSTEAD)


def version_findings(path: str, text: str) -> Iterator[Finding]:
    """Judge the lowest version of the control plane by the minor versions that GKE has."""
    minor = ClusterVersion.parse(text).minor
    oldest, newest = (".".join(map(str, each)) for each in (OLDEST_MINOR, NEWEST_MINOR))
    if minor < OLDEST_MINOR:
        message = f"{text!r} is older than {oldest}, the oldest minor version that GKE still makes clusters of"
        yield Finding("cluster.version", path, message, f"write {newest}, or another one from {oldest} on")
    elif minor[0] != NEWEST_MINOR[0]:
        yield Finding("cluster.version", path, f"there is no Kubernetes {text}", f"write {newest}")
    elif minor > NEWEST_MINOR:
        message = f"{text!r} is newer than {newest}, the newest minor version of GKE that is known here"
        yield Finding("cluster.version", path, message, f"write {newest}, unless GKE has it by now", "warning")
