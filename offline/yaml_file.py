"""YAML as Pulumi reads it: the core scalars of YAML 1.2, and a key that stands twice in a map is an error.

PyYAML alone would take `yes` for true, `2026-01-01` for a date and the last of two equal keys without a word.
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from typing_extensions import override

from checks import Finding
from offline.recording import StackFileError


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
    ("int", r"[-+]?(0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType]
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )


def load(path: Path) -> Any:
    """Return the one document of a YAML file.

    Raises:
        StackFileError: the file cannot be read, or is no YAML; the finding's path has line and column.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_Loader)
    except OSError as error:
        raise StackFileError(
            [Finding("stack-file.load", str(path), error.strerror or str(error), "name a file that can be read")]
        ) from None
    except UnicodeDecodeError as error:
        raise StackFileError([Finding("stack-file.load", str(path), str(error), "save the file as UTF-8")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        message = f"not valid YAML: {error.problem or error.context}"
        raise StackFileError(
            [Finding("stack-file.load", where, message, "correct the file at this line and column")]
        ) from None
    except yaml.YAMLError as error:
        raise StackFileError(
            [Finding("stack-file.load", str(path), f"not valid YAML: {error}", "correct the file")]
        ) from None
