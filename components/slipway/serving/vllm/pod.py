"""The pods of a vLLM replica: flags, probes, volumes and drain.

`vllm serve` drops every request that it has on SIGTERM unless `--shutdown-timeout` gives it time, and answers 200 on
/health while it drains; so a stopping pod first waits until no proxy knows its address, and only then gets SIGTERM.
"""

import json
from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.engines import VLLM
from slipway.catalog.engines.vllm.host import STREAM_ENVIRONMENT, STREAM_FORMAT
from slipway.catalog.units import GIB
from slipway.serving.engine_pod import EngineRuntime, answering, container, pod
from slipway.serving.vllm.group import helping, leading
from slipway.serving.vllm.settings import LoraArgs, VllmArgs
from slipway.serving.vllm.shape import Streamed
from slipway.workload import ENDPOINT_PROPAGATION_SECONDS


def serve_command(args: VllmArgs, runtime: EngineRuntime, streamed: Streamed | None) -> list[str]:
    """Return the command line of the engine."""
    command = [
        "vllm",
        "serve",
        streamed.uri if streamed else runtime.weights.found_at(args.model),
        "--host=0.0.0.0",
        f"--port={VLLM.port}",
        *_served_names(args, elsewhere=bool(streamed) or runtime.weights.read_only),
        *([] if runtime.weights.read_only else [f"--download-dir={runtime.weights.path}"]),
        f"--tensor-parallel-size={args.tensor_parallel}",
        f"--max-model-len={args.max_model_len}",
        f"--max-num-seqs={args.max_num_seqs}",
        f"--max-num-batched-tokens={args.max_num_batched_tokens}",
        f"--gpu-memory-utilization={args.memory_utilization:g}",
        f"--shutdown-timeout={args.drain_seconds}",
    ]
    if args.kv_cache_dtype != "auto":
        command.append(f"--kv-cache-dtype={args.kv_cache_dtype}")
    if runtime.accelerator.hosts > 1:
        command.append("--distributed-executor-backend=ray")
    return [*command, *_stream(streamed), *_lora(args.lora), *args.extra_args]


def _served_names(args: VllmArgs, *, elsewhere: bool) -> list[str]:
    """Return the name that clients ask for; where a URI or a folder stands for the model, its own is one, too."""
    if elsewhere and args.served_model_name:
        return ["--served-model-name", args.served_model_name, args.model]
    return [f"--served-model-name={args.served_name}"]


def _stream(streamed: Streamed | None) -> list[str]:
    if streamed is None:
        return []
    limit = json.dumps({"memory_limit": streamed.buffer_gib * GIB}, separators=(",", ":"))
    return [f"--load-format={STREAM_FORMAT}", f"--model-loader-extra-config={limit}"]


def _lora(lora: LoraArgs | None) -> list[str]:
    if lora is None:
        return []
    flags = ["--enable-lora", f"--max-loras={lora.max_adapters}", f"--max-lora-rank={lora.max_rank}"]
    return [*flags, "--lora-target-modules", *lora.targets] if lora.targets else flags


def leader(
    args: VllmArgs,
    runtime: EngineRuntime,
    *,
    streamed: Streamed | None,
    api_key: pulumi.Input[str] | None,
    propagation_seconds: int,
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod that answers requests: the only one of a replica, or the leader of its group."""
    command = serve_command(args, runtime, streamed)
    if runtime.accelerator.hosts > 1:
        command = leading(command, model=args.model, folder=runtime.weights.path, hosts=runtime.accelerator.hosts)
    secrets: list[k8s.core.v1.EnvVarArgsDict] = []
    if api_key is not None:
        secrets = [{"name": "VLLM_API_KEY", "value_from": {"secret_key_ref": {"name": api_key, "key": "key"}}}]
    answers = answering(_container(command, args, runtime, streamed, secrets), runtime, propagation_seconds)
    return pod(answers, runtime, drain_seconds=args.drain_seconds, propagation_seconds=propagation_seconds)


def worker(args: VllmArgs, runtime: EngineRuntime, streamed: Streamed | None) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod that lends its chips to the leader of its group."""
    helps = _container(helping(), args, runtime, streamed)
    return pod(helps, runtime, drain_seconds=args.drain_seconds, propagation_seconds=ENDPOINT_PROPAGATION_SECONDS)


def _container(
    command: list[str],
    args: VllmArgs,
    runtime: EngineRuntime,
    streamed: Streamed | None,
    secrets: Sequence[k8s.core.v1.EnvVarArgsDict] = (),
) -> k8s.core.v1.ContainerArgsDict:
    environment = {
        # Its own ten minutes end the start of a large model before the startup probe does.
        "VLLM_ENGINE_READY_TIMEOUT_S": str(runtime.shape.startup_seconds),
        **(STREAM_ENVIRONMENT if streamed and streamed.uri.startswith("s3://") else {}),
        **({"TPU_MULTIHOST_BACKEND": "ray"} if runtime.accelerator.hosts > 1 else {}),
    }
    return container("vllm", command, runtime, environment=environment, secrets=secrets, further=args.env)
