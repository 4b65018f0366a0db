"""Whom further arguments of a server are for, and what is said of them whatever they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slipway.catalog.engines.flags import Flag, Flags
from slipway.checks import Finding, Severity

BY_REFERENCE = "write {secret: <Kubernetes Secret of the servers' namespace>, key: <its key>} under env"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Whom further arguments are for.

    Attributes:
        flags: what the engine takes.
        keys: what the stack file calls the keys that the flags name, where it has others; None where it has those.
        pinned: whether the image is the one whose flags are known. Of another one an unknown flag is a warning.
        arguments: those of the command line that one of the variables holds.
        downloads: whether its pods download the model from Hugging Face.
    """

    flags: Flags
    keys: Mapping[str, str] | None = None
    pinned: bool = True
    arguments: "Told | None" = field(default=None)
    downloads: bool = False

    @property
    def severity(self) -> Severity:
        """How grave it is that a flag or a value is unknown."""
        return "error" if self.pinned else "warning"


def owned(path: str, name: str, key: str, told: Told) -> Finding:
    """Say which key stands for a flag, if one does."""
    if told.keys is not None:
        key = told.keys.get(key, "")
    if key:
        message = f"{name} comes after what the stack file says of it, so what is judged is not what runs"
        return Finding("arguments.owned", path, message, f"write {key} instead")
    message = f"{name} changes what Slipway sets itself or judges, and no key stands for it"
    return Finding("arguments.owned", path, message, "leave it out")


def secret(path: str, name: str, flag: Flag | None) -> Finding:
    """Say how a credential is given."""
    message = f"{name} would show a credential in clear text, in the stack file, in the state and in every pod"
    remedies = {"secret": flag.about, "owned": f"write {flag.about} instead"} if flag and flag.about else {}
    return Finding("arguments.secret", path, message, remedies.get(flag.effect if flag else "", BY_REFERENCE))


def unknown(path: str, name: str, told: Told, matches: Sequence[str] = ()) -> Finding:
    """Say what a person may have meant.

    Args:
        matches: the flags of which `name` is the beginning.
    """
    flags = told.flags
    if matches:
        message = f"{name} can stand for {' and '.join(matches[:4])}, and {flags.engine} refuses it"
        return Finding("arguments.unknown", path, message, "write the whole name", told.severity)
    if flags.spelling not in ("options", "variables") and (not name.startswith("-") or " " in name):
        words = ", ".join(name.split()[:2]) if name.startswith("-") else ""
        remedy = f"write it as words of their own: [{words}]" if words else "leave it out"
        return Finding("arguments.unknown", path, f"{name!r} belongs to no flag of {flags.engine}", remedy)
    near = flags.nearest(name)
    severity = told.severity if flags.whole or near else "warning"
    remedy = f"write {' or '.join(near)}" if near else "leave it out"
    return Finding("arguments.unknown", path, f"{flags.engine} has no {name}", remedy, severity)
