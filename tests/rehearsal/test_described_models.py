"""Models that a stack describes itself are played and simulated like those of the catalog, whatever the engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import record
from rehearsal import stack
from simulate import load, loop
from simulate.scenario import scenarios

OURS = "our-org/Our-8B"
DESCRIBED = {"source": "config-json", "path": "tests/stacks/models/llama-8b.json"}


@pytest.mark.parametrize(("name", "image"), [("gke-tpu", None), ("eks-nim", "nvcr.io/nim/our-org/our-8b")])
def test_a_stacks_own_model_is_played(name: str, image: str | None, tmp_path: Path) -> None:
    content: dict[str, Any] = yaml.safe_load(Path(f"stacks/Pulumi.{name}.yaml").read_text())
    settings = content["config"]["slipway:stack"]
    settings["models"] = {OURS: DESCRIBED}
    settings["servers"]["llama"] |= {"model": OURS} | ({"image": image} if image else {})
    file = tmp_path / f"Pulumi.{name}.yaml"
    file.write_text(yaml.safe_dump(content))
    played = stack.read(record(file))
    [server] = played.servers
    assert played.engine(server.workload["spec"]["template"]) is not None
    [scenario], _ = scenarios(played)
    assert loop.run(scenario, load.parse("0:4")).first_tokens
