"""What one of the routes gives the server: what its pods and its benchmark run, and where they are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from catalog.architecture import Model
from components.serving.load_clients_settings import LoadRequest
from components.serving.tensorrt_llm.pod import Program, Surroundings
from components.workload import Volumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What a server runs on and from.

    Attributes:
        surroundings: hardware, token and account of its pods.
        models: the served model and every draft by name.
        weights: where pods of the PyTorch route keep what they download.
        benchmark_weights: the same for the benchmark, which has more models.
        namespace: the Kubernetes namespace.
    """

    surroundings: Surroundings
    models: Mapping[str, Model]
    weights: Volumes
    benchmark_weights: Volumes
    namespace: pulumi.Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a route made.

    Attributes:
        program: what replicas run.
        benchmark: what the benchmark runs.
        ports: of the container, by name; requests go to `http`.
        health_path: answers 200 once the model can be asked.
        metrics_port: name of the port where its series are.
        request: what a load client sends.
        before: what must exist before a replica starts.
        affinity: where replicas are put.
    """

    program: Program
    benchmark: Program
    ports: Mapping[str, int]
    health_path: str
    metrics_port: str
    metrics_path: str
    request: LoadRequest
    before: Sequence[pulumi.Resource]
    affinity: k8s.core.v1.AffinityArgsDict | None
