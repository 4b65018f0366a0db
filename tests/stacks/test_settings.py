"""Settings are read one way, written the same way, and never changed."""

from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from offline.stack_config import stack_name
from stacks import AnyStack, Stack
from tests.stack_paths import STACK_FILES
from tests.stacks.edits import Refuse

STACK: TypeAdapter[Stack] = TypeAdapter(AnyStack)


@pytest.mark.parametrize("path", STACK_FILES, ids=stack_name)
def test_settings_survive_being_written_and_read(path: Path) -> None:
    settings = STACK.validate_python(yaml.safe_load(path.read_text())["config"]["slipway:stack"])
    written = settings.model_dump(by_alias=True, mode="json", exclude_none=True)
    assert STACK.validate_python(written, by_alias=True, by_name=False) == settings


def test_a_key_is_written_as_the_schema_has_it(refused: Refuse) -> None:
    found = refused(lambda stack: stack["servers"]["llama"].update(tensor_parallel=8))
    [finding] = found.values()
    assert finding.path == "servers.llama.tensor_parallel"
    assert "'tensor_parallel' is not a key here" in finding.message


def test_settings_are_frozen() -> None:
    settings = STACK.validate_python(yaml.safe_load(STACK_FILES[0].read_text())["config"]["slipway:stack"])
    with pytest.raises(ValidationError, match="frozen"):
        settings.namespace = "other"  # pyright: ignore[reportAttributeAccessIssue]
