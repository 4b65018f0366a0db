"""A measurement of a server that speaks OpenAI's API, which a person starts."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.versions import AIPERF, PYTHON
from slipway.serving.by_hand import by_hand, client_pod
from slipway.serving.load_test_settings import AiPerf, GenAiPerf, LoadTestArgs

GENAI_PERF_IMAGE = "nvcr.io/nvidia/tritonserver:24.10-py3-sdk"
"""The article's. Later releases of GenAI-Perf refuse `--service-kind` and `--max-threads`, without which this one does
not do the same."""

AIPERF_SCRIPT = """\
set -eu
python -m venv /tmp/venv
/tmp/venv/bin/pip install --quiet --no-cache-dir "aiperf==$AIPERF_VERSION"
exec /tmp/venv/bin/aiperf profile --url "$URL" "$@"
"""

GENAI_PERF_SCRIPT = """\
set -eu
for concurrency in $CONCURRENCY; do
  genai-perf profile --url "${URL#http://}" --concurrency "$concurrency" "$@" -- -v --max-threads=256
done
"""


def load_test(
    server: str,
    args: LoadTestArgs,
    *,
    model: str,
    url: pulumi.Input[str],
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> k8s.batch.v1.CronJob:
    """Return what holds the Job.

    Args:
        model: name that the server answers to.
        url: of the server, `http://<host>:<port>`.
    """
    name = f"{server}-load-test"
    return by_hand(name, client_pod(_container(args, model, url)), namespace=namespace, opts=opts)


def _container(args: LoadTestArgs, model: str, url: pulumi.Input[str]) -> k8s.core.v1.ContainerArgsDict:
    match args.tool:
        case AiPerf() as tool:
            image, script, arguments = f"docker.io/library/python:{PYTHON}", AIPERF_SCRIPT, _aiperf(args, tool, model)
        case GenAiPerf() as tool:
            image, script, arguments = GENAI_PERF_IMAGE, GENAI_PERF_SCRIPT, _genai_perf(args, tool, model)
    return {
        "name": "load-test",
        "image": image,
        "command": ["/bin/sh", "-c", script, "load-test", *arguments],
        "env": [
            {"name": "URL", "value": url},
            {"name": "CONCURRENCY", "value": " ".join(map(str, args.concurrency))},
            {"name": "AIPERF_VERSION", "value": AIPERF},
            {"name": "HOME", "value": "/tmp"},
        ],
        "resources": {
            "requests": {"cpu": "1", "memory": "4Gi", "ephemeral-storage": "4Gi"},
            "limits": {"memory": "8Gi"},
        },
    }


def _common(args: LoadTestArgs, model: str, tokenizer: str) -> list[str]:
    """Return the arguments that both tools spell alike."""
    return [
        *("--model", model),
        *("--endpoint-type", "chat"),
        "--streaming",
        *("--synthetic-input-tokens-mean", str(args.input_tokens)),
        *("--synthetic-input-tokens-stddev", str(args.input_tokens_deviation)),
        *("--output-tokens-mean", str(args.output_tokens)),
        *("--extra-inputs", f"min_tokens:{args.output_tokens}"),
        *("--extra-inputs", "ignore_eos:true"),
        *("--tokenizer", tokenizer),
    ]


def _aiperf(args: LoadTestArgs, tool: AiPerf, model: str) -> list[str]:
    return [
        *_common(args, model, tool.tokenizer),
        *("--concurrency", ",".join(map(str, args.concurrency))),
        *("--benchmark-duration", str(args.seconds)),
        "--use-legacy-max-tokens",
        "--use-server-token-count",
        # A connection stays with its pod: kept open, it would leave new replicas without load.
        *("--connection-reuse-strategy", "never"),
        "--no-gpu-telemetry",
        "--no-server-metrics",
        *("--ui", "none"),
    ]


def _genai_perf(args: LoadTestArgs, tool: GenAiPerf, model: str) -> list[str]:
    return [
        *_common(args, model, tool.tokenizer),
        *("--extra-inputs", f"max_tokens:{args.output_tokens}"),
        *("--service-kind", "openai"),
        *("--measurement-interval", str(args.seconds * 1000)),
    ]
