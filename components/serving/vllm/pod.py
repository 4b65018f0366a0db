"""The pods of a vLLM replica: flags, probes, volumes and drain.

`vllm serve` drops every request that it has on SIGTERM unless `--shutdown-timeout` gives it time, and answers 200 on
/health while it drains; so a stopping pod first waits until no proxy knows its address, and only then gets SIGTERM.
"""

import json

import pulumi
import pulumi_kubernetes as k8s

from catalog.engines import VLLM
from catalog.engines.vllm.host import STREAM_ENVIRONMENT, STREAM_FORMAT
from catalog.units import GIB
from components.serving.environment import with_further
from components.serving.token import hub_environment
from components.serving.vllm.group import helping, leading
from components.serving.vllm.runtime import VllmRuntime
from components.serving.vllm.settings import LoraArgs, VllmArgs
from components.serving.vllm.shape import Streamed
from components.workload import ENDPOINT_PROPAGATION_SECONDS, Startup, grace_seconds, probes


def serve_command(args: VllmArgs, runtime: VllmRuntime) -> list[str]:
    """Return the command line of the engine."""
    streamed = runtime.shape.streamed
    command = [
        "vllm",
        "serve",
        streamed.uri if streamed else args.model,
        "--host=0.0.0.0",
        f"--port={VLLM.port}",
        *_served_names(args, streamed),
        f"--download-dir={runtime.weights.path}",
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


def _served_names(args: VllmArgs, streamed: Streamed | None) -> list[str]:
    """Return the name that clients ask for; where a URI stands for the model, the model's own is one, too."""
    if streamed and args.served_model_name:
        return ["--served-model-name", args.served_model_name, args.model]
    return [f"--served-model-name={args.served_model_name or args.model}"]


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
    runtime: VllmRuntime,
    api_key: pulumi.Input[str] | None,
    propagation_seconds: int,
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod that answers requests: the only one of a replica, or the leader of its group."""
    command = serve_command(args, runtime)
    if runtime.accelerator.hosts > 1:
        command = leading(command, model=args.model, folder=runtime.weights.path, hosts=runtime.accelerator.hosts)
    env: list[k8s.core.v1.EnvVarArgsDict] = []
    if api_key is not None:
        env = [{"name": "VLLM_API_KEY", "value_from": {"secret_key_ref": {"name": api_key, "key": "key"}}}]
    return _pod(
        {
            **_container(command, args, runtime, env),
            "ports": [{"name": "http", "container_port": VLLM.port}],
            **probes(Startup(runtime.shape.startup_seconds), ready_path=VLLM.health_path, live_path=VLLM.health_path),
            "lifecycle": {"pre_stop": {"sleep": {"seconds": propagation_seconds}}},
        },
        args,
        runtime,
        propagation_seconds,
    )


def worker(args: VllmArgs, runtime: VllmRuntime) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod that lends its chips to the leader of its group."""
    return _pod(_container(helping(), args, runtime, []), args, runtime)


def _container(
    command: list[str], args: VllmArgs, runtime: VllmRuntime, more_env: list[k8s.core.v1.EnvVarArgsDict]
) -> k8s.core.v1.ContainerArgsDict:
    accelerator, shape = runtime.accelerator, runtime.shape
    own = {
        **(hub_environment(runtime.token) if runtime.token else {}),
        # Hosts of one replica compile the same at the same time, and would write to the same files.
        **({shape.cache_variable: f"{runtime.weights.path}/.compiled/{shape.tag}"} if accelerator.hosts == 1 else {}),
        # Its own ten minutes end the start of a large model before the startup probe does.
        "VLLM_ENGINE_READY_TIMEOUT_S": str(shape.startup_seconds),
        **(STREAM_ENVIRONMENT if shape.streamed else {}),
        **shape.chip_environment,
    }
    env: list[k8s.core.v1.EnvVarArgsDict] = [
        *({"name": name, "value": value} for name, value in own.items()),
        *more_env,
    ]
    if accelerator.hosts > 1:
        env.append({"name": "TPU_MULTIHOST_BACKEND", "value": "ray"})
    return {
        "name": "vllm",
        "image": runtime.image,
        "command": command,
        "env": with_further(env, args.env),
        "resources": {
            "requests": {
                "memory": f"{accelerator.memory_gib}Gi",
                **({"ephemeral-storage": f"{disk}Gi"} if (disk := runtime.weights.disk_gib) else {}),
                accelerator.resource: str(accelerator.count),
            },
            "limits": {accelerator.resource: str(accelerator.count)},
        },
        "security_context": {"allow_privilege_escalation": False},
        "volume_mounts": [
            {"name": "dshm", "mount_path": "/dev/shm"},
            *(mount for each in runtime.mounted for mount in each.mounts),
        ],
    }


def _pod(
    container: k8s.core.v1.ContainerArgsDict,
    args: VllmArgs,
    runtime: VllmRuntime,
    propagation_seconds: int = ENDPOINT_PROPAGATION_SECONDS,
) -> k8s.core.v1.PodSpecArgsDict:
    shared_memory = f"{runtime.accelerator.shared_memory_gib}Gi"
    return {
        "service_account_name": runtime.service_account,
        "priority_class_name": runtime.priority_class,
        # A Service named vllm would otherwise set VLLM_PORT, which the engine reads.
        "enable_service_links": False,
        "node_selector": dict(runtime.accelerator.node_selector),
        "tolerations": runtime.accelerator.tolerations,
        "security_context": {"seccomp_profile": {"type": "RuntimeDefault"}},
        "termination_grace_period_seconds": grace_seconds(args.drain_seconds, propagation_seconds),
        "containers": [container],
        "volumes": [
            {"name": "dshm", "empty_dir": {"medium": "Memory", "size_limit": shared_memory}},
            *(volume for each in runtime.mounted for volume in each.volumes),
        ],
    }
