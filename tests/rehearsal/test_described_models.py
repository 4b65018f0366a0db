"""Models that a stack describes itself are played and simulated like those of the catalog."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording, record
from rehearsal import eks_pools, stack
from rehearsal.engine import vllm_pod
from rehearsal.engine.engine import Surroundings
from rehearsal.own_models import own_models
from rehearsal.stack import NothingToPlayError
from simulate import load, loop
from simulate.scenario import scenarios

OURS, KNOWN = "our-org/Our-8B", "meta-llama/Llama-3.1-8B-Instruct"
GPU = {"limits": {"nvidia.com/gpu": 1}}
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


def test_adapters_and_the_format_of_the_cache_change_its_room(recordings: Mapping[str, Recording]) -> None:
    def blocks(*flags: str) -> int:
        engine = vllm_pod.read(
            {"nodeSelector": {"slipway.dev/pool": "l40s"}, "containers": [container(*flags)]},
            Surroundings(eks_pools.pools(recordings["eks-nim"])),
        )
        assert engine is not None
        assert engine.limits
        return engine.limits.blocks

    lora = ("--enable-lora", "--max-loras=4", "--max-lora-rank=64")
    assert (
        blocks("--kv-cache-dtype=fp8") > blocks() > blocks(*lora, "--lora-target-modules", "qkv_proj") > blocks(*lora)
    )


def container(*flags: str) -> dict[str, Any]:
    command = ["vllm", "serve", KNOWN, "--max-model-len=4096", "--max-num-seqs=64", "--max-num-batched-tokens=2048"]
    return {"image": "vllm/vllm-openai:v0.27.0", "command": [*command, *flags], "resources": GPU}
