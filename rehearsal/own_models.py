"""The models that a stack file describes itself: what a real engine would download, and no object of the stack says."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter

from catalog.architecture import Model
from components.models import OwnModels, described
from offline import PROGRAM
from offline.stack_config import PROJECT_FILE, load

_STACK = "slipway:stack"


def own_models(stack_file: Path) -> Mapping[str, Model]:
    """Return the models of a stack file that the program has taken, by their names."""
    stack = json.loads(load(stack_file, PROGRAM.parent / PROJECT_FILE).values[_STACK])
    models = TypeAdapter[OwnModels](OwnModels).validate_python(stack.get("models", {}))
    return {name: row for name, row in described(models).items() if isinstance(row, Model)}
