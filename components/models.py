"""Models that a stack file describes itself, beside those of the catalog."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import Field

from catalog.architecture import Dtype, Model, Quantisation
from catalog.config_json import ConfigJsonError, model_from_config
from catalog.units import GIB
from checks import Finding
from checks.settings import Positive, Settings

PROJECT = Path(__file__).resolve().parents[1]
"""The folder of Pulumi.yaml; no file outside it is read."""

INSTEAD = "state the model's numbers instead (source: numbers)"


class ConfigJson(Settings):
    """The config.json of the model's repository on Hugging Face, saved in this project."""

    source: Literal["config-json"]
    path: str = Field(min_length=1, examples=["models/my-model/config.json"])
    """The file, relative to the folder of Pulumi.yaml and inside it."""


class Numbers(Settings):
    """The numbers of a model whose kind Slipway does not know; they are keys of its config.json."""

    source: Literal["numbers"]
    parameters: Positive
    """All parameters, of every expert and of a vision tower, too."""
    num_hidden_layers: Positive
    """Decoder layers."""
    hidden_size: Positive
    """Width of the residual stream."""
    intermediate_size: Positive
    """Width of the feed-forward layer; of experts, that of one times those that a token is routed to."""
    num_attention_heads: Positive
    """Query heads."""
    num_key_value_heads: Positive
    """Key and value heads."""
    head_dim: Positive
    """Dimensions of a head: hidden_size / num_attention_heads, unless config.json says otherwise."""
    vocab_size: Positive
    """Rows of the embedding."""
    max_position_embeddings: Positive
    """Longest context, tokens."""
    dtype: Dtype = "bfloat16"
    """What unquantised weights and the activations are in."""
    quantization: Quantisation | None = None
    """How the checkpoint is quantised, if it is."""
    checkpoint_gib: Annotated[float, Field(gt=0)] | None = None
    """Size of the weights' files, GiB, where parameters and format do not give it."""

    def model(self, name: str) -> Model:
        """Return the row of the model."""
        return Model(
            name=name,
            model_type="other",
            parameters=self.parameters,
            layers=self.num_hidden_layers,
            hidden=self.hidden_size,
            intermediate=self.intermediate_size,
            heads=self.num_attention_heads,
            kv_heads=self.num_key_value_heads,
            head_dim=self.head_dim,
            vocabulary=self.vocab_size,
            max_positions=self.max_position_embeddings,
            dtype=self.dtype,
            quantisation=self.quantization,
            checkpoint_bytes=round(self.checkpoint_gib * GIB) if self.checkpoint_gib else None,
            source="the stack file",
        )


OwnModel = Annotated[ConfigJson | Numbers, Field(discriminator="source")]
OwnModels = dict[Annotated[str, Field(min_length=1)], OwnModel]
"""By their names on Hugging Face."""


def described(models: OwnModels) -> Mapping[str, Model | Finding]:
    """Return the model of each description, or why it cannot be read; each file is read once."""
    return {
        name: own.model(name) if isinstance(own, Numbers) else _read(f"models.{name}.path", name, own.path)
        for name, own in models.items()
    }


def _read(path: str, name: str, file: str) -> Model | Finding:
    """Return the model that a config.json describes, or what is wrong with the file."""
    place = (PROJECT / file).resolve()
    if not place.is_relative_to(PROJECT):
        reason = f"{file!r} leads outside the project, where nothing is read"
        return Finding(
            "models.read", path, reason, "copy the file into the folder of Pulumi.yaml, and write its path from there"
        )
    if not place.is_file():
        download = f"https://huggingface.co/{name}/resolve/main/config.json"
        return Finding(
            "models.read", path, f"there is no file {file!r} in the project", f"save {download} there, or {INSTEAD}"
        )
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        remedy = f"save it again from Hugging Face, or {INSTEAD}"
        return Finding("models.read", path, f"{file!r} cannot be read as JSON: {error}", remedy)
    if not isinstance(content, dict):
        reason = f"{file!r} holds a {type(content).__name__}, not an object"
        return Finding("models.read", path, reason, "save the model's config.json there")
    try:
        return model_from_config(name, cast("dict[str, object]", content), source=file)
    except ConfigJsonError as error:
        lines = "; ".join(line.removeprefix(f"{name}: ") for line in str(error).splitlines())
        return Finding("models.read", path, f"{file!r} describes no model that is known: {lines}", INSTEAD)
