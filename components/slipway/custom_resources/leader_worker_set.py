"""The object of the LeaderWorkerSet controller."""

from typing import Any, Literal

from pydantic import Field

from slipway.checks.settings import Positive, Settings

EXCLUSIVE_TOPOLOGY = "leaderworkerset.sigs.k8s.io/exclusive-topology"
"""Annotation: a node label of which each value belongs to one group."""


class RollingUpdate(Settings):
    """How many groups a rollout may add and take away at once."""

    max_surge: int = Field(ge=0)
    max_unavailable: int = Field(ge=0)


class RolloutStrategy(Settings):
    """How groups are replaced."""

    type: Literal["RollingUpdate"] = "RollingUpdate"
    rolling_update_configuration: RollingUpdate


class LeaderWorkerTemplate(Settings):
    """One group: its size and its pods."""

    size: Positive
    """Pods of a group, the leader included."""
    restart_policy: Literal["RecreateGroupOnPodRestart"] = "RecreateGroupOnPodRestart"
    leader_template: dict[str, Any]
    """A pod template in wire form."""
    worker_template: dict[str, Any]
    """A pod template in wire form."""


class LeaderWorkerSet(Settings):
    """Groups of pods that live and die together (`leaderworkerset.x-k8s.io/v1`); an autoscaler owns `replicas`."""

    leader_worker_template: LeaderWorkerTemplate
    rollout_strategy: RolloutStrategy
