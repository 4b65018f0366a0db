"""Imports and names point one way, whoever only reads settings loads no cloud SDK, and files stay short."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LIBRARY = {"slipway.catalog", "slipway.checks", "slipway.reading", "slipway.triton_repository"}
"""What is known and judged without Pulumi; `slipway` stands for the rest of the library, its components."""

MAY_IMPORT: dict[str, set[str]] = {
    "slipway.catalog": set(),
    "slipway.checks": {"slipway.catalog"},
    "slipway.reading": {"slipway.catalog", "slipway.checks"},
    "slipway.triton_repository": {"slipway.catalog", "slipway.checks", "slipway.reading"},
    "slipway": LIBRARY,
    "stacks": LIBRARY | {"slipway"},
    "offline": LIBRARY | {"slipway"},
    "rehearsal": LIBRARY | {"slipway", "offline"},
    "simulate": LIBRARY | {"slipway", "offline", "rehearsal"},
    "reference": LIBRARY | {"slipway", "stacks"},
    "preflight": LIBRARY | {"slipway", "offline"},
    "choose": LIBRARY | {"slipway", "stacks", "offline", "rehearsal"},
}
"""What each package of the project may import of the others. `offline` runs `__main__.py`; it does not import it."""


CLOUDS = {"aws", "ec2", "eks", "gcp", "gke", "google"}
OF_A_CLOUD = re.compile(r"(slipway\.(eks|gke)|pulumi_(aws|gcp))\b")
"""Modules that know a cloud."""

OF_ONE_CLOUD = {"components/slipway/checks/charts/node_rules.py"}
"""Files about charts that are for the nodes of one cloud, whose values name it."""

ENGINES = {"nim", "sglang", "tensorrt-llm", "triton", "triton-python", "trtllm-serve", "vllm", "vllm-tpu"}
KNOW_ENGINES = (
    "components/slipway/servers/",
    "components/slipway/catalog/engines/",
    "components/slipway/checks/fit/engines/",
    "rehearsal/engine/",
    *(f"components/slipway/serving/{engine}/" for engine in ("nim", "sglang", "tensorrt_llm", "triton", "vllm")),
)

MOST_LINES = 200
MOST_LINES_OF_A_CONSTRUCTOR = 60


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_lies_before_it(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(package)
        for name in imported(path)
        if (owner := package_of(name)) in MAY_IMPORT.keys() | {"tests", "bench"}
        and owner not in MAY_IMPORT[package] | {package}
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", sorted(LIBRARY))
def test_facts_and_judgement_know_nothing_of_pulumi(package: str) -> None:
    names = {name for path in files(package) for name in imported(path)}
    assert not {name for name in names if name.startswith("pulumi")}


def test_components_of_one_folder_know_nothing_of_the_servers_or_clusters_of_another() -> None:
    serving = {name for path in files("slipway.serving") for name in imported(path)}
    assert not {name for name in serving if name.startswith(("slipway.gke", "slipway.addons", "slipway.eks"))}


@pytest.mark.parametrize("folder", ["slipway", "stacks"])
def test_annotations_stay_types(folder: str) -> None:
    """Pulumi's component host reads them, and cannot read strings."""
    wrong = [path for path in files(folder) if "__future__" in imported(path)]
    assert not wrong


def test_the_program_and_its_stacks_use_nothing_that_a_library_user_could_not() -> None:
    private = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {alias.name}"
        for path in [ROOT / "__main__.py", *(ROOT / "stacks").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "slipway"
        for alias in node.names
        if any(part.startswith("_") for part in f"{node.module}.{alias.name}".split("."))
    ]
    assert not private


def test_only_the_program_reads_the_configuration() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for package in MAY_IMPORT
        for path in files(package)
        if "pulumi.Config(" in path.read_text()
    ]
    assert not readers


def test_reading_settings_loads_no_cloud_sdk() -> None:
    program = "import stacks, sys; print([name for name in sys.modules if name.startswith('pulumi_')])"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize("package", ["stacks", "slipway.checks", "slipway.servers"])
def test_nothing_but_clusters_and_facts_names_a_cloud(package: str) -> None:
    wrong = [
        f"{file}:{line}: {name}"
        for file, tree in modules(package)
        if not file.startswith("stacks/clusters/") and file not in OF_ONE_CLOUD
        for line, name in names(tree)
        if OF_A_CLOUD.match(name) or (CLOUDS & words(name) and not name.startswith("slipway.catalog."))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_an_engine_is_told_apart_only_where_it_is_known(package: str) -> None:
    wrong = [
        f"{file}:{node.lineno}: {ast.unparse(node)}"
        for file, tree in modules(package)
        if not file.startswith(KNOW_ENGINES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare | ast.MatchValue)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in ENGINES
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", [*MAY_IMPORT, "bench"])
def test_a_file_and_a_constructor_are_one_thing(package: str) -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in files(package)
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    ]
    long += [
        f"{file}:{node.lineno}: {lines} lines of a constructor"
        for file, tree in modules(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_CONSTRUCTOR
    ]
    assert not long, "\n".join(long)


def package_of(module: str) -> str:
    """Return which package of the project has a module, or the first part of its name."""
    return next((each for each in LIBRARY if f"{module}.".startswith(f"{each}.")), module.partition(".")[0])


def files(package: str) -> list[Path]:
    """Return a package's files, without those of packages that stand on their own."""
    base = ROOT / "components" if package_of(package).startswith("slipway") else ROOT
    return [
        path
        for path in sorted((base / package.replace(".", "/")).rglob("*.py"))
        if package_of(".".join(path.relative_to(base).with_suffix("").parts)) == package_of(package)
    ]


def modules(package: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each file of a package, relative to the project, and what is in it."""
    for path in files(package):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield whatever names something: modules, identifiers, and strings of one word. Prose does not."""
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                modules = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
                found = [*modules, *(alias.asname or alias.name for alias in node.names)]
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found = [name]
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                found = [name]
            case ast.keyword(arg=str(name)):
                found = [name]
            case ast.Constant(value=str(name)) if not re.search(r"\s", name):
                found = [name]
            case _:
                continue
        yield from ((getattr(node, "lineno", 0), each) for each in found)


def words(name: str) -> set[str]:
    """Return the words of a name, whichever way they are joined: `aws-efa`, `gcp_project`, `GkeStack`, `EC2Quota`."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+\d*|[A-Z]+\d*(?![a-z])", name)}


def imported(path: Path) -> set[str]:
    """Return the names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names
