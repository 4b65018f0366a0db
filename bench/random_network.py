# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
"""A network with random weights on a CUDA device, made by transformers from a row of the catalog, and its paged cache.

PyTorch and transformers are no dependencies of this repository; see `bench.measure_memory`.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.cache_utils import DynamicLayer

from slipway.catalog.architecture import Model

PAGE_TOKENS = 16
FP8_LARGEST = torch.finfo(torch.float8_e4m3fn).max
WEIGHT_DEVIATION = 0.02


class Fp8Linear(nn.Module):
    """A linear layer in FP8: one scale an output channel, activations quantised by the token, as vLLM's fp8-dynamic."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = torch.empty_like(linear.weight, dtype=torch.float8_e4m3fn)
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.scale = nn.Parameter(torch.empty(linear.out_features, device=weight.device), requires_grad=False)
        self.bias = linear.bias

    def forward(self, values: Tensor) -> Tensor:
        rows = values.flatten(0, -2)
        scale = rows.abs().amax(dim=-1, keepdim=True).float().clamp(min=1e-6) / FP8_LARGEST
        product_ = torch._scaled_mm(  # pyright: ignore[reportPrivateUsage]
            (rows / scale).to(torch.float8_e4m3fn),
            self.weight.t(),
            scale_a=scale,
            scale_b=self.scale.unsqueeze(0),
            out_dtype=values.dtype,
        )
        if self.bias is not None:
            product_ += self.bias
        return product_.unflatten(0, values.shape[:-1])


class PagedLayer(DynamicLayer):
    """One layer's cache in pages; a prefill writes its keys and values to the first of them."""

    def __init__(self) -> None:
        super().__init__()
        self.shape: tuple[int, int] | None = None
        self.pages: Tensor | None = None

    def reserve(self, pages: int, dtype: torch.dtype) -> None:
        """Allocate pages for the heads that a prefill has shown."""
        if self.shape is None:
            raise RuntimeError("run a prefill first: it shows how many heads a layer has and how wide they are")
        self.pages = torch.zeros((2, pages, PAGE_TOKENS, *self.shape), dtype=dtype, device="cuda")

    def update(self, key_states: Tensor, value_states: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        """Keep what a request of one prefill leaves, and attend to it."""
        _, heads, tokens, width = key_states.shape
        self.shape = heads, width
        if self.pages is not None:
            for half, states in zip(self.pages, (key_states, value_states), strict=True):
                half.flatten(0, 1)[:tokens] = states[0].transpose(0, 1).to(half.dtype)
        return key_states, value_states


def build(shape: Model, architecture: str, *, fp8: bool) -> Any:
    """Make the network without tensors, choose their dtypes, and only then allocate and fill them."""
    with torch.device("meta"):
        configuration = AutoConfig.for_model(architecture, **configuration_of(shape))
        network = AutoModelForCausalLM.from_config(configuration, dtype=torch.bfloat16).eval()
        if fp8:
            quantise(network.model.layers)
    network.to_empty(device="cuda")
    network.tie_weights()
    network.model.rotary_emb = type(network.model.rotary_emb)(config=configuration).to("cuda")
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.dim() > 1:
                deviation = 1 if parameter.dtype == torch.float8_e4m3fn else WEIGHT_DEVIATION
                parameter.copy_(torch.randn(parameter.shape, dtype=torch.bfloat16, device="cuda").mul_(deviation))
            else:
                parameter.fill_(WEIGHT_DEVIATION if name.endswith("scale") else 1)
    return network


def configuration_of(shape: Model) -> dict[str, Any]:
    """Return the fields of config.json that decide tensors."""
    configuration: dict[str, Any] = {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "max_position_embeddings": shape.max_positions,
        "tie_word_embeddings": shape.tied,
        "sliding_window": None,
    }
    if shape.experts is not None:
        configuration["num_experts"] = shape.experts.count
        configuration["num_experts_per_tok"] = shape.experts.active
        configuration["moe_intermediate_size"] = shape.experts.intermediate
    return configuration


def quantise(module: nn.Module) -> None:
    """Put FP8 in the place of every linear layer below `module`."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Fp8Linear(child))
        else:
            quantise(child)
