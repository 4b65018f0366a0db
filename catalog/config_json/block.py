"""The keys of config.json that most decoders share. Defaults are those of transformers' configuration classes."""

from typing import ClassVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, PositiveInt

from catalog.architecture import Dtype, Experts, LatentAttention, Model, ModelType, SlidingWindow
from catalog.config_json.quantisation import QuantisationConfig

SLIDING = "sliding_attention"


class Block(BaseModel):
    """A decoder by its shared keys; a subclass adds what its `model_type` has beside."""

    model_config = ConfigDict(frozen=True)
    block: ClassVar[ModelType] = "llama"

    hidden_size: PositiveInt
    intermediate_size: PositiveInt
    num_hidden_layers: PositiveInt
    num_attention_heads: PositiveInt
    vocab_size: PositiveInt
    max_position_embeddings: PositiveInt
    num_key_value_heads: PositiveInt | None = None
    head_dim: PositiveInt | None = None
    tie_word_embeddings: bool = False
    dtype: Dtype = Field(default="float32", validation_alias=AliasChoices("dtype", "torch_dtype"))
    quantization_config: QuantisationConfig | None = None
    sliding_window: PositiveInt | None = None
    layer_types: tuple[str, ...] | None = None

    def shape(self, name: str, source: str) -> Model:
        """Return the row without its parameters."""
        experts, latent = self.experts(), self.latent()
        listed = self.layer_types
        windowed = self.windowed_layers() if listed is None else listed.count(SLIDING)
        window = (
            SlidingWindow(layers=windowed, tokens=self.sliding_window) if windowed and self.sliding_window else None
        )
        width = self.hidden_size // self.num_attention_heads
        return Model(
            name=name,
            model_type=self.block,
            parameters=0,
            layers=self.num_hidden_layers,
            hidden=self.hidden_size,
            intermediate=0 if experts and not experts.dense_layers else self.intermediate_size,
            heads=self.num_attention_heads,
            kv_heads=self.num_key_value_heads or self.num_attention_heads,
            head_dim=latent.nope_dim + latent.rope_dim if latent else self.head_dim or width,
            vocabulary=self.vocab_size,
            max_positions=self.max_position_embeddings,
            source=source,
            dtype=self.dtype,
            tied=self.tie_word_embeddings,
            quantisation=self.quantization_config.kind if self.quantization_config else None,
            experts=experts,
            latent=latent,
            window=window,
        )

    def experts(self) -> Experts | None:
        """Return the mixture of experts."""
        return None

    def latent(self) -> LatentAttention | None:
        """Return the latent attention."""
        return None

    def windowed_layers(self) -> int:
        """Return how many layers have a sliding window where the file does not list them."""
        return 0
