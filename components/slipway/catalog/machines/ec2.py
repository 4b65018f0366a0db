"""EC2 machines with GPUs, and how they can be bought.

Sources: the instance type reference of Karpenter (aws/karpenter-provider-aws:website/content/en/docs/reference/
instance-types.md@1d927085d, generated from EC2's own answers: memory of a GPU, pods, instance store, EFA interfaces),
the VPC limits beside it (pkg/providers/instancetype/zz_generated.vpclimits.go: network cards), NVIDIA's GPU feature
discovery (names of products), the EC2 guide on Capacity Blocks for ML (p types), and its page "Maximize network
bandwidth on instances with multiple network cards" (where EFA interfaces go).

Which zones offer a machine is not here: the names of zones mean other places in another account. `aws ec2
describe-instance-type-offerings --location-type availability-zone` says it of yours.
"""

from slipway.catalog.machines.chips import A10G, A100, A100_80GB, B200, H100, H200, L4, L40S, RTX_PRO_6000, Chip
from slipway.catalog.machines.machine import Machine, Purchase

_G_FAMILIES: tuple[Purchase, ...] = ("on-demand", "spot", "reservation")
_P_FAMILIES: tuple[Purchase, ...] = (*_G_FAMILIES, "capacity-block")
"""AWS sells capacity blocks of its largest GPUs only."""


def _ec2(
    name: str, chip: Chip, chips: int, vcpus: int, memory_gib: int, max_pods: int, local_disk_gb: int, efa: int = 0
) -> Machine:
    return Machine(
        name=name,
        provider="eks",
        chip=chip,
        chips=chips,
        vcpus=vcpus,
        memory_gib=memory_gib,
        max_pods=max_pods,
        local_disk_gb=local_disk_gb,
        efa=efa,
        purchases=_P_FAMILIES if name.startswith("p") else _G_FAMILIES,
    )


EC2_MACHINES = (
    _ec2("g5.xlarge", A10G, 1, 4, 16, 58, 250),
    _ec2("g5.2xlarge", A10G, 1, 8, 32, 58, 450),
    _ec2("g5.4xlarge", A10G, 1, 16, 64, 234, 600),
    _ec2("g5.8xlarge", A10G, 1, 32, 128, 234, 900, efa=1),
    _ec2("g5.12xlarge", A10G, 4, 48, 192, 737, 3800, efa=1),
    _ec2("g5.16xlarge", A10G, 1, 64, 256, 234, 1900, efa=1),
    _ec2("g5.24xlarge", A10G, 4, 96, 384, 737, 3800, efa=1),
    _ec2("g5.48xlarge", A10G, 8, 192, 768, 345, 7600, efa=1),
    _ec2("g6.xlarge", L4, 1, 4, 16, 58, 250),
    _ec2("g6.2xlarge", L4, 1, 8, 32, 58, 450),
    _ec2("g6.4xlarge", L4, 1, 16, 64, 234, 600),
    _ec2("g6.8xlarge", L4, 1, 32, 128, 234, 900, efa=1),
    _ec2("g6.12xlarge", L4, 4, 48, 192, 234, 3760, efa=1),
    _ec2("g6.16xlarge", L4, 1, 64, 256, 737, 1880, efa=1),
    _ec2("g6.24xlarge", L4, 4, 96, 384, 737, 3760, efa=1),
    _ec2("g6.48xlarge", L4, 8, 192, 768, 737, 7520, efa=1),
    _ec2("g6e.xlarge", L40S, 1, 4, 32, 58, 250),
    _ec2("g6e.2xlarge", L40S, 1, 8, 64, 58, 450),
    _ec2("g6e.4xlarge", L40S, 1, 16, 128, 234, 600),
    _ec2("g6e.8xlarge", L40S, 1, 32, 256, 234, 900, efa=1),
    _ec2("g6e.12xlarge", L40S, 4, 48, 384, 292, 3800, efa=1),
    _ec2("g6e.16xlarge", L40S, 1, 64, 512, 737, 1900, efa=1),
    _ec2("g6e.24xlarge", L40S, 4, 96, 768, 492, 3800, efa=2),
    _ec2("g6e.48xlarge", L40S, 8, 192, 1536, 492, 7600, efa=4),
    _ec2("g7e.2xlarge", RTX_PRO_6000, 1, 8, 64, 254, 1900),
    _ec2("g7e.4xlarge", RTX_PRO_6000, 1, 16, 128, 506, 1900),
    _ec2("g7e.8xlarge", RTX_PRO_6000, 1, 32, 256, 506, 1900, efa=1),
    _ec2("g7e.12xlarge", RTX_PRO_6000, 2, 48, 512, 632, 3800, efa=1),
    _ec2("g7e.24xlarge", RTX_PRO_6000, 4, 96, 1024, 632, 7600, efa=2),
    _ec2("g7e.48xlarge", RTX_PRO_6000, 8, 192, 2048, 632, 15200, efa=4),
    _ec2("p4d.24xlarge", A100, 8, 96, 1152, 737, 8000, efa=4),
    _ec2("p4de.24xlarge", A100_80GB, 8, 96, 1152, 737, 8000, efa=4),
    _ec2("p5.4xlarge", H100, 1, 16, 256, 118, 3800, efa=1),
    _ec2("p5.48xlarge", H100, 8, 192, 2048, 100, 30400, efa=32),
    _ec2("p5e.48xlarge", H200, 8, 192, 2048, 100, 30400, efa=32),
    _ec2("p5en.48xlarge", H200, 8, 192, 2048, 198, 30400, efa=16),
    _ec2("p6-b200.48xlarge", B200, 8, 192, 2048, 198, 30400, efa=8),
)
