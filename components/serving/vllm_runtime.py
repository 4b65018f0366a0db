"""What a vLLM server runs on and from, whichever cloud gives it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.workload import Accelerator, Volumes


def cache_name(image: str) -> str:
    """Return the name of an image as a part of a path."""
    return re.sub(r"[^\w.-]", "-", image)


@dataclass(frozen=True, slots=True)
class Streamed:
    """Weights that are read from S3 as a replica starts, and kept on no disk.

    Attributes:
        uri: the prefix beneath which the files of the model are, `s3://bucket/prefix`.
        buffer_gib: main memory that each worker streams through, GiB.
        depends_on: what must exist before a pod can read them.
    """

    uri: str
    buffer_gib: int
    depends_on: Sequence[pulumi.Resource]


@dataclass(frozen=True, slots=True)
class VllmRuntime:
    """What a server runs on and from.

    Attributes:
        image: the image; its tag is part of the compile cache's path, since another version compiles anew.
        image_tag: that tag, or what else tells the image from others.
        accelerator: hardware of a replica.
        weights: storage of the weights and of compiled programs.
        token: the Hugging Face token, as a file, where the weights come from there.
        cache_variable: the environment variable that names the folder of compiled programs.
        service_account: who the pods are.
        streamed: where the weights are read from, if not from their storage.
    """

    image: pulumi.Input[str]
    image_tag: str
    accelerator: Accelerator
    weights: Volumes
    token: Volumes | None
    cache_variable: str
    service_account: pulumi.Input[str]
    streamed: Streamed | None = None

    @property
    def mounted(self) -> Sequence[Volumes]:
        """What its pods mount."""
        return [self.weights, self.token] if self.token else [self.weights]

    @property
    def depends_on(self) -> Sequence[pulumi.Resource]:
        """What must exist before a pod can start."""
        volumes = [resource for each in self.mounted for resource in each.depends_on]
        return [*self.accelerator.nodes, *volumes, *(self.streamed.depends_on if self.streamed else ())]

    @property
    def annotations(self) -> Mapping[str, str]:
        """What its pods must carry for what they mount."""
        return {name: value for each in self.mounted for name, value in each.annotations.items()}
