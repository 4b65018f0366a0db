"""Print the JSON schema of the stack files, from which editors complete and check them: `python -m stacks`."""

import json
import sys
from typing import Any

from pydantic import TypeAdapter

from slipway.stack_files import EXTENDS
from stacks.clusters import PULUMI_KEYS, AnyStack

EXTENSION: dict[str, Any] = {
    "type": "object",
    "properties": {
        EXTENDS: {"type": "string", "description": "Stack of the same folder from which this one differs as follows."}
    },
}
"""What can be said of a stack that inherits: its keys are judged once they are together with the base's."""


def schema() -> dict[str, Any]:
    """Return the schema of a `Pulumi.<stack>.yaml`: Pulumi's own keys are left open."""
    stack = TypeAdapter[Any](AnyStack).json_schema(by_alias=True)
    definitions = stack.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Slipway stack file",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {
                    **{key: {"type": "string", "description": what} for key, what in PULUMI_KEYS.items()},
                    "slipway:stack": {"if": {"required": [EXTENDS]}, "then": EXTENSION, "else": stack},
                },
                "required": ["slipway:stack"],
            }
        },
        "required": ["config"],
        "$defs": definitions,
    }


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")
