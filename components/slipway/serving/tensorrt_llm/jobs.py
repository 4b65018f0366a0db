"""The Jobs of a server: one that builds engines before it starts, and one that a person starts to measure it."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.by_hand import by_hand, job_labels
from slipway.serving.tensorrt_llm.pod import Program, Runtime, container, pod


def build_job(
    server: str,
    program: Program,
    runtime: Runtime,
    *,
    namespace: pulumi.Input[str],
    seconds: int,
    opts: pulumi.ResourceOptions,
) -> k8s.batch.v1.Job:
    """Return a Job; an attempt fails after so many seconds on its node, for which it may have to wait."""
    name, timeout = f"{server}-engines", f"{seconds // 60 + 30}m"
    return k8s.batch.v1.Job(
        name,
        metadata={"name": name, "namespace": namespace, "labels": job_labels(name)},
        spec={
            "backoff_limit": 3,
            "template": {
                "metadata": {"labels": job_labels(name)},
                "spec": {**_pod(program, runtime), "active_deadline_seconds": seconds},
            },
        },
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout))
        ),
    )


def benchmark(
    server: str,
    program: Program,
    runtime: Runtime,
    *,
    namespace: pulumi.Input[str],
    depends_on: Sequence[pulumi.Resource],
    opts: pulumi.ResourceOptions,
) -> k8s.batch.v1.CronJob:
    """Return what holds the Job of a measurement."""
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*depends_on]))
    return by_hand(f"{server}-benchmark", _pod(program, runtime), namespace=namespace, opts=after)


def _pod(program: Program, runtime: Runtime) -> k8s.core.v1.PodSpecArgsDict:
    return {**pod(program, container(program, runtime), runtime), "restart_policy": "Never"}
