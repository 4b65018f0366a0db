# pyright: basic, reportMissingImports=false
"""Make the model repository around an engine from the templates that the container's TensorRT-LLM brings.

Templates and code belong together and change with each release, so the container's own are filled in.
"""

import json
import re
import shutil
from pathlib import Path
from string import Template

from engine import arguments, described

BLANK = re.compile(r"\$\{(\w+)\}")


def fill(templates: Path, repository: Path, models: list[str], values: dict[str, str], gate: str = "") -> None:
    """Copy models, fill in the blanks of their configurations, and tag the metrics of those behind a gate.

    A blank inside a string may stay: the models' code takes it for a parameter that is not given.

    Raises:
        SystemExit: another blank has no value, so that Triton could not read the file.
    """
    for model in models:
        shutil.copytree(templates / model, repository / model, dirs_exist_ok=True)
        config = repository / model / "config.pbtxt"
        text = Template(config.read_text()).safe_substitute(values)
        missing = sorted({name for line in text.splitlines() if '"' not in line for name in BLANK.findall(line)})
        if missing:
            raise SystemExit(f"{templates / model}/config.pbtxt has blanks without a value: {', '.join(missing)}")
        tag = f'\nmetric_tags {{ key: "behind" value: "{gate}" }}\n' if gate not in ("", model) else ""
        config.write_text(text + tag)


if __name__ == "__main__":
    parser = arguments()
    parser.add_argument("--templates", type=Path, required=True)
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--behind", default="")
    parser.add_argument("--models", nargs="+", required=True)
    parser.add_argument("--values", type=json.loads, required=True)
    given = parser.parse_args()
    found = described(given)
    paths = {
        "engine_dir": str(found.directory(given.weights)),
        "tokenizer_dir": str(given.weights / "checkpoints" / found.model),
    }
    fill(given.templates, given.repository, given.models, given.values | paths, given.behind)
