"""Every key of a stack file, from the models that read it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from reference.tables import code, table
from stacks.__main__ import EXTENSION, schema

Schema = Mapping[str, Any]

BOUNDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}


def page() -> str:
    """Return the page."""
    whole = schema()
    blocks: Mapping[str, Schema] = whole["$defs"]
    stack = whole["properties"]["config"]["properties"]["slipway:stack"]["else"]
    lines = [
        "# Every key of a stack file",
        "",
        "Made from the models that read stack files. Below `slipway:stack` is one of",
        f"{', '.join(_link(each['$ref']) for each in stack['oneOf'])}, as `cluster.provider` says, or, with `extends`,",
        "what differs from another stack:",
        "",
        *table(
            ("Key", "Type", "Meaning"),
            [(code(key), said["type"], said["description"]) for key, said in EXTENSION["properties"].items()],
        ),
    ]
    for name, block in sorted(blocks.items(), key=lambda item: _title(item[0])):
        lines += _block(name, block)
    return "\n".join(lines) + "\n"


def _block(name: str, block: Schema) -> Iterator[str]:
    yield f"## {_title(name)} {{ #{name.lower()} }}"
    yield ""
    if description := block.get("description"):
        yield " ".join(description.split())
        yield ""
    required = set(block.get("required", ()))
    keys: Mapping[str, Schema] = block.get("properties", {})
    if keys:
        rows = [
            (
                code(key),
                _type(said),
                _default(key, said, required),
                " ".join(said.get("description", "").split()),
                _example(said),
            )
            for key, said in keys.items()
        ]
        yield from table(("Key", "Type", "Default", "Meaning", "Example"), rows)


def _title(name: str) -> str:
    """Return a model's name as a person reads it; of two models of one name, with the folder that tells them apart."""
    *folders, last = name.split("__")
    return f"{last} ({folders[1].upper()})" if len(folders) > 1 else last


def _link(reference: str) -> str:
    name = reference.rpartition("/")[2]
    return f"[{_title(name)}](#{name.lower()})"


def _type(said: Schema) -> str:
    """Return what may stand there."""
    if "$ref" in said:
        return _link(said["$ref"])
    if "const" in said:
        return code(json.dumps(said["const"]))
    if "enum" in said:
        return ", ".join(code(str(choice)) for choice in said["enum"])
    if members := said.get("oneOf") or said.get("anyOf"):
        kinds = [_type(member) for member in cast("list[Schema]", members) if member.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    kind = str(said.get("type", "anything"))
    if kind == "array":
        items: list[Schema] = [said["items"]] if "items" in said else list(said.get("prefixItems", ()))
        return f"list of {_type(items[0])}" if items else "list"
    if kind == "object":
        values: list[Any] = [said.get("additionalProperties"), *said.get("patternProperties", {}).values()]
        inner = [cast("Schema", each) for each in values if isinstance(each, Mapping)]
        return f"map of {_type(inner[0])}" if inner else "map"
    bounds = [words.format(f"{said[key]:g}") for key, words in BOUNDS.items() if key in said]
    return ", ".join([kind, *bounds])


def _default(key: str, said: Schema, required: set[str]) -> str:
    if key in required:
        return "**required**"
    default = said.get("default")
    return "none" if default is None else code(json.dumps(default))


def _example(said: Schema) -> str:
    examples = said.get("examples", ())
    return code(json.dumps(examples[0])) if examples else ""
