import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".github/changed_stacks.py"
STACKS = {"gke-tpu": "gke", "gke-tpu-prod": "gke", "eks-gpu": "eks"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A directory with one stack file for each of STACKS."""
    (tmp_path / "stacks").mkdir()
    for stack, provider in STACKS.items():
        text = f"config:\n  slipway:stack:\n    cluster: {{provider: {provider}}}\n"
        (tmp_path / f"stacks/Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def outputs(checkout: Path, *changed: str, clouds: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Run the script as the workflow does and return its outputs by name."""
    run = subprocess.run(
        [sys.executable, str(SCRIPT), *clouds],
        input="".join(f"{path}\0" for path in changed),
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: json.loads(value) for name, _, value in (line.partition("=") for line in run.stdout.splitlines())}


def imported_roots(path: Path) -> set[str]:
    """Return the first parts of the names of the modules that a Python file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names}


def test_a_stack_file_counts_for_its_own_stack_only(checkout: Path) -> None:
    changed = ("docs/index.md", "stacks/Pulumi.gke-tpu-prod.yaml", "tests/stacks/Pulumi.gke-tpu.yaml")
    assert outputs(checkout, *changed)["stacks"] == ["gke-tpu-prod"]


@pytest.mark.parametrize("path", ["uv.lock", "stacks/gke_tpu.py", "components/slipway/addons/dashboards/vllm.json"])
def test_a_program_file_counts_for_every_stack(checkout: Path, path: str) -> None:
    assert outputs(checkout, path, "stacks/Pulumi.gke-tpu.yaml")["stacks"] == sorted(STACKS)


def test_every_package_that_the_program_imports_counts_as_program(checkout: Path) -> None:
    files = [ROOT / "__main__.py"]
    roots: set[str] = set()
    while files:
        named = {"components" if root == "slipway" else root for root in imported_roots(files.pop())}
        new = {root for root in named - roots if (ROOT / root).is_dir()}
        files += [file for root in new for file in (ROOT / root).rglob("*.py")]
        roots |= new
    assert {"stacks", "components"} <= roots
    assert all(outputs(checkout, f"{root}/module.py")["stacks"] == sorted(STACKS) for root in roots)


def test_a_removed_stack_file_counts_for_no_stack(checkout: Path) -> None:
    assert outputs(checkout, "stacks/Pulumi.gone.yaml", "README.md")["stacks"] == []


def test_only_stacks_of_the_given_clouds_are_live(checkout: Path) -> None:
    assert outputs(checkout, "__main__.py")["live"] == []
    assert outputs(checkout, "__main__.py", clouds=("gcp",))["live"] == ["gke-tpu", "gke-tpu-prod"]
    assert outputs(checkout, "__main__.py", clouds=("gcp", "aws"))["live"] == sorted(STACKS)


@pytest.mark.parametrize("text", ["config: [", "config:", "[]", "config: {slipway:stack: {cluster: 1}}"])
def test_a_stack_file_without_a_provider_is_previewed_but_not_live(checkout: Path, text: str) -> None:
    (checkout / "stacks/Pulumi.gke-tpu.yaml").write_text(text, encoding="utf-8")
    found = outputs(checkout, "stacks/Pulumi.gke-tpu.yaml", clouds=("gcp", "aws"))
    assert found == {"stacks": ["gke-tpu"], "live": []}
