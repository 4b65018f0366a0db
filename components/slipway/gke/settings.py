"""What a person decides about a GKE cluster. Plain data: importing it loads no cloud SDK."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from slipway.checks.settings import DnsLabel, Nodes, Positive, Replicas, Settings

Cidr = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", examples=["10.0.0.0/20"])]
Zone = Annotated[str, Field(pattern=r"^[a-z]+-[a-z]+\d+-[a-f]$", examples=["us-east5-a"])]
Region = Annotated[str, Field(pattern=r"^[a-z]+-[a-z]+\d+$", examples=["us-east5"])]
ZoneOrRegion = Annotated[str, Field(pattern=r"^[a-z]+-[a-z]+\d+(-[a-f])?$", examples=["us-east5-a", "us-east5"])]

KmsKey = Annotated[
    str,
    Field(
        pattern=r"^projects/[-a-z0-9:.]+/locations/[-a-z0-9]+/keyRings/[\w-]{1,63}/cryptoKeys/[\w-]{1,63}$",
        examples=["projects/our-keys/locations/us-east5/keyRings/ours/cryptoKeys/models"],
    ),
]
"""Full name of a Cloud KMS key, as `gcloud kms keys list` shows it."""


def region_of(location: str) -> str:
    """Return the region of a zone, or the region itself."""
    return "-".join(location.split("-")[:2])


class IpAccess(Settings):
    """The control plane answers on its IP address, to the networks named here and to nobody else."""

    type: Literal["ip"]
    authorized_networks: dict[DnsLabel, Cidr] = Field(
        min_length=1, max_length=100, examples=[{"ours": "203.0.113.0/24"}]
    )
    """Who may reach the control plane: a name for each range. `0.0.0.0/0` opens it to everybody."""


class DnsAccess(Settings):
    """The control plane answers on its DNS name only, where IAM decides who gets in; its IP addresses are off."""

    type: Literal["dns"]


Access = Annotated[IpAccess | DnsAccess, Field(discriminator="type")]


Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
_WEEKDAYS: tuple[Weekday, ...] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_A_MONDAY = "2026-01-05"


class MaintenanceWindow(Settings):
    """When GKE may upgrade the control plane and the nodes."""

    days: list[Weekday] = Field(min_length=1)
    """Days of the week on which a window starts."""
    start: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["02:00"])
    """Start of the window, UTC."""
    hours: int = Field(ge=4, le=24)
    """Length of the window, hours."""

    @property
    def first(self) -> tuple[str, str]:
        """Start and end of the window from which the others are counted, RFC 3339."""
        day = min(_WEEKDAYS.index(day) for day in self.days)
        start = datetime.fromisoformat(f"{_A_MONDAY}T{self.start}:00+00:00") + timedelta(days=day)
        end = start + timedelta(hours=self.hours)
        return start.strftime("%Y-%m-%dT%H:%M:%SZ"), end.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def hours_in_32_days(self) -> int:
        """Fewest hours that the windows give within 32 days, of which GKE wants 48."""
        return 4 * len(set(self.days)) * self.hours


class OnDemand(Settings):
    """Nodes that run until they are deleted, from the on-demand quota."""

    type: Literal["on-demand"]


class Spot(Settings):
    """Cheaper nodes that Google can take back at any time."""

    type: Literal["spot"]


class Reservation(Settings):
    """Nodes of a reservation that exists already."""

    type: Literal["reservation"]
    name: str = Field(min_length=1)
    """Name of the reservation; one that another project shares is `projects/<project>/reservations/<name>`."""
    nodes: Positive | None = None
    """How many machines it has; not judged when left out."""


class FlexStart(Settings):
    """Nodes that start once there is room for them and run for seven days at most."""

    type: Literal["flex-start"]
    max_run_hours: int | None = Field(default=None, ge=1, le=168)
    """Hours after which Google takes the node back; seven days when left out."""


PoolName = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=28, examples=["v6e"])]
"""GKE takes 40 characters, of which Pulumi's suffix and a slice's number need some."""

Capacity = Annotated[OnDemand | Spot | Reservation | FlexStart, Field(discriminator="type")]


class PoolArgs(Settings):
    """What replicas of servers run on, and how much of it there may be."""

    machine_type: str = Field(examples=["ct6e-standard-8t", "g2-standard-12"])
    """Machine type of a node, one of the catalog's, with TPU chips or GPUs."""
    topology: str | None = Field(default=None, examples=["2x4"])
    """Arrangement of the TPU chips of one slice: `2x4` is eight chips. Only for TPUs, and needed only where such
    machines form several."""
    capacity: Capacity
    """How the nodes are paid for and found."""
    max_nodes: Replicas
    """Most nodes, over all zones."""


class StandardPoolArgs(PoolArgs):
    """Nodes alike that carry TPU chips or GPUs."""

    min_nodes: Nodes
    """Nodes that are kept even when idle, over all zones; 0 where a slice has several hosts."""
    zones: tuple[Zone, ...] = ()
    """Zones of the nodes; the cluster's own when left out, which a regional cluster does not have."""
    boot_disk_gib: int = Field(default=100, ge=50, le=65536)
    """Size of a node's boot disk, GiB: it holds images, and what pods write that is in no bucket."""


class SystemPoolArgs(Settings):
    """Nodes without accelerators, for the metric adapter and the load clients."""

    machine_type: str = "e2-standard-4"
    """Machine type of a node."""
    min_nodes: Replicas = 1
    """Fewest nodes, over all zones."""
    max_nodes: Replicas = 3
    """Most nodes, over all zones."""


class _ClusterArgs(Settings):
    provider: Literal["gke"]
    release_channel: Literal["rapid", "regular", "stable", "extended"]
    """How soon the cluster gets a new version."""
    min_version: str = Field(pattern=r"^\d+\.\d+(\.\d+(-gke\.\d+)?)?$", examples=["1.36", "1.35.8-gke.1036000"])
    """Lowest version of the control plane, or a prefix of it that GKE resolves to the newest."""
    access: Access
    """How the control plane is reached."""
    deletion_protection: bool
    """Whether Google refuses to delete the cluster. Turn it off in an update of its own before a destroy."""
    encrypt_secrets: bool = False
    """Whether Kubernetes Secrets are encrypted with a Cloud KMS key of this stack."""
    maintenance_window: MaintenanceWindow | None = None
    """When GKE may upgrade; at any time when left out."""


class StandardClusterArgs(_ClusterArgs):
    """A cluster whose node pools are declared here."""

    mode: Literal["standard"]
    location: ZoneOrRegion
    """A zone gives a zonal control plane, a region one that is spread over three zones."""
    dataplane_v2: bool = True
    """Whether eBPF moves the packets and network policies hold. A change replaces the cluster."""
    system_pool: SystemPoolArgs = SystemPoolArgs()
    """Nodes for everything that needs no accelerator."""
    pools: dict[PoolName, StandardPoolArgs] = Field(min_length=1)
    """Node pools with TPU chips or GPUs, by name."""


class AutopilotClusterArgs(_ClusterArgs):
    """A cluster that makes nodes to fit the pods."""

    mode: Literal["autopilot"]
    location: Region
    """A region: Autopilot clusters are never zonal."""
    pools: dict[PoolName, PoolArgs] = Field(min_length=1)
    """TPU slices by name. No node pool is made of them: they are what pods ask Autopilot for."""


ClusterArgs = Annotated[StandardClusterArgs | AutopilotClusterArgs, Field(discriminator="mode")]
