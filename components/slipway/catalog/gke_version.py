"""GKE versions in GKE's own order: `1.31.2-gke.1115000`, then `1.31.2-gke.1115001`, then `1.31.10`."""

import re
from dataclasses import dataclass
from functools import total_ordering

from typing_extensions import override

_FORM = re.compile(r"(\d+)\.(\d+)(?:\.(\d+)(?:-gke\.(\d+))?)?")


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class ClusterVersion:
    """The version of a cluster as GKE numbers it, or a prefix of one.

    GKE resolves `1.35` to the newest patch that it offers of 1.35, and `1.35.8` to the newest build of that patch
    (https://cloud.google.com/kubernetes-engine/versioning#specifying_cluster_version), so a part that is left out
    ranks above every value it could have.
    """

    minor: tuple[int, int]
    patch: float
    build: float

    @classmethod
    def parse(cls, text: str) -> "ClusterVersion":
        """Read `1.35`, `1.35.8` or `1.35.8-gke.1036000`.

        Raises:
            ValueError: the text has none of these forms.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            msg = f"{text!r} is not a GKE version; write 1.35, 1.35.8 or 1.35.8-gke.1036000"
            raise ValueError(msg)
        major, minor, patch, build = match.groups()
        newest = float("inf")
        return cls((int(major), int(minor)), int(patch) if patch else newest, int(build) if build else newest)

    @property
    def _key(self) -> tuple[tuple[int, int], float, float]:
        return (self.minor, self.patch, self.build)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterVersion) and self._key == other._key

    def __lt__(self, other: "ClusterVersion") -> bool:
        return self._key < other._key

    @override
    def __str__(self) -> str:
        parts = [*self.minor, *(() if self.patch == float("inf") else (self.patch,))]
        build = "" if self.build == float("inf") else f"-gke.{self.build}"
        return ".".join(map(str, parts)) + build

    @override
    def __hash__(self) -> int:
        return hash(self._key)


OLDEST_MINOR = (1, 31)
"""In the Extended channel in autumn 2026; 1.30 left it before (GKE release notes, Extended channel, 2026-R21)."""

NEWEST_MINOR = (1, 36)
"""Of the Rapid channel in autumn 2026."""
