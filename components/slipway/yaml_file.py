"""YAML as Pulumi reads it: the core scalars of YAML 1.2, and a key that stands twice in a map is an error.

PyYAML alone would take `yes` for true, `2026-01-01` for a date and the last of two equal keys without a word. Files
that would grow without bound as their aliases are followed are refused before anything is made of them.
"""

import re
from collections.abc import Hashable
from math import isfinite
from pathlib import Path
from typing import Any

import yaml
from typing_extensions import override

from slipway.checks import Finding


class UnreadableFileError(Exception):
    """A file that cannot be read, for the reason in its finding.

    Attributes:
        finding: what was found.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        lines: dict[Hashable, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)  # pyright: ignore[reportUnknownMemberType]
            if isinstance(key, Hashable) and key in lines:
                problem = f"the key {key!r} stands here and in line {lines[key]}"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if isinstance(key, Hashable):
                lines[key] = key_node.start_mark.line + 1
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(0o?[0-7_]+|0x[0-9a-fA-F][0-9a-fA-F_]*|[0-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType]
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )


MOST_BYTES, MOST_VALUES, DEEPEST, LONGEST_KEY = 1 << 20, 100_000, 100, 1024
"""Of a file, of the values in it with every alias followed, of blocks within blocks, and of a key in characters."""

_CORE = "tag:yaml.org,2002:"


def _whole(loader: _Loader, node: yaml.ScalarNode) -> int | float:
    """Return a whole number as Pulumi's reader has it: what begins with 0 is octal, or else not one of that kind."""
    text = str(node.value).replace("_", "").lower().replace("0o", "0")
    if len(text) > MOST_DIGITS:
        raise yaml.constructor.ConstructorError(None, None, f"a number of {len(text)} digits", node.start_mark)
    sign, digits = (-1 if text.startswith("-") else 1), text.lstrip("+-")
    if digits.startswith("0x"):
        return sign * int(digits, 16)
    if digits.startswith("0") and digits.isdigit() and not set(digits) & set("89"):
        return sign * int(digits, 8)
    return sign * (int(float(digits)) if digits.startswith("0") else int(digits))


def _finite(loader: _Loader, node: yaml.ScalarNode) -> float:
    text = str(node.value).replace("_", "").lower()
    value = float(re.sub(r"\.(inf|nan)", r"\1", text))
    if not isfinite(value):
        raise yaml.constructor.ConstructorError(None, None, f"{node.value} is no finite number", node.start_mark)
    return value


MOST_DIGITS = 20
_Loader.add_constructor("tag:yaml.org,2002:int", _whole)  # pyright: ignore[reportUnknownMemberType]
_Loader.add_constructor("tag:yaml.org,2002:float", _finite)  # pyright: ignore[reportUnknownMemberType]


def _bounded(loader: _Loader, root: yaml.Node) -> None:
    """Refuse a document that names itself within itself, is too deep or too large, or has types of its own."""
    sizes: dict[int, int] = {}
    above: set[int] = set()
    waiting: list[tuple[yaml.Node, bool]] = [(root, False)]
    while waiting:
        node, done = waiting.pop()
        below = _below(node)
        if done:
            above.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes[id(each)] for each in below)
            if sizes[id(node)] > MOST_VALUES:
                _refuse(node, f"more than {MOST_VALUES} values, with every alias followed")
        elif id(node) in above:
            _refuse(node, "a block that is an alias of itself")
        elif id(node) not in sizes:
            if node.tag not in _tags(loader, node):
                _refuse(node, f"the tag {node.tag!r}, and text, numbers, lists and blocks are written without one")
            if isinstance(node, yaml.MappingNode) and any(_is_long(key) for key, _ in node.value):
                _refuse(node, f"a key of more than {LONGEST_KEY} characters")
            above.add(id(node))
            if len(above) > DEEPEST:
                _refuse(node, f"more than {DEEPEST} blocks within blocks")
            waiting.append((node, True))
            waiting += [(each, False) for each in below]


def _tags(loader: _Loader, node: yaml.Node) -> set[str]:
    """Return the tags that a node may have: that of its kind, and text may be called what it is anyway."""
    if isinstance(node, yaml.ScalarNode):
        return {f"{_CORE}str", str(loader.resolve(yaml.ScalarNode, node.value, (True, False)))}  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return {f"{_CORE}{'map' if isinstance(node, yaml.MappingNode) else 'seq'}"}


def _is_long(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and len(key.value) > LONGEST_KEY


def _below(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _refuse(node: yaml.Node, problem: str) -> None:
    raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _document(text: str) -> Any:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()  # pyright: ignore[reportUnknownMemberType]
        if root is None:
            return None
        _bounded(loader, root)
        return loader.construct_document(root)  # pyright: ignore[reportUnknownMemberType]
    finally:
        loader.dispose()


def load(path: Path) -> Any:
    """Return the one document of a YAML file.

    Raises:
        UnreadableFileError: the file cannot be read, or is no YAML; the finding's path has line and column.
    """
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            message = f"has {size} bytes, and a stack file is smaller than {MOST_BYTES}"
            raise UnreadableFileError(Finding("stack-file.size", str(path), message, "name a stack file"))
        return _document(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFileError(
            Finding("stack-file.unreadable", str(path), error.strerror or str(error), "name a file that can be read")
        ) from None
    except RecursionError:
        message = f"not valid YAML: more than {DEEPEST} blocks within blocks"
        raise UnreadableFileError(Finding("stack-file.yaml", str(path), message, "write fewer")) from None
    except UnicodeDecodeError as error:
        message = f"is no UTF-8: byte {error.object[error.start]:#04x} at {error.start} begins no character"
        found = Finding("stack-file.encoding", str(path), message, "save the file as UTF-8")
        raise UnreadableFileError(found) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        message = f"not valid YAML: {', '.join(filter(None, (error.context, error.problem)))}"
        raise UnreadableFileError(
            Finding("stack-file.yaml", where, message, "correct the file at this line and column")
        ) from None
    except yaml.YAMLError as error:
        message = f"not valid YAML: {str(error).partition(chr(10))[0]}"
        raise UnreadableFileError(Finding("stack-file.yaml", str(path), message, "leave that character out")) from None
