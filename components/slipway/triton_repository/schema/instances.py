"""Where a model runs, and how often."""

from typing import Literal

from pydantic import Field

from slipway.triton_repository.schema.message import Int32, Int64, Message, Uint32

Kind = Literal["KIND_AUTO", "KIND_GPU", "KIND_CPU", "KIND_MODEL"]


class Resource(Message):
    """Something that instances share under a name that they choose."""

    name: str = ""
    """The name."""
    global_: bool = Field(default=False, alias="global")
    """Whether the machine has it once, rather than each device."""
    count: Uint32 = 0
    """How much of it an execution takes."""


class ModelRateLimiter(Message):
    """When an instance may run; it counts only if the server runs with `--rate-limit=execution_count`."""

    resources: tuple[Resource, ...] = ()
    """What an execution takes."""
    priority: Uint32 = 0
    """Weight against other instances: twice the number, half the turns."""


class SecondaryDevice(Message):
    """A device beside the GPU."""

    kind: Literal["KIND_NVDLA"] = "KIND_NVDLA"
    """Its kind."""
    device_id: Int64 = 0
    """Its index."""


class ModelInstanceGroup(Message):
    """Instances of a model that are alike."""

    name: str = ""
    """Its name; made from the model's when left out."""
    kind: Kind = "KIND_AUTO"
    """KIND_AUTO is KIND_GPU where there is one. KIND_MODEL leaves the choice to the model's own code."""
    count: Int32 = 0
    """Instances: on each GPU of the group, or in all for the other kinds. 0 is the backend's default, mostly 1."""
    rate_limiter: ModelRateLimiter | None = None
    """When its instances may run."""
    gpus: tuple[Int32, ...] = ()
    """Indices of the pod's GPUs; all of them where none is given."""
    secondary_devices: tuple[SecondaryDevice, ...] = ()
    """Devices beside the GPU."""
    profile: tuple[str, ...] = ()
    """Optimisation profiles (TensorRT), as numbers in quotes."""
    passive: bool = False
    """Whether its instances get no requests."""
    host_policy: str = ""
    """The host policy of the server's command line that applies."""
