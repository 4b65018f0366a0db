"""Whether address ranges are networks, and go together."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from itertools import combinations

from slipway.checks import Finding

DOCUMENTED = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""Ranges that stand in documents for somebody's own (RFC 5737): nobody has an address of them."""

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""Ranges that each network may use for itself (RFC 1918, RFC 6598)."""

HOSTS_OWN = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")))
"""Ranges of which no host has an address that others reach: this host, its link, groups, and what is not given out."""

BRIDGES = IPv4Network("172.17.0.0/16")
"""What container runtimes use within each host unless they are told otherwise."""


def parsed(text: str) -> IPv4Network | None:
    """Return the network that a text names; None if it names none."""
    try:
        return IPv4Network(text) if "/" in text else None
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def range_findings(path: str, text: str) -> Iterator[Finding]:
    """Judge whether a text is a range."""
    if parsed(text) is not None:
        return
    try:
        remedy = f"write {IPv4Network(text, strict=False)}"
        reason = "has bits set behind its prefix" if "/" in text else "has no prefix"
    except ValueError as error:
        reason, remedy = (
            f"is none: {error}",
            "write four numbers up to 255 and a prefix up to 32, as in 10.0.0.0/16",
        )
    yield Finding("networks.form", path, f"{text!r} as a range {reason}", remedy)


def own_findings(path: str, text: str, prefixes: range) -> Iterator[Finding]:
    """Judge a range of the stack's own network.

    Args:
        path: where it is in the stack file.
        prefixes: the lengths that its owner takes.
    """
    network = parsed(text)
    if network is None:
        yield from range_findings(path, text)
        return
    if not _within(network, PRIVATE):
        whose = "no network's to have" if _within(network, (*HOSTS_OWN, *DOCUMENTED)) else "of the internet"
        yield Finding("networks.public", path, f"{text} is {whose}", "write a part of 10.0.0.0/8")
    if network.overlaps(BRIDGES):
        message = f"{text} has addresses of {BRIDGES}, which container runtimes use within each host"
        yield Finding("networks.bridge", path, message, "write a part of 10.0.0.0/8", "warning")
    if network.prefixlen not in prefixes:
        message = f"/{network.prefixlen} is not between /{prefixes[0]} and /{prefixes[-1]}"
        prefix = min(max(network.prefixlen, prefixes[0]), prefixes[-1])
        remedy = f"write {IPv4Network((network.network_address, prefix), strict=False)}"
        yield Finding("networks.size", path, message, remedy)


def larger_range(addresses: int, taken: Iterable[str]) -> str:
    """Return how a person writes a private range with so many addresses that has none in common with others."""
    prefix, others = 32 - (addresses - 1).bit_length(), [network for text in taken if (network := parsed(text))]
    whole = IPv4Network("10.0.0.0/8")
    ranges = whole.subnets(new_prefix=prefix) if prefix >= whole.prefixlen else ()
    free = next((each for each in ranges if not any(each.overlaps(other) for other in others)), None)
    return f"write {free}, or lower maxNodes" if free else "lower maxNodes"


def overlap_findings(ranges: Mapping[str, str]) -> Iterator[Finding]:
    """Judge ranges, by their paths, that are to have no address in common."""
    known = {path: network for path, text in ranges.items() if (network := parsed(text))}
    for (one, first), (other, second) in combinations(known.items(), 2):
        if first.overlaps(second):
            message = f"{second} and {first} of {one} have addresses in common"
            yield Finding("networks.overlap", other, message, "write a range of its own", about=one)


def admitted_findings(ranges: Mapping[str, str], *, internet: bool = False) -> Iterator[Finding]:
    """Judge ranges, by their paths, that are let in from outside.

    Args:
        internet: whether they come in over the internet alone, where nobody has a private address.
    """
    by_text: dict[str, list[str]] = {}
    for path, text in ranges.items():
        by_text.setdefault(text, []).append(path)
    for text, (*first, path) in by_text.items():
        if first:
            message = f"{text} is let in by {' and '.join(each.rpartition('.')[2] for each in first)} already"
            yield Finding("networks.twice", path, message, "leave it out", "warning")
    for path, text in ranges.items():
        yield from range_findings(path, text)
        network = parsed(text)
        if network is None:
            continue
        if _within(network, DOCUMENTED):
            message = f"{text} stands in documents for somebody's own range, and nobody has an address of it"
            yield Finding("networks.example", path, message, "write your own", "warning")
        elif _within(network, (*HOSTS_OWN, *(PRIVATE if internet else ()))):
            message = f"nobody comes from {text} here, for it is {_kind(network)}"
            yield Finding("networks.nobody", path, message, "write the range that your own addresses have outside")


def _kind(network: IPv4Network) -> str:
    return "of private networks" if _within(network, PRIVATE) else "no network's to have"


def _within(network: IPv4Network, ranges: Iterable[IPv4Network]) -> bool:
    return any(network.subnet_of(each) for each in ranges)
