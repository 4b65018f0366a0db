"""EC2 machines with GPUs, and how they can be bought.

Sources: the instance type reference of Karpenter (aws/karpenter-provider-aws:website/content/en/docs/reference/
instance-types.md, generated from EC2's own answers: memory of a GPU, pods, instance store, EFA interfaces), the VPC
limits beside it (pkg/providers/instancetype/zz_generated.vpclimits.go: network cards), NVIDIA's GPU feature discovery
(names of products), the EC2 guide on Capacity Blocks for ML (p types), and its page "Maximize network bandwidth on
instances with multiple network cards" (where EFA interfaces go).

Which zones offer a machine is not here: the names of zones mean other places in another account. `aws ec2
describe-instance-type-offerings --location-type availability-zone` says it of yours.
"""

from catalog.machines.chip import A10G, H100, H200, L4, L40S, Chip
from catalog.machines.machine import Machine, Purchase

_G_FAMILIES: tuple[Purchase, ...] = ("on-demand", "spot", "reservation")
_P_FAMILIES: tuple[Purchase, ...] = (*_G_FAMILIES, "capacity-block")
"""AWS sells capacity blocks of its largest GPUs only."""


def _ec2(
    name: str,
    chip: Chip,
    chips: int,
    *,
    vcpus: int,
    memory_gib: int,
    max_pods: int,
    local_disk_gb: int,
    efa: int = 0,
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
    _ec2("g5.xlarge", A10G, 1, vcpus=4, memory_gib=16, max_pods=58, local_disk_gb=250),
    _ec2("g5.2xlarge", A10G, 1, vcpus=8, memory_gib=32, max_pods=58, local_disk_gb=450),
    _ec2("g5.4xlarge", A10G, 1, vcpus=16, memory_gib=64, max_pods=234, local_disk_gb=600),
    _ec2("g5.8xlarge", A10G, 1, vcpus=32, memory_gib=128, max_pods=234, local_disk_gb=900, efa=1),
    _ec2("g5.12xlarge", A10G, 4, vcpus=48, memory_gib=192, max_pods=737, local_disk_gb=3800, efa=1),
    _ec2("g5.48xlarge", A10G, 8, vcpus=192, memory_gib=768, max_pods=345, local_disk_gb=7600, efa=1),
    _ec2("g6.xlarge", L4, 1, vcpus=4, memory_gib=16, max_pods=58, local_disk_gb=250),
    _ec2("g6.2xlarge", L4, 1, vcpus=8, memory_gib=32, max_pods=58, local_disk_gb=450),
    _ec2("g6.4xlarge", L4, 1, vcpus=16, memory_gib=64, max_pods=234, local_disk_gb=600),
    _ec2("g6.12xlarge", L4, 4, vcpus=48, memory_gib=192, max_pods=234, local_disk_gb=3760, efa=1),
    _ec2("g6.48xlarge", L4, 8, vcpus=192, memory_gib=768, max_pods=737, local_disk_gb=7520, efa=1),
    _ec2("g6e.xlarge", L40S, 1, vcpus=4, memory_gib=32, max_pods=58, local_disk_gb=250),
    _ec2("g6e.2xlarge", L40S, 1, vcpus=8, memory_gib=64, max_pods=58, local_disk_gb=450),
    _ec2("g6e.4xlarge", L40S, 1, vcpus=16, memory_gib=128, max_pods=234, local_disk_gb=600),
    _ec2("g6e.12xlarge", L40S, 4, vcpus=48, memory_gib=384, max_pods=292, local_disk_gb=3800, efa=1),
    _ec2("g6e.48xlarge", L40S, 8, vcpus=192, memory_gib=1536, max_pods=492, local_disk_gb=7600, efa=4),
    _ec2("p5.4xlarge", H100, 1, vcpus=16, memory_gib=256, max_pods=118, local_disk_gb=3800, efa=1),
    _ec2("p5.48xlarge", H100, 8, vcpus=192, memory_gib=2048, max_pods=100, local_disk_gb=30400, efa=32),
    _ec2("p5e.48xlarge", H200, 8, vcpus=192, memory_gib=2048, max_pods=100, local_disk_gb=30400, efa=32),
    _ec2("p5en.48xlarge", H200, 8, vcpus=192, memory_gib=2048, max_pods=198, local_disk_gb=30400, efa=16),
)
