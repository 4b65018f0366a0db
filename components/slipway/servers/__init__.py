"""The engines that serve models, a module each: a server's key `engine` chooses."""

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Field

from slipway.servers.nim import Nim
from slipway.servers.server import Models, Place, PodNeeds, Server
from slipway.servers.sglang import SgLang
from slipway.servers.tensorrt_llm import TensorRtLlm
from slipway.servers.triton import Triton
from slipway.servers.vllm import Vllm

AnyServer = Annotated[Nim | SgLang | TensorRtLlm | Triton | Vllm, Field(discriminator="engine")]

ENGINES: Mapping[str, type[Server]] = {
    get_args(each.model_fields["engine"].annotation)[0]: each for each in (Nim, SgLang, TensorRtLlm, Triton, Vllm)
}
"""Servers by what the key `engine` says."""

__all__ = ["ENGINES", "AnyServer", "Models", "Place", "PodNeeds", "Server"]
