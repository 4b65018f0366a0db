"""Pods alike on nodes and in zones of their own. Plain data: importing it loads no cloud SDK."""

from collections.abc import Mapping
from typing import Any


def spread(labels: Mapping[str, str]) -> list[Any]:
    """Return topology spread constraints, as the API spells them, for the pods with these labels.

    They are wishes: in a cluster of one node all of them run there.
    """
    return [
        {
            "maxSkew": 1,
            "topologyKey": topology,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for topology in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
