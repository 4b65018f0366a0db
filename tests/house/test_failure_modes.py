"""The ways in which such stacks are known to fail, and that a test guards against each of them.

A test names a failure mode by its number, in its docstring (F14) or in its name (test_f14_…).
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from re import finditer

TESTS = Path(__file__).parents[1]

GUARDED = {
    1: "an autoscaler and the stack both set replicas",
    2: "options on a component, which do nothing there",
    3: "the desired size of an EKS node group fights the autoscaler",
    4: "a changed node count replaces a GKE pool",
    5: "node pools inside the cluster resource, or a default pool that stays",
    6: "bounds of TPU pools that a slice cannot have",
    7: "a renamed resource that is deleted and made again",
    8: "immutable fields that change",
    9: "a custom resource before its definition",
    10: "charts whose version floats, with definitions that nobody upgrades",
    11: "a Helm release that hangs in a pending operation",
    12: "charts whose hooks do not run",
    13: "objects that are forgotten because a cluster cannot be reached",
    14: "a provider that is replaced, and everything in the cluster with it",
    15: "load balancers and interfaces that outlive their nodes",
    16: "Pulumi gives up before the model has loaded",
    17: "a GPU operator that is not ready when its pods come",
    18: "finalizers that outlive their operator",
    19: "a metrics API that nobody answers for",
    20: "two owners of one metrics API",
    21: "an adapter that forgets series between two scrapes",
    22: "monitors that Prometheus does not select",
    23: "an autoscaler whose metric is gone",
    24: "a second NVIDIA driver on nodes that have one",
    25: "drivers that change with the node image",
    26: "Cloud Storage FUSE without its sidecar or its room",
    27: "secrets in plain text in the state",
    28: "a stack locked by a run that was killed",
    29: "data and clusters deleted by a mistyped command",
    30: "outputs used before they are there, and dependencies in a circle",
    32: "readiness by an open socket",
}
"""By number, the failure modes that a program can prevent. The remaining one, F31, is about the request rate of the
Kubernetes provider, which its user sets through the environment."""


def test_every_failure_mode_has_a_test_that_names_it() -> None:
    named = {number for path in TESTS.rglob("test_*.py") for number in _named(path)}
    missing = {f"F{number}": title for number, title in GUARDED.items() if number not in named}
    assert not missing


def _named(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            text = f"{node.name} {ast.get_docstring(node) or ''}"
            yield from (int(found[1]) for found in finditer(r"\bF(\d+)\b", text))
            yield from (int(found[1]) for found in finditer(r"test_f(\d+)_", text))
