"""The engines that serve models on GPU nodes, a module each: a server's key `engine` chooses."""

from typing import Annotated

from pydantic import Field

from stacks.gpu.servers.nim import NimOnGpus
from stacks.gpu.servers.server import GpuServer, MetricsPage, Models, PodNeeds
from stacks.gpu.servers.tensorrt_llm import TensorRtLlmOnGpus
from stacks.gpu.servers.triton import TritonOnGpus
from stacks.gpu.servers.vllm import VllmOnGpus

AnyGpuServer = Annotated[NimOnGpus | TensorRtLlmOnGpus | TritonOnGpus | VllmOnGpus, Field(discriminator="engine")]

__all__ = ["AnyGpuServer", "GpuServer", "MetricsPage", "Models", "PodNeeds"]
