"""What a backend may do to make a model faster."""

from typing import Literal

from pydantic import Field

from slipway.triton_repository.schema.message import Int32, Int64, Message, Uint32


class Graph(Message):
    """Optimisation of the graph."""

    level: Int32 = 0
    """The backend's own scale. For ONNX Runtime: -1 basic, 1 extended, 2 none, 0 all."""


class Shape(Message):
    """The shape of an input."""

    dim: tuple[Int64, ...] = ()
    """Its dimensions, without that of the batch."""


class LowerBound(Message):
    """The smallest batch that a CUDA graph serves."""

    batch_size: Int32 = 0
    """Size of the batch."""
    input: dict[str, Shape] = Field(default_factory=dict)
    """Shape of each input."""


class GraphSpec(Message):
    """One CUDA graph to capture."""

    batch_size: Int32 = 0
    """Size of the batch."""
    input: dict[str, Shape] = Field(default_factory=dict)
    """Shape of each input."""
    graph_lower_bound: LowerBound | None = None
    """The smallest batch that it serves; exactly this one where none is given."""


class Cuda(Message):
    """CUDA settings (TensorRT)."""

    graphs: bool = False
    """Whether executions are captured as CUDA graphs."""
    busy_wait_events: bool = False
    """Whether to spin while waiting for an event."""
    graph_spec: tuple[GraphSpec, ...] = ()
    """The graphs to capture."""
    output_copy_stream: bool = False
    """Whether outputs are copied on a stream of their own."""


class Accelerator(Message):
    """An execution provider."""

    name: str = ""
    """Its name: `tensorrt`, `cuda` or `openvino` for ONNX Runtime."""
    parameters: dict[str, str] = Field(default_factory=dict)
    """Its own settings."""


class ExecutionAccelerators(Message):
    """Execution providers, the preferred first."""

    gpu_execution_accelerator: tuple[Accelerator, ...] = ()
    """On the GPU."""
    cpu_execution_accelerator: tuple[Accelerator, ...] = ()
    """On the CPU."""


class PinnedMemoryBuffer(Message):
    """Copies by way of pinned memory."""

    enable: bool = False
    """Whether they are used; left out, they are."""


class ModelOptimizationPolicy(Message):
    """What a backend may do to make a model faster."""

    graph: Graph | None = None
    """Optimisation of the graph."""
    priority: Literal["PRIORITY_DEFAULT", "PRIORITY_MAX", "PRIORITY_MIN"] = "PRIORITY_DEFAULT"
    """Priority of its executions on the GPU."""
    cuda: Cuda | None = None
    """CUDA settings."""
    execution_accelerators: ExecutionAccelerators | None = None
    """Execution providers."""
    input_pinned_memory: PinnedMemoryBuffer | None = None
    """Whether inputs go by way of pinned memory."""
    output_pinned_memory: PinnedMemoryBuffer | None = None
    """Whether outputs go by way of pinned memory."""
    gather_kernel_buffer_threshold: Uint32 = 0
    """Number of buffers from which a kernel gathers the inputs of a batch; 0 is never."""
    eager_batching: bool = False
    """Whether the next batch is put together while one runs."""
