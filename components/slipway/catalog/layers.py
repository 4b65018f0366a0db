"""Parts of a network beyond plain attention and feed-forward layers; `catalog.architecture` puts them together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentAttention:
    """Multi-head latent attention (MLA): one compressed cache entry a token and layer, whatever the number of heads.

    Attributes:
        q_rank: rank of the compressed query; 0 if it is not compressed.
        kv_rank: rank of the compressed key and value, cached.
        rope_dim: dimensions of the shared rotary key, cached.
        nope_dim: dimensions of a head's key without rotary encoding.
        value_dim: dimensions of a head's value.
    """

    q_rank: int
    kv_rank: int
    rope_dim: int
    nope_dim: int
    value_dim: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidingWindow:
    """Layers whose attention looks back a bounded number of tokens.

    Attributes:
        layers: how many layers have the window; the others attend to everything.
        tokens: the window, or the chunk of Llama 4's local layers.
        kv_heads: key and value heads of these layers; None for as many as the model's.
        head_dim: dimensions of a head of theirs; None for as many as the model's.
    """

    layers: int
    tokens: int
    kv_heads: int | None = None
    head_dim: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrent:
    """Layers that keep a state of fixed size for each request, and no keys and values: Mamba, gated delta, lightning.

    Attributes:
        layers: how many there are.
        values: numbers of a layer's state that are kept in the dtype of the activations: the convolution's.
        state: numbers of a layer's recurrent state.
        state_bytes: bytes of one of the latter.
    """

    layers: int
    values: int
    state: int
    state_bytes: int

    def layer_bytes(self, value_bytes: int) -> int:
        """Return the bytes of the state of one request in one layer, of the whole model."""
        return self.values * value_bytes + self.state * self.state_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision:
    """What a model reads images with.

    Attributes:
        parameters: those of its tower and of the projection into the language model.
        item_tokens: most tokens of one image or video that the engine makes room for; None if config.json leaves it to
            the processor's own file.
        whole: whether the tokens of an image attend to each other, so that no step may take a part of them.
    """

    parameters: int
    item_tokens: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A width that tensor parallelism cuts, and that quantisation binds.

    Attributes:
        name: the matrix, as in `mlp.down_proj`.
        width: the values that the chips share out.
        multiple: what each chip's part must be a multiple of: the block or the group that shares a scale.
    """

    name: str
    width: int
    multiple: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """A mixture of experts in place of the feed-forward layer.

    Attributes:
        count: routed experts in each layer.
        active: experts that one token is routed to.
        intermediate: width of one expert.
        shared: experts that every token passes, of the same width.
        dense_layers: layers that keep an ordinary feed-forward layer, of those that have any.
    """

    count: int
    active: int
    intermediate: int
    shared: int = 0
    dense_layers: int = 0
