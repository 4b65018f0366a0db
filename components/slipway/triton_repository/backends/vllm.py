"""The vLLM backend: an engine of its own that takes requests at any time and batches them token by token.

It fills in inputs, outputs, max_batch_size 0 and the decoupled policy, and reads its engine's arguments from
model.json in the version directory. Source: the README and src/model.py of the vllm backend.
"""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from slipway.checks import Finding
from slipway.triton_repository.backends.backend import PYTHON_RUNTIME, Backend, text_file
from slipway.triton_repository.backends.engine_arguments import argument_findings, load_json
from slipway.triton_repository.backends.vllm_arguments import REMOVED, VllmEngineArgs
from slipway.triton_repository.model import Model
from slipway.triton_repository.pod import Pod, gpus_of, instance_groups
from slipway.triton_repository.schema.instances import ModelInstanceGroup
from slipway.triton_repository.schema.model_config import ModelConfig
from slipway.triton_repository.schema.policies import ModelTransactionPolicy
from slipway.triton_repository.schema.tensors import ModelInput, ModelOutput

ARGUMENTS_FILE = "model.json"
DEFAULT_MEMORY_UTILIZATION = 0.9

INPUTS = (
    ModelInput(name="text_input", data_type="TYPE_STRING", dims=(1,)),
    ModelInput(name="image", data_type="TYPE_STRING", dims=(-1,), optional=True),
    ModelInput(name="stream", data_type="TYPE_BOOL", dims=(1,), optional=True),
    ModelInput(name="sampling_parameters", data_type="TYPE_STRING", dims=(1,), optional=True),
    *(
        ModelInput(name=name, data_type="TYPE_BOOL", dims=(1,), optional=True)
        for name in (
            "exclude_input_in_output",
            "return_finish_reason",
            "return_cumulative_logprob",
            "return_logprobs",
            "return_num_input_tokens",
            "return_num_output_tokens",
        )
    ),
)
OUTPUTS = (
    ModelOutput(name="text_output", data_type="TYPE_STRING", dims=(-1,)),
    ModelOutput(name="finish_reason", data_type="TYPE_STRING", dims=(-1,)),
    ModelOutput(name="cumulative_logprob", data_type="TYPE_FP32", dims=(-1,)),
    ModelOutput(name="logprobs", data_type="TYPE_STRING", dims=(-1,)),
    ModelOutput(name="num_input_tokens", data_type="TYPE_UINT32", dims=(1,)),
    ModelOutput(name="num_output_tokens", data_type="TYPE_UINT32", dims=(-1,)),
)


def vllm_model(name: str, args: VllmEngineArgs, *, report_metrics: bool = True) -> Model:
    """Return the model `name` that runs `args`; its engine chooses the GPUs.

    With `report_metrics` the engine's own series appear among Triton's.
    """
    config = ModelConfig(
        name=name,
        backend="vllm",
        instance_group=(ModelInstanceGroup(kind="KIND_MODEL", count=1),),
        parameters={"REPORT_CUSTOM_METRICS": "true"} if report_metrics else {},
    )
    return Model(config=config, versions={1: {ARGUMENTS_FILE: args.render()}})


class VllmBackend(Backend):
    """The backend `vllm`."""

    runtimes: ClassVar = frozenset({PYTHON_RUNTIME})
    batches_itself: ClassVar = True
    needs_gpu: ClassVar = True

    @override
    def loaded_file(self, model: Model) -> str:
        return ARGUMENTS_FILE

    @override
    def completed(self, model: Model) -> ModelConfig:
        config = model.config
        inputs = {tensor.name: tensor for tensor in (*INPUTS, *config.input)}
        outputs = {tensor.name: tensor for tensor in (*OUTPUTS, *config.output)}
        filled = {
            "input": tuple(inputs.values()),
            "output": tuple(outputs.values()),
            "model_transaction_policy": ModelTransactionPolicy(decoupled=True),
        }
        return config.model_copy(update=filled)

    @override
    def gpu_memory(self, model: Model, pod: Pod) -> Iterator[tuple[int, float]]:
        args = _args_of(model)
        if args is None:
            return
        share = pod.gpu_memory_gib * (args.gpu_memory_utilization or DEFAULT_MEMORY_UTILIZATION)
        for group in instance_groups(model.config):
            for gpu in gpus_of(group, pod) or range(min(args.gpus, pod.gpus)):
                yield gpu, share * max(group.count, 1)

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        policy = model.config.model_transaction_policy
        if policy is not None and not policy.decoupled:
            path = f"{place}.model_transaction_policy.decoupled"
            message = "false, but the backend answers in pieces"
            yield Finding("triton.vllm-decoupled", path, message, "leave model_transaction_policy out")
        for version in model.versions:
            text = text_file(model, version, ARGUMENTS_FILE)
            if text is not None:
                yield from _argument_findings(model, f"{place}.versions.{version}.{ARGUMENTS_FILE}", text, pod)


def _args_of(model: Model) -> VllmEngineArgs | None:
    for version in sorted(model.versions, reverse=True):
        given, _ = load_json(text_file(model, version, ARGUMENTS_FILE) or "{}", "")
        return argument_findings(VllmEngineArgs, given or {}, "")[0]
    return None


def _argument_findings(model: Model, place: str, text: str, pod: Pod) -> Iterator[Finding]:
    given, findings = load_json(text, place)
    yield from findings
    if given is None:
        return
    args, findings = argument_findings(VllmEngineArgs, given, place)
    yield from findings
    for name in sorted(REMOVED & given.keys()):
        message = "vLLM 0.32 has no such argument"
        yield Finding("triton.vllm-removed", f"{place}.{name}", message, "leave it out", "warning")
    if args is None:
        return
    if args.gpus > pod.gpus:
        message = f"{args.gpus} GPUs are needed (tensor and pipeline parallel together), and the pod has {pod.gpus}"
        remedy = f"spread over {pod.gpus} at most, or enlarge the pod"
        yield Finding("triton.vllm-gpus", f"{place}.tensor_parallel_size", message, remedy)
    kinds = {group.kind for group in instance_groups(model.config)}
    if args.gpus > 1 and kinds - {"KIND_MODEL"}:
        message = f"an engine takes {args.gpus} GPUs, but {', '.join(sorted(kinds))} gives each instance one"
        remedy = "write kind: KIND_MODEL in instance_group"
        yield Finding("triton.vllm-kind", f"{place}.tensor_parallel_size", message, remedy)
    if model.config.parameters.get("REPORT_CUSTOM_METRICS") == "true" and args.disable_log_stats:
        message = "true, but REPORT_CUSTOM_METRICS asks for the statistics"
        remedy = "write false, or leave one of the two out"
        yield Finding("triton.vllm-metrics", f"{place}.disable_log_stats", message, remedy)
