"""Which stacks a change touches, for the preview workflow.

Reads the changed paths from standard input, relative to the repository's root and each ended by a NUL as `git diff -z`
does. Writes two lines that suit `$GITHUB_OUTPUT`, each a JSON list of stack names: `stacks` to preview offline, and
`live`, those of them that run in a cloud named on the command line (`gcp`, `aws`). A change of the program counts for
every stack, whatever it says.
"""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

PROGRAM = (
    "Pulumi.yaml",
    "__main__.py",
    "pyproject.toml",
    "uv.lock",
    "components/",
    "offline/",
    "stacks/",
)
STACK_FILE = re.compile(r"stacks/Pulumi\.([A-Za-z0-9._-]+)\.yaml")
CLOUDS = {"gke": "gcp", "eks": "aws"}


def changed_stacks(changed: Iterable[str], stacks: Iterable[str]) -> list[str]:
    """Return those of the stacks, by name, whose own file or whose program is among the changed paths."""
    matches = {path: STACK_FILE.fullmatch(path) for path in changed}
    if any(path.startswith(PROGRAM) for path, match in matches.items() if not match):
        return sorted(stacks)
    return sorted(set(stacks) & {match[1] for match in matches.values() if match})


def cloud(stack: str) -> str | None:
    """Return the cloud of the stack's cluster, or None where its file names none; its preview says why."""
    try:
        document: Any = yaml.safe_load(Path(f"stacks/Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
        return CLOUDS.get(document["config"]["slipway:stack"]["cluster"]["provider"])
    except (yaml.YAMLError, LookupError, TypeError, AttributeError):
        return None


def main(clouds: list[str]) -> None:
    """Read the changed paths and write the two outputs."""
    changed = [path for path in sys.stdin.read().split("\0") if path]
    files = (STACK_FILE.fullmatch(path.as_posix()) for path in Path("stacks").glob("Pulumi.*.yaml"))
    stacks = changed_stacks(changed, [match[1] for match in files if match])
    live = [stack for stack in stacks if cloud(stack) in clouds]
    sys.stdout.write(f"stacks={json.dumps(stacks)}\nlive={json.dumps(live)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
