"""The functions of Go's templates, of Sprig and of Helm: what each makes of values."""

from collections.abc import Callable, Mapping

from slipway.catalog.charts.refresh.values import Built, Listed, Several, Value, asked_in, at, either, items

Function = Callable[[list[Value]], Value]


def call(name: str, arguments: list[Value]) -> Value:
    """Return what a function makes of values; one that is not known here may pass each on as a whole."""
    if function := _PASSING.get(name):
        return function(arguments)
    for argument in arguments:
        for asked in asked_in(argument):
            asked.varied |= name in _KINDS
            asked.open |= name not in _KINDS | _PLAIN
    return None


def _dict(arguments: list[Value]) -> Value:
    pairs = zip(arguments[::2], arguments[1::2], strict=False)
    return Built({name: value for name, value in pairs if isinstance(name, str)})


def _set(arguments: list[Value]) -> Value:
    target, name, value = arguments
    for each in target.either if isinstance(target, Several) else (target,):
        if isinstance(each, Built) and isinstance(name, str):
            each.fields[name] = either(each.fields.get(name), value)
    return target


def _has_key(arguments: list[Value]) -> Value:
    at(arguments[0], arguments[1:])
    return None


def _dig(arguments: list[Value]) -> Value:
    *names, default, value = arguments
    return either(default, at(value, names))


def _first(arguments: list[Value]) -> Value:
    return arguments[0]


def _item(arguments: list[Value]) -> Value:
    return either(*items(arguments[0]))


def _any_of(arguments: list[Value]) -> Value:
    return either(*arguments)


def _list(arguments: list[Value]) -> Value:
    return Listed(tuple(arguments))


def _joined(arguments: list[Value]) -> Value:
    """Return lists as one; what is added to a list may be an item."""
    return Listed(tuple(item for value in arguments for item in (*items(value), value)))


def _plucked(arguments: list[Value]) -> Value:
    return Listed(tuple(at(value, arguments[:1]) for value in arguments[1:]))


def _by_name(function: Function, names: str) -> Mapping[str, Function]:
    return dict.fromkeys(names.split(), function)


_PASSING: Mapping[str, Function] = {
    **_by_name(_any_of, "and or coalesce default ternary merge mergeOverwrite mustMerge mustMergeOverwrite"),
    **_by_name(_first, "omit pick compact without initial rest deepCopy mustDeepCopy reverse uniq mustUniq"),
    **_by_name(_item, "first last mustFirst mustLast"),
    **_by_name(_list, "list tuple"),
    **_by_name(_joined, "concat mustConcat append mustAppend prepend mustPrepend values"),
    "dict": _dict,
    "set": _set,
    "dig": _dig,
    "get": lambda arguments: at(arguments[0], arguments[1:]),
    "index": lambda arguments: at(arguments[0], arguments[1:]),
    "hasKey": _has_key,
    "pluck": _plucked,
    "required": lambda arguments: arguments[-1],
    "fail": lambda arguments: None,
}

_KINDS = frozenset(("kindIs", "kindOf", "typeIs", "typeIsLike", "typeOf"))
"""What asks of which kind a value is."""

_PLAIN = frozenset(
    word
    for line in (
        "eq ne lt le gt ge not empty len has mustHas keys hasPrefix hasSuffix contains any all true false nil",
        "print printf println quote squote toString toStrings int int64 float64 toDecimal atoi cat join tpl",
        "trim trimAll trimSuffix trimPrefix trunc substr nospace wrap repeat replace lower upper title",
        "camelcase snakecase kebabcase indent nindent split splitList sortAlpha lookup now date",
        "b64enc b64dec sha1sum sha256sum htpasswd derivePassword randAlphaNum uuidv4 genCA genSignedCert",
        "genSelfSignedCert add add1 sub mul div mod max min ceil floor round until untilStep semver semverCompare",
        "regexMatch mustRegexMatch regexFind mustRegexFind regexReplaceAll mustRegexReplaceAll",
        "regexReplaceAllLiteral mustRegexReplaceAllLiteral urlParse urlJoin fromYaml fromYamlArray fromJson",
    )
    for word in line.split()
)
"""What makes plain values of plain values."""
