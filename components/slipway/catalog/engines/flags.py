"""What an engine takes beside what Slipway writes, and what each of it changes: flags, options of a file, variables.

The rows are in CSV files beside each engine's `flags.py`, which names their source. A row without an effect changes
nothing that is judged.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, Protocol, cast

from slipway.catalog.engines.series import release

Effect = Literal["", "owned", "listening", "memory", "secret", "file", "download", "start", "gone"]
"""What changes: a key of the stack file says it, where or how the server listens and shows its metrics, how much memory
it takes or how the model is spread, a credential is given, a file is read that nobody judges, the model cannot be
downloaded, the server does not start, or nothing any more."""

Spelling = Literal["argparse", "flexible", "getopt", "options", "variables"]
"""How names are written: flags as Python's argparse reads them, as vLLM's FlexibleArgumentParser does, or as
`getopt_long` does; keys of a YAML file; or variables of the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A flag, an option or a variable.

    Attributes:
        names: every spelling, the one of the documentation first; of an option in a map, the path to it, dotted.
        takes: `switch` takes no value, a `toggle` has a form with `--no-`, `list` takes several values, `optional` one
            or none, `map` a map whose keys are all listed, `arguments` a command line; or `int`, `positive`, `float`,
            `size` (`8k`), `bool`, `json`, `path` (a file in the pod), the choices divided by `|`, or empty for any
            text. Choices in capitals may be given in small letters.
        about: of an `owned` one its key, empty if there is none; of a `secret` or what is `gone` what to do instead;
            otherwise the reason, a sentence without its subject, in which `{value}` stands for the value.
        same: values with which it changes nothing.
        since: the first release of the engine that has it; empty if every release does that matters.
    """

    names: tuple[str, ...]
    takes: str = ""
    effect: Effect = ""
    about: str = ""
    same: frozenset[str] = frozenset()
    since: str = ""

    @property
    def name(self) -> str:
        """The spelling of the documentation."""
        return self.names[0]

    @property
    def choices(self) -> tuple[str, ...]:
        """The only values that it takes; empty if there are others."""
        return tuple(self.takes.split("|")) if "|" in self.takes else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """Everything that an engine takes in one way.

    Attributes:
        engine: its name and its version: `vLLM 0.27.0`.
        known: each of them by every spelling.
        prefixes: of variables, what the names of the engine's own begin with; others belong to whoever reads them.
        whole: whether the engine has no others.
        needs: flags without which another one ends the server, by that one.
        opened: flags with which another one takes further choices, by that one.
        folders: where the files of its image are that a flag may name.
    """

    engine: str
    spelling: Spelling
    known: Mapping[str, Flag]
    prefixes: tuple[str, ...] = ()
    whole: bool = True
    needs: Mapping[str, str] = field(default_factory=dict[str, str])
    opened: Mapping[str, str] = field(default_factory=dict[str, str])
    folders: tuple[str, ...] = ()

    def nearest(self, name: str) -> list[str]:
        """Return up to three names that a misspelt one may stand for, the likeliest first."""
        long = name.startswith("--")
        known = [each for each, flag in self.known.items() if flag.effect != "gone" and each.startswith("--") >= long]
        return get_close_matches(name, known)

    def of(self, version: str) -> "Flags":
        """Return what a version of the engine has."""
        known = {
            name: flag for name, flag in self.known.items() if not flag.since or release(version) >= release(flag.since)
        }
        return replace(self, engine=f"{self.engine} {version}", known=known)


class Takes(Protocol):
    """A module that knows what one release of an engine takes."""

    def arguments(self) -> Flags:
        """Return what it takes on its command line."""
        ...

    def variables(self) -> Flags:
        """Return what it reads from its environment."""
        ...


def rows(path: Path) -> dict[str, Flag]:
    """Return the flags of a CSV file by every spelling, with the forms of toggles that turn them off."""
    known: dict[str, Flag] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            flag = Flag(
                names=tuple(row["names"].split()),
                takes=row["takes"],
                effect=cast(Effect, row["effect"]),
                about=row["about"],
                same=frozenset(row["same"].split("|")) - {""},
                since=row.get("since", ""),
            )
            known |= dict.fromkeys(flag.names, flag)
            if flag.takes == "toggle":
                known |= {f"--no-{name[2:]}": flag for name in flag.names if name.startswith("--")}
    return known


def variables(engine: str, folder: Path, *prefixes: str, whole: bool = True) -> Flags:
    """Return the variables that an engine reads, and those that every pod has a use for."""
    known = {**rows(Path(__file__).with_name("variables.csv")), **rows(folder / "variables.csv")}
    return Flags(engine=engine, spelling="variables", known=known, prefixes=prefixes, whole=whole)
