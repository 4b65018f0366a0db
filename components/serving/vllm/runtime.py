"""What the pods of a vLLM server run on and from, whichever cloud gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import pulumi

from components.serving.site import Site, found
from components.serving.storage import node_disk
from components.serving.vllm.shape import VllmShape
from components.workload import Accelerator, Volumes


@dataclass(frozen=True, slots=True)
class VllmRuntime:
    """What a server runs on and from.

    Attributes:
        image: the image with its tag.
        weights: storage of the weights and of compiled programs.
        token: the Hugging Face token, as a file, where the weights come from there.
        depends_on: what must exist before a pod can start.
    """

    shape: VllmShape
    image: pulumi.Input[str]
    accelerator: Accelerator
    weights: Volumes
    token: Volumes | None
    service_account: pulumi.Input[str]
    priority_class: pulumi.Input[str]
    depends_on: Sequence[pulumi.Resource]

    @classmethod
    def at(cls, site: Site, shape: VllmShape, accelerator: Accelerator) -> Self:
        """Return what a server of this shape has at a site."""
        token: Volumes | None = None
        if shape.streamed:
            # Some versions of vLLM empty the folder of the files beside the weights as they start: replicas share none.
            weights = node_disk(shape.files)
            weights = replace(weights, depends_on=site.bucket_access)
        else:
            token, weights = found(site.hugging_face, "the Hugging Face token"), site.storage.volumes(shape.files)
        mounted = [weights, *([token] if token else [])]
        return cls(
            shape=shape,
            image=shape.own_image
            or pulumi.Output.format("{hub}{image}:{tag}", hub=site.docker_hub, image=shape.image, tag=shape.tag),
            accelerator=accelerator,
            weights=weights,
            token=token,
            service_account=site.service_account,
            priority_class=site.priority_class,
            depends_on=[
                *([site.groups] if site.groups and accelerator.hosts > 1 else []),
                *accelerator.nodes,
                *(resource for each in mounted for resource in each.depends_on),
            ],
        )

    @property
    def mounted(self) -> Sequence[Volumes]:
        """What its pods mount."""
        return [self.weights, self.token] if self.token else [self.weights]

    @property
    def annotations(self) -> Mapping[str, str]:
        """What its pods must carry for what they mount."""
        return {name: value for each in self.mounted for name, value in each.annotations.items()}
