"""The pod of an SGLang replica: its flags, and its API key.

On SIGTERM SGLang answers 503 on /health, finishes the requests that it has, however long they take, and ends. It takes
an API key on its command line alone, where the kubelet puts it in place of a variable's name.
"""

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.engines import SGLANG
from slipway.catalog.engines.sglang.series import ENABLED_BY
from slipway.serving.engine_pod import EngineRuntime, answering, container, pod
from slipway.serving.sglang.settings import SgLangArgs

KEY_VARIABLE = "SLIPWAY_API_KEY"
FP8 = "fp8_e4m3"


def serve_command(args: SgLangArgs, memory_share: float, runtime: EngineRuntime) -> list[str]:
    """Return the command line of the engine, but for the API key.

    Args:
        memory_share: of a GPU's memory, what weights and KV cache take.
    """
    command = [
        "python3",
        "-m",
        "sglang.launch_server",
        f"--model-path={runtime.weights.found_at(args.model)}",
        "--host=0.0.0.0",
        f"--port={SGLANG.port}",
        f"--served-model-name={args.served_name}",
        *([] if runtime.weights.read_only else [f"--download-dir={runtime.weights.path}"]),
        f"--tp-size={args.tensor_parallel}",
        f"--context-length={args.max_model_len}",
        f"--max-running-requests={args.max_num_seqs}",
        f"--chunked-prefill-size={args.max_num_batched_tokens}",
        f"--mem-fraction-static={memory_share:g}",
        ENABLED_BY,
    ]
    if args.kv_cache_dtype == "fp8":
        command.append(f"--kv-cache-dtype={FP8}")
    return [*command, *args.extra_args]


def sglang_pod(
    args: SgLangArgs,
    runtime: EngineRuntime,
    *,
    memory_share: float,
    api_key: pulumi.Input[str] | None,
    propagation_seconds: int,
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod of a replica.

    Args:
        memory_share: of a GPU's memory, what weights and KV cache take.
        api_key: name of the Secret whose `key` clients send.
    """
    command = serve_command(args, memory_share, runtime)
    secrets: list[k8s.core.v1.EnvVarArgsDict] = []
    if api_key is not None:
        command.append(f"--api-key=$({KEY_VARIABLE})")
        secrets = [{"name": KEY_VARIABLE, "value_from": {"secret_key_ref": {"name": api_key, "key": "key"}}}]
    serves = container("sglang", command, runtime, environment={}, secrets=secrets, further=args.env)
    return pod(
        answering(serves, runtime, propagation_seconds),
        runtime,
        drain_seconds=args.drain_seconds,
        propagation_seconds=propagation_seconds,
    )
