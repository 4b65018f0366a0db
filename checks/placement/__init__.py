"""Whether the nodes of a stack can be had, and whether the pods of its servers find room on them."""

from checks.placement.pool import Demand, Pool

__all__ = ["Demand", "Pool"]
