"""Charts whose custom resources lie beside their templates: Helm creates these once, and updates them never.

Sources of the paths: the repositories that the addresses name. Those of Karpenter and of prometheus-operator are charts
of their own here, and NVIDIA's operators and KEDA bring theirs as templates or update them by a hook.
"""

from collections.abc import Mapping

from slipway.catalog.charts import LOAD_BALANCER_CONTROLLER

_FILES = "https://raw.githubusercontent.com/kubernetes-sigs"

BESIDE: Mapping[str, str] = {
    LOAD_BALANCER_CONTROLLER: (
        f"{_FILES}/aws-load-balancer-controller/v{{version}}/helm/aws-load-balancer-controller/crds/crds.yaml"
    ),
    "lws": f"{_FILES}/lws/v{{version}}/charts/lws/crds/leaderworkerset.x-k8s.io_leaderworkersets.yaml",
}
"""Where they are at a version, by chart."""


def update_command(chart: str, version: str) -> str | None:
    """Return what a person runs before a chart gets a version; None where its definitions come with it."""
    address = BESIDE.get(chart.rpartition("/")[2])
    return f"kubectl apply --server-side --force-conflicts -f {address.format(version=version)}" if address else None
