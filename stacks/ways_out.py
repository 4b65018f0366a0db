"""What a person can write where a server does not fit its chips, whatever its cloud."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from checks import Finding
from checks.fit import Change, any_of
from checks.settings import Settings


def keys_of(server: Settings) -> set[str]:
    """Return the keys that the server may have in the stack file."""
    return {info.alias or name for name, info in type(server).model_fields.items()}


def with_ways_out(refusal: Finding, changes: Iterable[Change], keys: Collection[str], places: Iterable[str]) -> Finding:
    """Return a refusal that offers only what can be written there.

    Args:
        refusal: says that the server does not fit.
        changes: each of them alone would make it fit.
        keys: what can be changed of the server.
        places: other chips on which it fits, as it is or spread otherwise; without any, the size that a chip needs.
    """
    changes, found = list(changes), list(places)
    ways = [change.words for change in changes if change.key in keys and change.key != "pool"]
    ways += found or [change.words for change in changes if change.key == "pool"]
    return replace(refusal, remedy=any_of(ways))
