"""The object of NVIDIA's GPU operator."""

from slipway.checks.settings import Settings


class ClusterPolicy(Settings):
    """What the operator runs on GPU nodes (`nvidia.com/v1`). Its chart decides all of it; here nothing is set."""
