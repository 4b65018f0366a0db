"""The library as somebody else gets it: built, and installed where nothing of this checkout is on the path."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import TypedDict
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
UV = ROOT / ".ci/uv"
SOURCES = ROOT / "components/slipway"

IMPORTS = """
import importlib, json, pkgutil, sys
import slipway
lacking = {}
for module in pkgutil.walk_packages(slipway.__path__, "slipway.", onerror=lambda name: None):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        lacking[module.name] = error.name
loaded = sorted(name for name in sys.modules if name.startswith("pulumi_") and "." not in name)
print(json.dumps({"origin": slipway.__file__, "path": sys.path, "lacking": lacking, "loaded": loaded}))
"""
"""Imports every module of the package; says where it came from and what was not there."""

RUN = """
import json, runpy, sys
from pathlib import Path
import pulumi, yaml

class Cloud(pulumi.runtime.Mocks):
    def new_resource(self, args):
        made.append(args.typ)
        metadata = {"name": args.name, **(args.inputs.get("metadata") or {})}
        return args.name, {**args.inputs, "metadata": metadata}

    def call(self, args):
        return {}

made, folder = [], Path(sys.argv[1])
config = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text())["config"]
plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
pulumi.runtime.set_mocks(Cloud(), project=folder.name, stack="dev")
pulumi.runtime.set_all_config(plain)
pulumi.runtime.test(lambda: runpy.run_path(str(folder / "__main__.py"), run_name="__main__") and None)()
print(json.dumps(made))
"""
"""Runs a program by Pulumi's own mocks, and says what it makes."""

EXTRAS = {"eks-triton": "aws", "gke-tpu-pool": "gcp", "signal-path": "", "two-environments": "gcp"}
"""Which of the library's extras each example needs."""

OF_AWS = {f"slipway.addons.{name}" for name in ("cluster_autoscaler", "karpenter", "load_balancer_controller")} | {
    "slipway.addons.interruption_queue"
}
"""Add-ons that have resources in AWS."""


@dataclass(frozen=True, slots=True)
class Built:
    """What `uv build` made: the wheel comes from the source distribution."""

    wheel: Path
    source: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("dist")
    _run(UV, "build", "--quiet", "--out-dir", out, ROOT / "components")
    return Built(wheel=next(out.glob("*.whl")), source=next(out.glob("*.tar.gz")))


class Imported(TypedDict):
    """What `IMPORTS` prints."""

    origin: str
    path: list[str]
    lacking: dict[str, str]
    loaded: list[str]


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the interpreter of an environment with the wheel and one of its extras at most.

    What it depends on comes from uv.lock, and so from uv's cache: nothing is asked of a network once `make` has run.
    """

    @cache
    def python(extra: str) -> Path:
        environment = tmp_path_factory.mktemp(extra or "plain") / ".venv"
        locked = ("sync", "--quiet", "--frozen", "--package", "slipway", "--no-install-project")
        options = ("--no-default-groups", "--python", sys.executable, *(("--extra", extra) if extra else ()))
        _run("env", f"UV_PROJECT_ENVIRONMENT={environment}", UV, *locked, *options)
        _run(UV, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", environment, built.wheel)
        _run(UV, "pip", "check", "--quiet", "--python", environment)
        return environment / "bin/python"

    return python


@pytest.fixture(scope="session")
def imported(installed: Callable[[str], Path]) -> Imported:
    """What importing every module says with the extra `gcp`."""
    python = installed("gcp")
    return json.loads(_run(python, "-I", "-c", IMPORTS, cwd=python.parents[2]))


def test_wheel_and_source_hold_every_file_of_the_package(built: Built) -> None:
    kept = {
        str(path.relative_to(ROOT / "components"))
        for path in SOURCES.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert kept <= set(ZipFile(built.wheel).namelist())
    with tarfile.open(built.source) as source:
        assert kept <= {name.partition("/")[2] for name in source.getnames()}


def test_the_wheel_says_its_licence_and_that_it_is_typed(built: Built) -> None:
    names = ZipFile(built.wheel).namelist()
    assert "slipway/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_a_user_of_one_cloud_needs_no_sdk_of_another(imported: Imported) -> None:
    lacking = imported["lacking"]
    assert imported["loaded"] == ["pulumi_gcp", "pulumi_kubernetes"]
    of_aws = {name for name, module in lacking.items() if module == "pulumi_aws"}
    assert {name for name in of_aws if not name.startswith("slipway.eks.")} == OF_AWS
    # The clients of a model repository want Triton's own client beside them.
    assert lacking.keys() - of_aws == {"slipway.triton_repository.clients.by_grpc"}


def test_nothing_of_the_checkout_is_on_the_path(imported: Imported) -> None:
    assert not [entry for entry in [imported["origin"], *imported["path"]] if entry.startswith(str(ROOT))]


@pytest.mark.parametrize("example", EXTRAS)
def test_an_example_runs_where_only_the_wheel_is(
    example: str, installed: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = copytree(ROOT / "examples" / example, tmp_path / example)
    made = json.loads(_run(installed(EXTRAS[example]), "-I", "-c", RUN, folder, cwd=folder))
    assert "kubernetes:autoscaling/v2:HorizontalPodAutoscaler" in made


def _run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(each) for each in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
