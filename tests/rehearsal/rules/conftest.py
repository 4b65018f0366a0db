from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rehearsal.rules.promtool import Promtool


@pytest.fixture
def promtool(binaries: Mapping[str, Path], tmp_path: Path) -> Promtool:
    return Promtool(binaries["promtool"], tmp_path)
