"""Judgement over the route that builds two engines: what they are made of, and where."""

from collections.abc import Iterator

from slipway.catalog.engines.tensorrt_llm.host import quantising_gpus, quantising_memory_gib
from slipway.catalog.machines import Machine
from slipway.checks import Finding
from slipway.checks.speculation import draft_findings
from slipway.servers.server import Models
from slipway.serving.tensorrt_llm.settings import (
    EnginesRoute,
    TensorRtLlmArgs,
)


def engines_findings(
    args: TensorRtLlmArgs, route: EnginesRoute, path: str, models: Models, machine: Machine | None
) -> Iterator[Finding]:
    """Judge both engines, and the pod that builds them."""
    target, draft = models[args.model], models[route.draft]
    yield from draft_findings(f"{path}.route.draft", target, draft, args.max_model_len)
    for key, model in (("model", target), ("route.draft", draft)):
        if model.quantisation is not None:
            message = f"{model.name} is quantised already, and the engines are quantised from 16-bit weights"
            yield Finding("tensorrt-llm.engines", f"{path}.{key}", message, "use the checkpoint that it was made of")
    if args.tensor_parallel > 1:
        message = f"{args.tensor_parallel} GPUs, and both engines of this route are on one"
        yield Finding("tensorrt-llm.engines", f"{path}.tensorParallel", message, "write 1, or use the route pytorch")
    if args.autoscaling.metric.signal != "waiting-requests":
        message = f"Triton says nothing of {args.autoscaling.metric.signal} for each pod"
        remedy = "write waiting-requests, or use the route pytorch"
        yield Finding("tensorrt-llm.engines", f"{path}.autoscaling.metric.signal", message, remedy)
    if machine:
        yield from _building(args, route, path, models, machine)


def _building(
    args: TensorRtLlmArgs, route: EnginesRoute, path: str, models: Models, machine: Machine
) -> Iterator[Finding]:
    target, key = models[args.model], f"{path}.route.build.gpus"
    fewest = quantising_gpus(target, machine.chip.memory_gib)
    if route.build.gpus < fewest:
        message = (
            f"{target.name} takes {fewest} GPUs of {machine.name} in 16 bits, and is quantised on {route.build.gpus}"
        )
        remedy = f"write {fewest}" if fewest <= machine.chips else "choose a machine with more GPUs"
        yield Finding("tensorrt-llm.building", key, message, remedy)
    elif route.build.gpus > machine.chips:
        message = f"{machine.name} has {machine.chips} GPUs"
        yield Finding("tensorrt-llm.building", key, message, f"write {machine.chips} or less")
    needed = quantising_memory_gib(target)
    if needed > machine.allocatable_memory_gib:
        message = (
            f"quantising {target.name} takes {needed} GiB of main memory, and {machine.name} leaves "
            f"{machine.allocatable_memory_gib:.0f} GiB to pods"
        )
        yield Finding("tensorrt-llm.building", f"{path}.pool", message, "choose a pool of larger machines")
    if args.autoscaling.max_replicas > machine.chips:
        message = (
            f"{args.autoscaling.max_replicas} replicas, and a {machine.name} holds {machine.chips}: one node mounts "
            "the volume with the engines"
        )
        remedy = f"write {machine.chips} or less"
        yield Finding("tensorrt-llm.building", f"{path}.autoscaling.maxReplicas", message, remedy)
