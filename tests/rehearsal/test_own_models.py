"""Models that a stack describes itself are played and simulated like those of the catalog."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.models import model
from checks.fit import Adapters
from offline import record
from rehearsal import stack
from rehearsal.engine import vllm_pod
from rehearsal.engine.engine import Surroundings
from rehearsal.own_models import own_models
from rehearsal.stack import NothingToPlayError
from simulate import load, loop
from simulate.scenario import scenarios

OURS, KNOWN = "our-org/Our-8B", "meta-llama/Llama-3.1-8B-Instruct"
DESCRIBED = {"source": "config-json", "path": "tests/stacks/models/llama-8b.json"}


@pytest.fixture
def stack_file(tmp_path: Path) -> Path:
    """The stack `gke-tpu` with a model of its own."""
    content: dict[str, Any] = yaml.safe_load(Path("stacks/Pulumi.gke-tpu.yaml").read_text())
    settings = content["config"]["slipway:stack"]
    settings["models"] = {OURS: DESCRIBED}
    settings["servers"]["llama"]["model"] = OURS
    file = tmp_path / "Pulumi.gke-tpu.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def test_a_stacks_own_model_is_played(stack_file: Path) -> None:
    played = stack.read(record(stack_file), own_models(stack_file))
    [server] = played.servers
    assert server.engine.served_name == OURS
    assert played.engine(server.workload["spec"]["template"]["spec"]) is not None
    [scenario] = scenarios(played)
    assert loop.run(scenario, load.parse("0:4")).first_tokens


def test_without_its_description_it_is_left_out(stack_file: Path) -> None:
    with pytest.raises(NothingToPlayError, match=OURS):
        stack.read(record(stack_file))


@pytest.mark.parametrize(
    ("flags", "less"),
    [
        (["--kv-cache-dtype=fp8"], False),
        (["--enable-lora", "--max-loras=4", "--max-lora-rank=64"], True),
        (["--enable-lora", "--max-loras=4", "--max-lora-rank=64", "--lora-target-modules", "qkv_proj"], True),
    ],
)
def test_adapters_and_the_format_of_the_cache_change_its_room(flags: list[str], *, less: bool) -> None:
    assert (tokens(flags) < tokens([])) is less
    assert tokens(flags) != tokens([])


def tokens(flags: list[str]) -> int:
    container = {
        "command": ["vllm", "serve", KNOWN, "--tensor-parallel-size=8", "--max-model-len=4096", "--max-num-seqs=64"],
        "args": flags,
    }
    pod = {"nodeSelector": {"cloud.google.com/gke-tpu-accelerator": "tpu-v6e-slice"}, "containers": [container]}
    engine = vllm_pod.read(pod, Surroundings(own_models={KNOWN: model(KNOWN)}))
    assert engine is not None
    assert engine.limits
    return engine.limits.kv_tokens


def test_adapters_of_all_modules_are_those_of_all_layers() -> None:
    assert Adapters
