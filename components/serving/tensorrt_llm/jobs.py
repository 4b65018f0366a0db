"""The Jobs of a server: one that builds engines before it starts, and one that a person starts to measure it."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.serving.tensorrt_llm.pod import Program, Surroundings, container, pod
from components.workload import labels

NEVER = "0 0 1 1 *"
"""The schedule of a CronJob that is suspended: it has to have one."""


def build_job(
    server: str,
    program: Program,
    surroundings: Surroundings,
    *,
    namespace: pulumi.Input[str],
    seconds: int,
    opts: pulumi.ResourceOptions,
) -> k8s.batch.v1.Job:
    """Return a Job; an attempt fails after so many seconds on its node, for which it may have to wait."""
    name, timeout = f"{server}-engines", f"{seconds // 60 + 30}m"
    return k8s.batch.v1.Job(
        name,
        metadata={"name": name, "namespace": namespace, "labels": _labels(name)},
        spec={
            "backoff_limit": 3,
            "template": {
                "metadata": {"labels": _labels(name)},
                "spec": {**_pod(program, surroundings), "active_deadline_seconds": seconds},
            },
        },
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout))
        ),
    )


def benchmark(
    server: str,
    program: Program,
    surroundings: Surroundings,
    *,
    namespace: pulumi.Input[str],
    depends_on: Sequence[pulumi.Resource],
    opts: pulumi.ResourceOptions,
) -> k8s.batch.v1.CronJob:
    """Return a CronJob that never runs; `kubectl create job --from=cronjob/<server>-benchmark <any name>` does."""
    name = f"{server}-benchmark"
    return k8s.batch.v1.CronJob(
        name,
        metadata={"name": name, "namespace": namespace, "labels": _labels(name)},
        spec={
            "schedule": NEVER,
            "suspend": True,
            "concurrency_policy": "Forbid",
            "job_template": {
                "spec": {
                    "backoff_limit": 0,
                    "template": {"metadata": {"labels": _labels(name)}, "spec": _pod(program, surroundings)},
                }
            },
        },
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*depends_on])),
    )


def _labels(name: str) -> dict[str, str]:
    """Return labels that no server's pods have, since no server's name has a dot."""
    return labels(f"job.{name}")


def _pod(program: Program, surroundings: Surroundings) -> k8s.core.v1.PodSpecArgsDict:
    return {**pod(program, container(program, surroundings), surroundings), "restart_policy": "Never"}
