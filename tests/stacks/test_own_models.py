"""Models that the catalog does not have: by their config.json, or by their numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from offline import Recording, record
from slipway.catalog.models import model
from slipway.checks import errors
from stacks import Refused
from tests.stacks.edits import Change, Deploy, Edit, Refuse, Stack

ROOT = Path(__file__).parents[2]
OURS = "our-org/Our-8B"
FILES = "tests/stacks/models"
NUMBERS: dict[str, Any] = {
    "source": "numbers",
    "parameters": 8_030_261_248,
    "numHiddenLayers": 32,
    "hiddenSize": 4096,
    "intermediateSize": 14336,
    "numAttentionHeads": 32,
    "numKeyValueHeads": 8,
    "headDim": 128,
    "vocabSize": 128256,
    "maxPositionEmbeddings": 131072,
}
CONFIG_JSON = {"source": "config-json", "path": f"{FILES}/llama-8b.json"}
STACKS = ["gke-tpu", "eks-nim"]


def serving(described: Mapping[str, Any]) -> Edit:
    """Serve a model of the stack's own."""

    def edit(stack: Stack) -> None:
        stack["models"] = {OURS: dict(described)}
        stack["servers"]["llama"]["model"] = OURS

    return edit


def fit(recording: Recording) -> dict[str, Any]:
    return recording.outputs["fit"]["llama"]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("described", [CONFIG_JSON, NUMBERS], ids=["config.json", "numbers"])
def test_a_described_model_fits_as_the_catalogs_of_its_shape(
    stack: str, described: Mapping[str, Any], deployed: Deploy
) -> None:
    named = deployed(
        lambda stack: stack["servers"]["llama"].update(model="meta-llama/Llama-3.1-8B-Instruct"), stack=stack
    )
    assert fit(deployed(serving(described), stack=stack)) == fit(named)


@pytest.mark.parametrize(("stack", "fits"), [("gke-tpu", False), ("eks-nim", True)])
def test_a_checkpoint_is_refused_where_the_engine_loads_none_of_its_kind(
    stack: str, fits: bool, changed: Change
) -> None:
    path = changed(serving({"source": "config-json", "path": f"{FILES}/bitsandbytes.json"}), stack=stack)
    if fits:
        assert record(path)
        return
    with pytest.raises(Refused) as caught:
        record(path)
    [finding] = errors(caught.value.findings)
    assert (finding.code, finding.path) == ("fit.quantisation-method", "servers.llama.model")


def test_a_described_model_is_served_under_its_name(deployed: Deploy) -> None:
    [server] = [
        one
        for one in deployed(serving(NUMBERS)).of("kubernetes:apps/v1:Deployment")
        if one.inputs["metadata"]["name"] == "llama"
    ]
    [container] = server.inputs["spec"]["template"]["spec"]["containers"]
    assert container["command"][:3] == ["vllm", "serve", OURS]


def test_a_described_model_wins_over_the_catalogs(deployed: Deploy) -> None:
    name = "meta-llama/Llama-3.1-70B"
    small = {**NUMBERS, "parameters": 6_000_000_000}
    recording = deployed(lambda stack: stack.update(models={name: small}))
    assert fit(recording)["weightsGibPerChip"] < 1.5 < 16 < model(name).weight_bytes / 8 / 2**30


def test_a_checkpoints_size_can_be_stated(deployed: Deploy) -> None:
    recording = deployed(serving({**NUMBERS, "quantization": "nvfp4", "checkpointGib": 6.4}))
    assert fit(recording)["weightsGibPerChip"] == 0.8


def config_json(path: str) -> Edit:
    return serving({"source": "config-json", "path": path})


MISTAKES: dict[str, tuple[str, str, str]] = {
    "no such file": (
        f"{FILES}/none.json",
        "there is no file",
        "huggingface.co/our-org/Our-8B/resolve/main/config.json",
    ),
    "a file outside the project": ("../../etc/hostname", "leads outside the project", "copy the file into the folder"),
    "an absolute path": ("/etc/hostname", "leads outside the project", "copy the file into the folder"),
    "a folder": (FILES, "there is no file", "source: numbers"),
    "a file that is no JSON": (f"{FILES}/not-json.json", "cannot be read as JSON", "source: numbers"),
    "a list": (f"{FILES}/a-list.json", "holds a list, not an object", "config.json"),
    "an architecture that is not known": (f"{FILES}/mamba.json", "'mamba'", "source: numbers"),
    "a key with an impossible value": (f"{FILES}/no-heads.json", "num_attention_heads: ", "source: numbers"),
}


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_file_that_says_nothing_is_one_finding(stack: str, mistake: str, refused: Refuse) -> None:
    path, message, remedy = MISTAKES[mistake]
    found = refused(config_json(path), stack=stack)
    assert set(found) == {f"models.{OURS}.path"}
    [finding] = found.values()
    assert message in finding.message
    assert remedy in finding.remedy


def test_a_link_that_leads_outside_is_not_followed(refused: Refuse, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "config.json"
    outside.write_text((ROOT / FILES / "llama-8b.json").read_text())
    link = ROOT / FILES / "link.json"
    link.symlink_to(outside)
    try:
        [finding] = refused(config_json(f"{FILES}/link.json")).values()
    finally:
        link.unlink()
    assert "leads outside the project" in finding.message


@pytest.mark.parametrize("stack", STACKS)
def test_an_unknown_model_says_that_it_can_be_described(stack: str, refused: Refuse) -> None:
    [finding] = refused(lambda stack: stack["servers"]["llama"].update(model="our-org/Our-9B"), stack=stack).values()
    assert finding.path == "servers.llama.model"
    assert "or describe the model under models" in finding.remedy


def test_a_misspelt_name_is_compared_with_the_stacks_own(refused: Refuse) -> None:
    def edit(stack: Stack) -> None:
        serving(NUMBERS)(stack)
        stack["servers"]["llama"]["model"] = "our-org/Our8B"

    [finding] = refused(edit).values()
    assert OURS in finding.remedy


def test_a_number_that_is_missing_is_said_as_for_every_key(refused: Refuse) -> None:
    numbers = {key: value for key, value in NUMBERS.items() if key != "headDim"}
    found = refused(serving(numbers))
    assert "hidden_size / num_attention_heads" in found[f"models.{OURS}.headDim"].remedy


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("parameters", 8030, "fewer than the 5625610240 of the layers"),
        ("numKeyValueHeads", 7, "do not divide numAttentionHeads, 32"),
        ("checkpointGib", 0.5, "less than two bits for each"),
    ],
)
def test_numbers_that_contradict_each_other_describe_no_model(
    key: str, value: float, message: str, refused: Refuse
) -> None:
    found = refused(serving(NUMBERS | {key: value}))
    assert message in found[f"models.{OURS}.{key}"].message


@pytest.mark.parametrize("path", ["\x00", "a" * 300, "a\nb"])
def test_a_path_that_no_file_has_ends_in_a_finding(path: str, refused: Refuse) -> None:
    found = refused(serving({"source": "config-json", "path": path}))
    assert any(where.startswith(f"models.{OURS}") for where in found)
