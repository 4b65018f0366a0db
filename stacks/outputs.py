"""The outputs of every stack: what people and programs are told of it. They are its public interface."""

from typing import NotRequired, TypedDict

import pulumi


class FitOutput(TypedDict):
    """Where the memory of a replica's fullest chip goes.

    Attributes:
        weightsWithin: how far the weights were from what the engine itself logged, as a share, where that was measured.
        tokensWithin: how far the tokens were.
    """

    gibPerChip: float
    weightsWithin: NotRequired[float]
    tokensWithin: NotRequired[float]
    weightsGibPerChip: float
    kvCacheGibPerChip: float
    kvCacheTokens: int
    fullLengthRequests: float


class ScalingOutput(TypedDict):
    """What a server is scaled on, and within which bounds."""

    series: str
    target: float
    minReplicas: int
    maxReplicas: int


class RungOutput(TypedDict, total=False):
    """What a number of replicas does and costs; what is not known is left out."""

    nodes: int
    usdPerHour: float
    tokensPerSecond: float
    usdPerMillionTokens: float


class RangeOutput(TypedDict):
    """Between which bounds a cost is, USD."""

    floor: float
    ceiling: float


class CostOutput(TypedDict):
    """What a stack costs, USD; what has no known price is not in it."""

    perHour: RangeOutput
    perMonth: RangeOutput


class Figures(TypedDict, total=False):
    """What a stack amounts to, by its settings alone; servers by name, and rungs by the number of replicas."""

    fit: dict[str, FitOutput]
    scaling: dict[str, ScalingOutput]
    capacity: dict[str, dict[str, RungOutput]]
    costUsd: CostOutput


class ClusterOutputs(TypedDict, total=False):
    """What people are told of a cluster."""

    clusterName: pulumi.Input[str]
    credentialsCommand: pulumi.Input[str]
    weightsBucket: pulumi.Input[str]
    dashboards: dict[str, pulumi.Input[str]]


class Outputs(ClusterOutputs, Figures, total=False):
    """All outputs of a stack.

    Attributes:
        endpoints: where each server is reached.
    """

    endpoints: dict[str, pulumi.Output[str]]
