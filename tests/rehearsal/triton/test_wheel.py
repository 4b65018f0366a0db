"""Where there is no tritonserver, people are told what to do."""

import importlib.util
from importlib.machinery import ModuleSpec

import pytest

from rehearsal.triton import wheel


@pytest.mark.parametrize("missing", [("pytriton",), ("pytriton", "numpy")])
def test_what_is_missing_is_named_with_the_command_that_brings_it(
    missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_spec(name: str) -> ModuleSpec | None:
        return None if name in missing else ModuleSpec(name, None, origin=f"/packages/{name}/__init__.py")

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    with pytest.raises(wheel.MissingWheelError, match=f"^{' and '.join(missing)} cannot be imported") as raised:
        wheel.find()
    assert "uv sync --group triton" in str(raised.value)
    assert "Python 3.11 or 3.12" in str(raised.value)
