"""Imports point one way, and whoever only reads settings loads no cloud SDK."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT: dict[str, set[str]] = {
    "catalog": set(),
    "checks": {"catalog"},
    "triton_repository": {"catalog", "checks"},
    "components": {"catalog", "checks", "triton_repository"},
    "stacks": {"catalog", "checks", "triton_repository", "components"},
    "offline": {"checks", "components"},
    "rehearsal": {"catalog", "checks", "triton_repository", "components", "offline"},
    "simulate": {"catalog", "checks", "components", "offline", "rehearsal"},
}
"""What each package of the project may import of the others. `offline` runs `__main__.py`; it does not import it."""


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_lies_before_it(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imported(path)
        if name.partition(".")[0] in MAY_IMPORT.keys() | {"tests", "bench"}
        and name.partition(".")[0] not in MAY_IMPORT[package] | {package}
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", ["catalog", "checks", "triton_repository"])
def test_facts_and_judgement_know_nothing_of_pulumi(package: str) -> None:
    names = {name for path in (ROOT / package).rglob("*.py") for name in imported(path)}
    assert not {name for name in names if name.startswith("pulumi")}


def test_components_of_one_folder_know_nothing_of_the_servers_or_clusters_of_another() -> None:
    serving = {name for path in (ROOT / "components" / "serving").rglob("*.py") for name in imported(path)}
    assert not {name for name in serving if name.startswith(("components.gke", "components.addons", "components.eks"))}


@pytest.mark.parametrize("folder", ["components", "stacks"])
def test_annotations_stay_types(folder: str) -> None:
    """Pulumi's component host reads them, and cannot read strings."""
    wrong = [path for path in (ROOT / folder).rglob("*.py") if "__future__" in imported(path)]
    assert not wrong


def test_only_the_program_reads_the_configuration() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for package in MAY_IMPORT
        for path in sorted((ROOT / package).rglob("*.py"))
        if "pulumi.Config(" in path.read_text()
    ]
    assert not readers


def test_reading_settings_loads_no_cloud_sdk() -> None:
    program = "import stacks, sys; print([name for name in sys.modules if name.startswith('pulumi_')])"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def imported(path: Path) -> set[str]:
    """Return the names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names
