"""What one of the routes gives the server: what its pods and its benchmark run, and where they are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.load_request import LoadRequest
from slipway.serving.tensorrt_llm.pod import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a route made.

    Attributes:
        program: what replicas run.
        benchmark: what the benchmark runs.
        ports: of the container, by name; requests go to `http`.
        health_path: answers 200 once the model can be asked.
        request: what a load client sends.
        before: what must exist before a replica starts.
        affinity: where replicas are put.
    """

    program: Program
    benchmark: Program
    ports: Mapping[str, int]
    health_path: str
    request: LoadRequest
    before: Sequence[pulumi.Resource]
    affinity: k8s.core.v1.AffinityArgsDict | None
