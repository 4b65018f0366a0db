"""A program of another checkout runs with its own packages, and leaves those of this one as they were."""

import shutil
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from offline import PROGRAM
from offline.checkouts import HERE, NoSuchCommitError, checked_out
from offline.surroundings import program_surroundings
from slipway.catalog.versions import VLLM_TPU

STACK = Path("stacks") / "Pulumi.gke-tpu.yaml"
VERSIONS = Path("components") / "slipway" / "catalog" / "versions.py"
OTHER = "v0.26.0"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A checkout in which the image of vLLM is another one."""
    for name in ("components", "stacks"):
        shutil.copytree(HERE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(HERE / name, tmp_path)
    text = (HERE / VERSIONS).read_text()
    (tmp_path / VERSIONS).write_text(text.replace(VLLM_TPU, OTHER))
    return tmp_path


def own_modules() -> Mapping[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.startswith(("slipway", "stacks"))}


def test_a_program_elsewhere_imports_its_own_packages(other: Path) -> None:
    before = own_modules()
    with program_surroundings(other):
        assert import_module("slipway.catalog.versions").VLLM_TPU == OTHER
        assert Path(str(import_module("stacks").__file__)).is_relative_to(other)
    assert own_modules() == before


@pytest.mark.skipif(not (HERE / ".git").exists(), reason="the project is no checkout of Git's here")
def test_a_commit_is_checked_out_beside_this_one_and_leaves_nothing() -> None:
    with checked_out("HEAD") as folder:
        assert (folder / PROGRAM.name).exists()
        assert (folder / STACK).exists()
    assert not folder.exists()
    with pytest.raises(NoSuchCommitError, match="no-such-commit"), checked_out("no-such-commit"):
        pass
