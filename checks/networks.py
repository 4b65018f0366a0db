"""Whether address ranges are networks, and go together."""

from collections.abc import Iterator, Mapping
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from itertools import combinations

from checks import Finding

DOCUMENTED = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""Ranges that stand in documents for somebody's own (RFC 5737): nobody has an address of them."""


def parsed(text: str) -> IPv4Network | None:
    """Return the network that a text names; None if it names none."""
    try:
        return IPv4Network(text)
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def range_findings(path: str, text: str, *, private: bool = False, prefixes: range | None = None) -> Iterator[Finding]:
    """Judge one range by itself.

    Args:
        path: where it is in the stack file.
        private: whether it is to be one of those that nobody has on the internet.
        prefixes: the lengths that its owner takes.
    """
    network = parsed(text)
    if network is None:
        try:
            remedy = f"write {IPv4Network(text, strict=False)}"
            reason = "has bits set behind its prefix"
        except ValueError as error:
            reason, remedy = (
                f"is none: {error}",
                "write four numbers up to 255 and a prefix up to 32, as in 10.0.0.0/16",
            )
        yield Finding("networks.form", path, f"{text!r} as a range {reason}", remedy)
        return
    if private and not network.is_private:
        yield Finding("networks.public", path, f"{text} is of the internet", "write a part of 10.0.0.0/8")
    if prefixes and network.prefixlen not in prefixes:
        message = f"/{network.prefixlen} is not between /{prefixes[0]} and /{prefixes[-1]}"
        yield Finding("networks.size", path, message, f"write {network.network_address}/{prefixes[0]}")


def overlap_findings(ranges: Mapping[str, str]) -> Iterator[Finding]:
    """Judge ranges, by their paths, that are to have no address in common."""
    known = {path: network for path, text in ranges.items() if (network := parsed(text))}
    for (one, first), (other, second) in combinations(known.items(), 2):
        if first.overlaps(second):
            message = f"{second} and {first} of {one} have addresses in common"
            yield Finding("networks.overlap", other, message, "write a range of its own", about=one)


def admitted_findings(path: str, ranges: Mapping[str, str]) -> Iterator[Finding]:
    """Judge who is let in from outside, by name."""
    for name, text in ranges.items():
        yield from range_findings(f"{path}.{name}", text)
        network = parsed(text)
        if network and any(network.subnet_of(documented) for documented in DOCUMENTED):
            message = f"{text} stands in documents for somebody's own range, and nobody has an address of it"
            yield Finding("networks.example", f"{path}.{name}", message, "write your own", "warning")
