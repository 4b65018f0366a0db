"""The values that each pinned chart reads: facts, a file a chart, that `slipway.catalog.charts.refresh` writes.

A line is a key and its kind, beneath the key that it belongs to. A key without a kind is a map of the keys beneath it;
`*` stands for any key. The chart passes `{}` and `[]` on as they are, so that more keys may be beneath than it knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

Kind = Literal["", "{}", "[]", "bool", "int", "float", "string", "any"]
"""Empty for a map whose keys are known. `any` is what has no default from which its kind would follow."""

EFA_DEVICE_PLUGIN = "aws-efa-k8s-device-plugin"
LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller"
"""Names of charts that programs name in several places."""

ANY_KEY = "*"
INDENT = 2

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Key:
    """A value that a chart reads.

    Attributes:
        below: the keys of a map, all of them if it has no kind.
    """

    kind: Kind = ""
    below: "dict[str, Key]" = field(default_factory=dict[str, "Key"])

    def find(self, name: str) -> "Key | None":
        """Return the value under a key; None if no template reads it."""
        return self.below.get(name) or self.below.get(ANY_KEY)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart at a version.

    Attributes:
        values: all that it reads.
    """

    name: str
    version: str
    values: Key


def file_of(chart: str) -> Path:
    """Return where the values of a chart are written down."""
    return _FOLDER / f"{chart}.txt"


@cache
def chart(name: str) -> Chart:
    """Return what a chart reads.

    Raises:
        FileNotFoundError: nobody has written down the values of this chart.
    """
    written = file_of(name).read_text(encoding="utf-8").splitlines()
    return Chart(name, written[0].split()[-1], keys(line for line in written if not line.startswith("#")))


def keys(written: Iterable[str]) -> Key:
    """Return the keys that lines hold.

    Raises:
        ValueError: a line has a kind that there is not.
    """
    root = Key()
    above = [root]
    for line in written:
        name, _, kind = line.strip().partition(" ")
        if kind not in get_args(Kind):
            msg = f"{line!r} has no kind that is known"
            raise ValueError(msg)
        del above[(len(line) - len(line.lstrip())) // INDENT + 1 :]
        found = Key(cast(Kind, kind))
        above[-1].below[name] = found
        above.append(found)
    return root


def lines(key: Key, depth: int = 0) -> list[str]:
    """Return the lines for the keys below one."""
    written: list[str] = []
    for name, below in sorted(key.below.items()):
        written.append(f"{' ' * INDENT * depth}{name} {below.kind}".rstrip())
        written += lines(below, depth + 1)
    return written
