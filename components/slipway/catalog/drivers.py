"""Drivers of NVIDIA GPUs: what a version of CUDA needs, which CUDA an engine's image has, and what nodes bring.

Sources: docs.nvidia.com/deploy/cuda-compatibility, "Minor Version Compatibility" (lowest driver of a major version);
docs.nvidia.com/deeplearning/triton-inference-server, "Release Compatibility Matrix" and release notes (CUDA of
Triton's images, and the driver that comes with each CUDA); vllm-project/vllm:docker/Dockerfile, and
NVIDIA/Model-Optimizer#2042 (vLLM's images have CUDA 13 from 0.20 on) and vllm#31700 (12.8 in 0.11);
docs.nvidia.com/nim/large-language-models, "Getting Started" of 1.7 and 1.8 (driver 560, or an older branch on
data-centre GPUs) and the prerequisites of 2.x (driver 580, that of CUDA 13.0); NVIDIA/TensorRT-LLM#10760 and
ai-dynamo/dynamo#5811 (CUDA 13.1 from 1.2 on); the EKS user guide, "EKS-optimized accelerated AMIs", and
awslabs/amazon-eks-ami#2509 (driver 580); NVIDIA/gpu-operator:deployments/gpu-operator/values.yaml of v26.7.0 (driver
595).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from typing_extensions import override

TritonVariant = Literal["py3", "vllm-python-py3", "trtllm-python-py3"]


class Cuda(NamedTuple):
    """A version of CUDA."""

    major: int
    minor: int

    @override
    def __str__(self) -> str:
        """Write it as NVIDIA does: `13.0`."""
        return f"{self.major}.{self.minor}"

    @property
    def lowest_driver(self) -> int:
        """The oldest branch of the driver on which programs of this major version start."""
        return LOWEST_DRIVERS[self.major]

    @property
    def driver(self) -> int:
        """The branch that came with it, or with the newest version before it whose branch is known.

        An older one cannot compile kernels at run time: "the provided PTX was compiled with an unsupported toolchain".
        """
        return OWN_DRIVERS[max(known for known in OWN_DRIVERS if known <= self)]

    def runs_on(self, driver: int) -> Literal["well", "in part", "unknown", "not"]:
        """Say how its programs run with a driver; in part is without what is compiled at run time."""
        if driver >= self.driver:
            return "well"
        return "in part" if driver >= self.lowest_driver else "not"


class BridgedCuda(Cuda):
    """The CUDA of an image that has NVIDIA's compatibility package beside it, for older drivers of data-centre GPUs."""

    @override
    def runs_on(self, driver: int) -> Literal["well", "in part", "unknown", "not"]:
        if driver in BRIDGED_DRIVERS:
            return "well"
        found = super().runs_on(driver)
        return "unknown" if found == "not" and driver not in UNBRIDGED_DRIVERS else found


LOWEST_DRIVERS: Mapping[int, int] = {12: 525, 13: 580}

OWN_DRIVERS: Mapping[Cuda, int] = {
    Cuda(12, 0): 525,
    Cuda(12, 3): 545,
    Cuda(12, 4): 550,
    Cuda(12, 5): 555,
    Cuda(12, 6): 560,
    Cuda(12, 8): 570,
    Cuda(12, 9): 575,
    Cuda(13, 0): 580,
    Cuda(13, 1): 590,
    Cuda(13, 3): 610,
}

BRIDGED_DRIVERS = frozenset({470, 525, 535, 580})
"""Branches that the compatibility package takes: the first three by the release notes of Triton 25.08, and 580, as
somebody found with cuda-compat-13-1, where kernels that are compiled at run time gave wrong numbers without it."""
UNBRIDGED_DRIVERS = frozenset({418, 440, 450, 460, 510, 520, 530, 545, 555})
"""Those that it does not take, by the same notes."""

EKS_DRIVER = 580
"""Of AL2023_x86_64_NVIDIA on all machines of the catalog."""
GPU_OPERATOR_DRIVER = 595
"""What the GPU operator installs where it is told to install a driver, and not which."""

_TRITON: Mapping[TritonVariant, Sequence[tuple[str, Cuda]]] = {
    "trtllm-python-py3": (
        ("24.05", Cuda(12, 3)),
        ("24.06", Cuda(12, 4)),
        ("24.08", Cuda(12, 5)),
        ("24.11", Cuda(12, 6)),
        ("25.01", Cuda(12, 8)),
        ("25.06", Cuda(12, 9)),
        ("25.11", Cuda(13, 0)),
        ("26.04", Cuda(13, 1)),
    ),
    "py3": (("24.04", Cuda(12, 4)), ("24.10", Cuda(12, 6)), ("25.08", Cuda(13, 0)), ("25.12", Cuda(13, 1))),
    "vllm-python-py3": (("24.10", Cuda(12, 6)), ("25.08", Cuda(13, 0)), ("25.12", Cuda(13, 1)), ("26.07", Cuda(13, 3))),
}
"""The first release of each version of CUDA; those that no source names keep the one before."""


def vllm_cuda(version: str) -> Cuda | None:
    """Return the CUDA of `vllm/vllm-openai` at a tag such as `v0.27.0`; None before 0.11 and of no version."""
    numbers = re.match(r"v?(\d+)\.(\d+)", version)
    release = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    if release < (0, 11):
        return None
    return Cuda(13, 0) if release >= (0, 20) else Cuda(12, 8)


def nim_cuda(version: str) -> Cuda | None:
    """Return the lowest CUDA of a NIM for LLMs of a version such as `1.8.0`; None where no source was found."""
    if version.startswith("1."):
        return BridgedCuda(12, 6)
    return Cuda(13, 0) if version.startswith("2.") else None


def trtllm_cuda(version: str) -> Cuda | None:
    """Return the lowest CUDA of `nvcr.io/nvidia/tensorrt-llm/release` of a version such as `1.3.0rc24`."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return BridgedCuda(13, 1) if numbers and (int(numbers[1]), int(numbers[2])) >= (1, 2) else None


def triton_cuda(release: str, variant: TritonVariant) -> Cuda | None:
    """Return the CUDA of Triton's image of a release such as `25.11`; None before the first that is known."""
    known = [cuda for first, cuda in _TRITON[variant] if first <= release]
    return BridgedCuda(*known[-1]) if known else None
