"""Load for a server: a Deployment of curl loops that starts with no replica and that nothing can connect to."""

import json

import pulumi
import pulumi_kubernetes as k8s
from pydantic import JsonValue

from slipway.catalog.versions import CURL
from slipway.serving.load_request import PROMPT, LoadRequest
from slipway.serving.settings import LoadClients
from slipway.workload import labels

KEY_PATH = "/var/run/secrets/api-key"

SCRIPT = """\
set -eu
if [ -f "$KEY_FILE" ]; then
  printf 'header = "Authorization: Bearer %s"\\n' "$(cat "$KEY_FILE")" > /tmp/curl.conf
else
  : > /tmp/curl.conf
fi
trap 'kill 0' TERM INT
i=0
while [ "$i" -lt "$CONCURRENCY" ]; do
  while :; do
    curl --silent --show-error --fail --max-time 600 --output /dev/null --config /tmp/curl.conf \\
      --header 'Content-Type: application/json' --data "$REQUEST" "$URL$REQUEST_PATH" || sleep 1
  done &
  i=$((i + 1))
done
wait
"""


def completion(model: str, args: LoadClients) -> LoadRequest:
    """Return the request of a server that speaks OpenAI's API."""
    body: dict[str, JsonValue] = {"model": model, "prompt": PROMPT, "max_tokens": args.max_tokens, "temperature": 0}
    return LoadRequest("/v1/completions", body)


def load_clients(
    server: str,
    args: LoadClients,
    *,
    request: LoadRequest,
    url: pulumi.Input[str],
    namespace: pulumi.Input[str],
    api_key: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> k8s.apps.v1.Deployment:
    """Return the clients of a server; `kubectl scale deployment <server>-load --replicas=10` puts load on it.

    The number of replicas is a person's afterwards: an update does not set it back.
    """
    name = f"{server}-load"
    container: k8s.core.v1.ContainerArgsDict = {
        "name": "clients",
        "image": f"docker.io/curlimages/curl:{CURL}",
        "command": ["/bin/sh", "-c", SCRIPT],
        "env": [
            {"name": "URL", "value": url},
            {"name": "REQUEST_PATH", "value": request.path},
            {"name": "REQUEST", "value": json.dumps(request.body)},
            {"name": "CONCURRENCY", "value": str(args.concurrency)},
            {"name": "KEY_FILE", "value": f"{KEY_PATH}/key"},
        ],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "security_context": {
            "allow_privilege_escalation": False,
            "capabilities": {"drop": ["ALL"]},
            "read_only_root_filesystem": True,
        },
        "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}],
    }
    volumes: list[k8s.core.v1.VolumeArgsDict] = [{"name": "tmp", "empty_dir": {}}]
    if api_key is not None:
        container["volume_mounts"] = [
            {"name": "tmp", "mount_path": "/tmp"},
            {"name": "api-key", "mount_path": KEY_PATH, "read_only": True},
        ]
        volumes.append({"name": "api-key", "secret": {"secret_name": api_key}})
    return k8s.apps.v1.Deployment(
        name,
        metadata={"name": name, "namespace": namespace, "labels": labels(name)},
        spec={
            "replicas": 0,
            "selector": {"match_labels": labels(name)},
            "template": {
                "metadata": {"labels": labels(name)},
                "spec": {
                    "automount_service_account_token": False,
                    "enable_service_links": False,
                    "security_context": {
                        "run_as_non_root": True,
                        "run_as_user": 100,
                        "run_as_group": 101,
                        "fs_group": 101,
                        "seccomp_profile": {"type": "RuntimeDefault"},
                    },
                    "termination_grace_period_seconds": 5,
                    "containers": [container],
                    "volumes": volumes,
                },
            },
        },
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["spec.replicas"])),
    )
