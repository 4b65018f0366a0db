from pathlib import Path

import pytest

from tests.offline.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty folder for a project."""
    return Project(tmp_path)
