import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED_ACTION = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def document(path: str) -> dict[str, Any]:
    return yaml.safe_load(read(path))


def prerequisites(target: str) -> set[str]:
    """Return what a target of the Makefile names before its recipe."""
    line = re.search(rf"^{re.escape(target)}:([^#\n]*)", read("Makefile"), re.MULTILINE)
    assert line
    return set(line[1].split())


def test_help_lists_every_target() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[0] for line in shown.splitlines()} == prerequisites(".PHONY")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_and_names_its_version(workflow: Path) -> None:
    uses = [line for line in workflow.read_text(encoding="utf-8").splitlines() if re.search(r"\buses:", line)]
    assert uses
    assert [line for line in uses if not PINNED_ACTION.search(line)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_job_has_a_timeout_and_permissions_of_its_own(workflow: Path) -> None:
    definition = document(str(workflow.relative_to(ROOT)))
    assert definition["permissions"] == {}
    assert all({"timeout-minutes", "permissions"} <= job.keys() for job in definition["jobs"].values())


def test_runs_that_use_a_stack_take_turns() -> None:
    """A run that is killed while it updates leaves the stack locked. F28."""
    for workflow in WORKFLOWS:
        assert document(str(workflow.relative_to(ROOT)))["concurrency"]["group"], workflow


def test_renovate_follows_every_pin_of_the_catalog() -> None:
    text = read("components/slipway/catalog/versions.py")
    (manager,) = json.loads(read("renovate.json"))["customManagers"]
    (pattern,) = manager["matchStrings"]
    (file_pattern,) = manager["managerFilePatterns"]
    assert re.search(file_pattern.strip("/"), "components/slipway/catalog/versions.py")
    found = [match["currentValue"] for match in re.finditer(pattern.replace("(?<", "(?P<"), text)]
    pins = re.findall(r'^[A-Z][A-Z0-9_]*\b.*?"([^"@]+)', text, re.MULTILINE)
    assert pins
    assert found == pins


@pytest.mark.parametrize(
    "go_mod", sorted((ROOT / "rehearsal/binaries").glob("*/go.mod")), ids=lambda path: path.parent.name
)
def test_renovate_follows_the_module_of_every_go_tool(go_mod: Path) -> None:
    text = go_mod.read_text(encoding="utf-8")
    required = dict(re.findall(r"^(?:require|\t)\s*(\S+) v\S+(?: // (indirect))?$", text, re.MULTILINE))
    tools = re.findall(r"^(?:tool |\t)([^\s(]+)$", text, re.MULTILINE)
    own = re.findall(r"^module (\S+)$", text, re.MULTILINE)
    modules = {
        max((name for name in required if f"{tool}/".startswith(f"{name}/")), key=len)
        for tool in tools
        if tool not in own
    }
    # A program of our own follows what it is made of.
    modules |= {name for name, indirect in required.items() if not indirect} if set(own) & set(tools) else set()
    assert modules
    rules = json.loads(read("renovate.json"))["packageRules"]
    enabled = {name for rule in rules if rule.get("enabled") for name in rule["matchPackageNames"]}
    assert {name for name in modules if required[name]} <= enabled


def test_the_pulumi_cli_is_pinned_to_the_version_of_its_sdk() -> None:
    pins = dict(line.split() for line in read(".tool-versions").splitlines())
    locked = {package["name"]: package["version"] for package in tomllib.loads(read("uv.lock"))["package"]}
    assert pins["pulumi"] == locked["pulumi"]


def test_continuous_integration_runs_the_command_that_the_readme_gives_for_tests() -> None:
    assert "```make test```" in read("README.md") or re.search(r"^(\$ )?make test\b", read("README.md"), re.MULTILINE)
    assert re.search(r"^exec make test\b", read(".ci/run"), re.MULTILINE)


def test_hooks_and_continuous_integration_run_the_same_checks() -> None:
    hooks = document(".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert {hook["entry"] for hook in hooks} == {f"make {part}" for part in prerequisites("check")}
    jobs = document(".github/workflows/check.yml")["jobs"]
    ran = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    [parts] = ran["check"]
    assert ran["docs"] == ["make docs"]
    assert set(parts.replace("test-offline", "test").split()) == {"make", *prerequisites("check")}
    assert '-m "not control_plane"' in read("Makefile")
    assert ran["rehearsal"][-1].endswith("-m control_plane")


def test_a_uv_on_path_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    version = dict(line.split() for line in read(".tool-versions").splitlines())["uv"]
    broken, cached = tmp_path / "bin/uv", tmp_path / f"cache/slipway/uv-{version}/bin/uv"
    for path, script in ((broken, "exit 127"), (cached, 'echo cached "$@"')):
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    environment = {"PATH": f"{broken.parent}{os.pathsep}/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    shown = subprocess.run(
        [ROOT / ".ci/uv", "sync"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert shown == "cached sync\n"
