"""The engines that serve models, a module each: a server's key `engine` chooses."""

from typing import Annotated

from pydantic import Field

from stacks.servers.nim import Nim
from stacks.servers.server import Models, Place, PodNeeds, Server
from stacks.servers.sglang import SgLang
from stacks.servers.tensorrt_llm import TensorRtLlm
from stacks.servers.triton import Triton
from stacks.servers.vllm import Vllm

AnyServer = Annotated[Nim | SgLang | TensorRtLlm | Triton | Vllm, Field(discriminator="engine")]

__all__ = ["AnyServer", "Models", "Place", "PodNeeds", "Server"]
