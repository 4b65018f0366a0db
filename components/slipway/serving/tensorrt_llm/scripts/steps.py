"""Run the steps of a plan that are not done yet: `python3 steps.py plan.json`.

A step writes into a directory beside its own, which takes its name when the step has succeeded: what is there is
whole, and a Job that starts again goes on where it stopped. `{arch}` in a plan is the GPU's architecture, such as
`sm90`, since an engine runs on the one that it was built for alone; `{output}` is where a step writes.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict


class Step(TypedDict):
    """One program and the directory that it makes."""

    output: str
    command: list[str]


def main(plan: Path) -> None:
    """Run the steps in order; the first that fails ends it."""
    steps: list[Step] = json.loads(plan.read_text(encoding="utf-8"))
    arch = architecture()
    for step in steps:
        output = Path(step["output"].replace("{arch}", arch))
        if output.is_dir():
            say(f"{output} is there")
            continue
        partial = output.with_name(f"{output.name}.partial")
        partial.mkdir(parents=True, exist_ok=True)
        command = [part.replace("{arch}", arch).replace("{output}", str(partial)) for part in step["command"]]
        say(f"{output}: {' '.join(command)}")
        subprocess.run(command, check=True)
        partial.rename(output)


def architecture() -> str:
    """Return the architecture of the first GPU."""
    query = ["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"]
    answer = subprocess.run(query, check=True, capture_output=True, text=True).stdout
    return f"sm{answer.split()[0].replace('.', '')}"


def say(line: str) -> None:
    """Log one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
