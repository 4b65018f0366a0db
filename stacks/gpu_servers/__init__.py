"""The engines that serve models on GPU nodes, a module each: a server's key `engine` chooses."""

from typing import Annotated

from pydantic import Field

from stacks.gpu_servers.nim import NimOnGpus
from stacks.gpu_servers.server import GpuServer, MetricsPage, Models, PodNeeds
from stacks.gpu_servers.tensorrt_llm import TensorRtLlmOnGpus
from stacks.gpu_servers.triton import TritonOnGpus
from stacks.gpu_servers.vllm import VllmOnGpus

AnyGpuServer = Annotated[NimOnGpus | TensorRtLlmOnGpus | TritonOnGpus | VllmOnGpus, Field(discriminator="engine")]

__all__ = ["AnyGpuServer", "GpuServer", "MetricsPage", "Models", "PodNeeds"]
