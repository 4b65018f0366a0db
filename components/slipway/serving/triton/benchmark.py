"""The questions and the measurement of Llama 2's repository, by clients that a person starts."""

from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.engines.triton.host import GRPC_PORT, HTTP_PORT, IMAGE
from slipway.serving.by_hand import by_hand, client_pod
from slipway.serving.triton.settings import Llama2
from slipway.triton_repository import clients

CLIENTS = Path(clients.__file__).parent
MODULES = "/opt/slipway"
TOKENIZER = "hf-internal-testing/llama-tokenizer"
"""A copy of Llama's that needs no licence."""

ASK = 'python3 -m clients.ask --url "$URL" --grpc "$GRPC" --model "$MODEL" --tokenizer "$TOKENIZER"'
MEASURE = 'python3 -m clients.benchmark --url "$URL" --model "$MODEL" --tokenizer "$TOKENIZER" --results /tmp/results'


def benchmark(
    server: str,
    llama: Llama2,
    *,
    entry: str,
    release: str,
    pull_secret: pulumi.Input[str],
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> k8s.batch.v1.CronJob:
    """Return what holds the Job: it asks the article's three questions and, of models that chat, prints its tables.

    Args:
        entry: the model that clients ask.
        release: of Triton's container, from whose SDK image the clients run.
    """
    name = f"{server}-benchmark"
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(CLIENTS.glob("*.py"))}
    files = k8s.core.v1.ConfigMap(name, metadata={"namespace": namespace}, data=sources, immutable=True, opts=opts)
    script = ASK if llama.answers_scores else f"{ASK}\n{MEASURE}"
    container: k8s.core.v1.ContainerArgsDict = {
        "name": "benchmark",
        "image": f"{IMAGE}:{release}-py3-sdk",
        "command": ["/bin/sh", "-euc", script],
        "env": [
            {"name": key, "value": value}
            for key, value in {
                "URL": f"http://{server}:{HTTP_PORT}",
                "GRPC": f"{server}:{GRPC_PORT}",
                "MODEL": entry,
                "TOKENIZER": TOKENIZER,
                "PYTHONPATH": MODULES,
                "HOME": "/tmp",
            }.items()
        ],
        "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "4Gi"}},
    }
    pod = client_pod(
        container,
        mounts=[{"name": "clients", "mount_path": f"{MODULES}/clients", "read_only": True}],
        volumes=[{"name": "clients", "config_map": {"name": files.metadata["name"]}}],
    )
    return by_hand(name, {**pod, "image_pull_secrets": [{"name": pull_secret}]}, namespace=namespace, opts=opts)
