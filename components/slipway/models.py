"""Models that a stack file describes itself, beside those of the catalog."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from slipway.catalog.architecture import Dtype, Model, Quantisation
from slipway.catalog.layers import Vision
from slipway.catalog.models import MODELS
from slipway.catalog.units import GIB
from slipway.checks import Finding
from slipway.checks.settings import FilePath, Settings
from slipway.checks.wording import nearest
from slipway.model_files import read_model

Number = Annotated[int, Field(ge=1, le=10**15)]

LEAST_PARAMETERS_A_BYTE = 4
"""Of any format, in which a weight takes two bits or more."""


class ConfigJson(Settings):
    """The config.json of the model's repository on Hugging Face, saved in this project."""

    source: Literal["config-json"]
    path: FilePath
    """The file, relative to the folder of Pulumi.yaml and inside it."""


class Numbers(Settings):
    """The numbers of a model whose kind Slipway does not know; they are keys of its config.json."""

    source: Literal["numbers"]
    parameters: Number
    """All parameters, of every expert and of a vision tower, too."""
    num_hidden_layers: Number
    """Decoder layers."""
    hidden_size: Number
    """Width of the residual stream."""
    intermediate_size: Number
    """Width of the feed-forward layer; of experts, that of one times those that a token is routed to."""
    num_attention_heads: Number
    """Query heads."""
    num_key_value_heads: Number
    """Key and value heads."""
    head_dim: Number
    """Dimensions of a head: hidden_size / num_attention_heads, unless config.json says otherwise."""
    vocab_size: Number
    """Rows of the embedding."""
    max_position_embeddings: Number
    """Longest context, tokens."""
    dtype: Dtype = "bfloat16"
    """What unquantised weights and the activations are in."""
    quantization: Quantisation | None = None
    """How the checkpoint is quantised, if it is."""
    checkpoint_gib: Annotated[float, Field(gt=0, le=10**6)] | None = None
    """Size of the weights' files, GiB, where parameters and format do not give it."""
    image_tokens: Number | None = None
    """Most tokens of an image or a video, if the model reads any and takes one whole in a step."""

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
            vision=self._vision(name),
            source="the stack file",
        )

    def finding(self, path: str) -> Finding | None:
        """Return why the numbers are of no model, where they contradict each other.

        Args:
            path: where they are in the stack file.
        """
        if self.num_attention_heads % self.num_key_value_heads:
            message = f"{self.num_key_value_heads} do not divide numAttentionHeads, {self.num_attention_heads}"
            return Finding("models.numbers", f"{path}.numKeyValueHeads", message, "write num_key_value_heads")
        if self.parameters < self._least:
            message = f"{self.parameters} are fewer than the {self._least} of the layers that the other numbers give"
            return Finding("models.numbers", f"{path}.parameters", message, "write all of them, each counted as one")
        if self.checkpoint_gib and self.checkpoint_gib * GIB < self.parameters / LEAST_PARAMETERS_A_BYTE:
            message = f"{self.checkpoint_gib} GiB are less than two bits for each of {self.parameters} parameters"
            return Finding("models.numbers", f"{path}.checkpointGib", message, "write the size of all files together")
        return None

    @property
    def _least(self) -> int:
        """Fewest parameters of such a network: an embedding, four matrices of attention and two behind it a layer."""
        attention = 2 * (self.num_attention_heads + self.num_key_value_heads) * self.head_dim
        layers = self.num_hidden_layers * self.hidden_size * (attention + 2 * self.intermediate_size)
        return self.vocab_size * self.hidden_size + layers

    def _vision(self, name: str) -> Vision | None:
        """Return what is known of images; the catalog may know of this name what the numbers leave out."""
        if self.image_tokens is not None:
            return Vision(parameters=0, item_tokens=self.image_tokens, whole=True)
        known = MODELS[name].vision if name in MODELS else None
        return known and replace(known, parameters=0)


OwnModel = Annotated[ConfigJson | Numbers, Field(discriminator="source")]
OwnModels = dict[Annotated[str, Field(min_length=1)], OwnModel]
"""By their names on Hugging Face."""


def described(models: OwnModels) -> Mapping[str, Model | Finding]:
    """Return the model of each description, or why it cannot be read; each file is read once."""
    return {name: _described(name, own) for name, own in models.items()}


def _described(name: str, own: OwnModel) -> Model | Finding:
    if isinstance(own, ConfigJson):
        return read_model(f"models.{name}.path", name, own.path)
    return own.finding(f"models.{name}") or own.model(name)


def model_findings(path: str, name: str, models: Mapping[str, Model]) -> list[Finding]:
    """Say that a server's model is unknown, and which ones are named alike.

    Args:
        path: where the server is in the stack file.
        name: the model that it names.
        models: those that the stack knows.
    """
    if name in models:
        return []
    return [
        Finding(
            "models.model",
            f"{path}.model",
            f"{name!r} is not in the catalog, so neither its size nor its load time is known",
            f"use {nearest(name, sorted(models))}, or describe the model under models",
            about=f"models.{name}",
        )
    ]
