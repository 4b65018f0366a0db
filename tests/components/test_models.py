"""Models that a stack file describes, by files or by numbers."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway import model_files
from slipway.catalog.architecture import Model
from slipway.catalog.models import MODELS
from slipway.checks import Finding
from slipway.checks.fit import Replica, fit
from slipway.models import Numbers, described

LLAMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "stacks" / "models" / "llama-8b.json").read_text(encoding="utf-8")
)
GEMMA = "google/gemma-3-27b-it"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with a config.json."""
    (tmp_path / "Pulumi.yaml").touch()
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "config.json", LLAMA)
    return tmp_path


def write(place: Path, content: object) -> None:
    place.write_text(json.dumps(content), encoding="utf-8")


def read(name: str) -> Model | Finding:
    return model_files.read_model("models.it.path", name, "config.json")


def numbers(**more: object) -> Numbers:
    row = MODELS[GEMMA]
    shape = {
        "source": "numbers",
        "parameters": row.parameters,
        "num_hidden_layers": row.layers,
        "hidden_size": row.hidden,
        "intermediate_size": row.intermediate,
        "num_attention_heads": row.heads,
        "num_key_value_heads": row.kv_heads,
        "head_dim": row.head_dim,
        "vocab_size": row.vocabulary,
        "max_position_embeddings": row.max_positions,
    }
    return Numbers.model_validate(shape | more)


def codes(model: Model, tokens: int) -> list[str]:
    replica = Replica(
        engine="vllm",
        model=model,
        memory_gib=139.8,
        chips=1,
        memory_utilization=0.9,
        max_model_len=8192,
        max_num_seqs=128,
        max_num_batched_tokens=tokens,
    )
    return [finding.code for finding in fit(replica, "servers.it").findings]


def test_what_modelopt_writes_beside_a_config_json_is_read(project: Path) -> None:
    write(project / "hf_quant_config.json", {"quantization": {"quant_algo": "FP8", "exclude_modules": ["lm_head"]}})
    row = read("our-org/Our-8B-FP8")
    assert isinstance(row, Model)
    assert row.quantisation == "fp8"


def test_a_file_beside_it_that_cannot_be_read_is_named(project: Path) -> None:
    (project / "hf_quant_config.json").write_text("{", encoding="utf-8")
    finding = read("our-org/Our-8B-FP8")
    assert isinstance(finding, Finding)
    assert finding.code == "models.no-json"
    assert "hf_quant_config.json" in finding.message


@pytest.mark.parametrize("name", ["our-org/Our-8B-FP8", "our-org/Our-8B-Instruct-AWQ", "our-org/Our-8B-w4a16"])
def test_a_name_that_says_quantised_and_a_file_that_does_not_is_refused(name: str) -> None:
    finding = read(name)
    assert isinstance(finding, Finding)
    assert finding.code == "models.quantisation"


@pytest.mark.parametrize("name", ["our-org/Our-8B", "our-org/Fp8ish-8B", "our-org/Awqward-8B"])
def test_another_name_is_none_of_a_quantisation(name: str) -> None:
    assert isinstance(read(name), Model)


@pytest.mark.parametrize(
    ("content", "code"),
    [([], "models.no-object"), ({"model_type": "mllama"}, "models.not-known"), ({}, "models.not-known")],
)
def test_a_file_that_is_no_models_says_why(project: Path, content: object, code: str) -> None:
    write(project / "config.json", content)
    finding = read("our-org/Our-8B")
    assert isinstance(finding, Finding)
    assert finding.code == code


def test_tokens_of_an_image_are_held_against_those_of_a_step() -> None:
    row = described({"our-org/Our-27B": numbers(image_tokens=4096)})["our-org/Our-27B"]
    assert isinstance(row, Model)
    assert "fit.image-tokens" in codes(row, 2048)
    assert "fit.image-tokens" not in codes(row, 4096)


def test_numbers_of_a_model_of_the_catalog_keep_what_is_known_of_its_images() -> None:
    row = numbers().model(GEMMA)
    known = MODELS[GEMMA].vision
    assert known is not None
    assert row.vision is not None
    assert row.vision.item_tokens == known.item_tokens
    assert numbers().model("our-org/Our-27B").vision is None


def test_numbers_beyond_all_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="less than or equal"):
        numbers(parameters=10**18)
