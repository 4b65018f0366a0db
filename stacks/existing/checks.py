"""Judgement over the settings of an `existing` stack."""

from checks import Finding
from checks.placement import machine_findings
from components.existing.settings import Kubeconfig
from stacks.existing import Existing
from stacks.gpu.checks import key_findings, server_findings
from stacks.surroundings import Surroundings


def judge(settings: Existing, surroundings: Surroundings) -> list[Finding]:
    """Return everything that is wrong with the settings, in the order of the stack file."""
    return [
        *key_findings(settings, surroundings),
        *_access_findings(settings, surroundings),
        *_operator_findings(settings),
        *(
            finding
            for name, pool in settings.cluster.pools.items()
            for finding in machine_findings(
                f"cluster.pools.{name}", [pool.instance_type], None, provider=None, machine_key="instanceType"
            )
        ),
        *server_findings(settings),
        *_bucket_findings(settings),
    ]


def _access_findings(settings: Existing, surroundings: Surroundings) -> list[Finding]:
    if not isinstance(settings.cluster.access, Kubeconfig) or surroundings.kubeconfig is not None:
        return []
    return [
        Finding(
            "cluster.access",
            "slipway:kubeconfig",
            "is missing: cluster.access.source is 'pulumi'",
            "run pulumi config set --secret slipway:kubeconfig < kubeconfig.yaml, or set cluster.access.source to "
            "'context'",
        )
    ]


def _operator_findings(settings: Existing) -> list[Finding]:
    if not settings.wait_for_gpu_operator or "gpu-operator" not in settings.cluster.present:
        return []
    return [
        Finding(
            "cluster.operator",
            "waitForGpuOperator",
            "waits for the operator that Slipway installs, and cluster.present says that the cluster has its own",
            "leave it out",
        )
    ]


def _bucket_findings(settings: Existing) -> list[Finding]:
    return [
        Finding(
            "cluster.bucket",
            f"servers.{name}.weights.source",
            f"'s3' needs a role that may read {uri}, and Slipway creates nothing outside a cluster that exists",
            "write 'hugging-face', or serve it in a stack of kind eks-gpu, which makes the role",
        )
        for name, uri in settings.s3_uris.items()
    ]
