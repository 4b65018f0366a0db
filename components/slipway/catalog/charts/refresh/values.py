"""What a template works on: values of the chart that nobody knows, and what it makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from slipway.catalog.charts import ANY_KEY


@dataclass(slots=True, eq=False)
class Asked:
    """A value of a chart.

    Attributes:
        keys: the values below it that are asked for by name.
        open: whether it is passed on as a whole.
        varied: whether a template asks of which kind it is.
    """

    keys: dict[str, "Asked"] = field(default_factory=dict[str, "Asked"])
    open: bool = False
    varied: bool = False

    def key(self, name: str) -> "Asked":
        """Return the value below, as one that is asked for."""
        return self.keys.setdefault(name, Asked())


@dataclass(frozen=True, slots=True)
class Built:
    """A map that a template makes."""

    fields: dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that a template makes."""

    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Several:
    """What may be one thing or another."""

    either: tuple["Value", ...]


Value = Asked | Built | Listed | Several | str | None
"""A text is itself; None is what is not known."""


def below(value: Value, name: str) -> Value:
    """Return what stands under a key."""
    match value:
        case Asked():
            return value.key(name)
        case Built():
            return value.fields.get(name)
        case Listed():
            return value.items[int(name)] if name.isdigit() and int(name) < len(value.items) else None
        case Several():
            return either(*(below(each, name) for each in value.either))
        case _:
            return None


def asked_in(value: Value) -> Iterator[Asked]:
    """Yield the values of the chart that a value holds."""
    match value:
        case Asked():
            yield value
        case Built():
            for each in value.fields.values():
                yield from asked_in(each)
        case Listed(items=parts) | Several(either=parts):
            for each in parts:
                yield from asked_in(each)
        case _:
            pass


def items(value: Value) -> list[Value]:
    """Return what a template meets that goes through a list or the values of a map."""
    match value:
        case Asked():
            return [value.key(ANY_KEY)]
        case Built():
            return list(value.fields.values()) or [None]
        case Listed():
            return list(value.items) or [None]
        case Several():
            return [item for each in value.either for item in items(each)]
        case _:
            return [None]


def texts(value: Value) -> list[str]:
    """Return the texts that a value may be."""
    if isinstance(value, Several):
        return [text for each in value.either for text in texts(each)]
    return [value] if isinstance(value, str) else []


def either(*values: Value) -> Value:
    """Return what may be one of these."""
    known: list[Value] = []
    for value in values:
        for each in value.either if isinstance(value, Several) else (value,):
            if each is not None and not any(each is other or each == other for other in known):
                known.append(each)
    return known[0] if len(known) == 1 else Several(tuple(known)) if known else None


def identity(value: Value) -> object:
    """Return what two values share if a template reads the same of both."""
    match value:
        case Asked():
            return id(value)
        case Built():
            return tuple((name, identity(each)) for name, each in sorted(value.fields.items()))
        case Listed():
            return tuple(identity(each) for each in value.items)
        case Several():
            return tuple(identity(each) for each in value.either)
        case _:
            return value


def at(value: Value, names: Sequence[Value]) -> Value:
    """Return what stands under keys, one below the other; a key that is not known may be any."""
    for name in names:
        known = texts(name)
        value = either(*(below(value, text) for text in known)) if known else either(*items(value))
    return value
