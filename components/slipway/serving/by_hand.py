"""Work that a person starts, as often as wanted: `kubectl create job <any name> --from=cronjob/<name>`."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.workload import labels

NEVER = "0 0 31 2 *"
"""The 31st of February; a CronJob must have a schedule, even if it is suspended."""

USER = 1000

KEEP_SECONDS = 24 * 3600
"""How long a Job that is done stays, with what it has printed."""


def by_hand(
    name: str,
    pod: k8s.core.v1.PodSpecArgsDict,
    *,
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> k8s.batch.v1.CronJob:
    """Return a CronJob that is suspended and so only holds the Job."""
    metadata: k8s.meta.v1.ObjectMetaArgsDict = {"labels": job_labels(name)}
    return k8s.batch.v1.CronJob(
        name,
        metadata={"name": name, "namespace": namespace, "labels": job_labels(name)},
        spec={
            "schedule": NEVER,
            "suspend": True,
            "concurrency_policy": "Forbid",
            "job_template": {
                "spec": {
                    "backoff_limit": 0,
                    "ttl_seconds_after_finished": KEEP_SECONDS,
                    "template": {"metadata": metadata, "spec": {**pod, "restart_policy": "Never"}},
                }
            },
        },
        opts=opts,
    )


def job_labels(name: str) -> dict[str, str]:
    """Return labels of a Job's pods that no server's pods have, since no server's name has a dot."""
    return labels(f"job.{name}")


def client_pod(
    container: k8s.core.v1.ContainerArgsDict,
    *,
    mounts: Sequence[k8s.core.v1.VolumeMountArgsDict] = (),
    volumes: Sequence[k8s.core.v1.VolumeArgsDict] = (),
) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod that asks a server and may do nothing else; it writes to `/tmp` alone."""
    client: k8s.core.v1.ContainerArgsDict = {
        **container,
        "working_dir": "/tmp",
        "security_context": {
            "allow_privilege_escalation": False,
            "capabilities": {"drop": ["ALL"]},
            "read_only_root_filesystem": True,
        },
        "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}, *mounts],
    }
    return {
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": USER,
            "run_as_group": USER,
            "fs_group": USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [client],
        "volumes": [{"name": "tmp", "empty_dir": {}}, *volumes],
    }
