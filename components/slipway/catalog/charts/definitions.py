"""Charts whose custom resources lie beside their templates: Helm creates these once, and updates them never.

Sources of the paths: the repositories that the addresses name. Those of Karpenter and of prometheus-operator are charts
of their own here, and NVIDIA's operators and KEDA bring theirs as templates or update them by a hook.
"""

from collections.abc import Mapping, Sequence

from slipway.catalog.charts import LOAD_BALANCER_CONTROLLER

_FILES = "https://raw.githubusercontent.com/kubernetes-sigs"

BESIDE: Mapping[str, tuple[str, Sequence[str]]] = {
    LOAD_BALANCER_CONTROLLER: (
        f"{_FILES}/aws-load-balancer-controller/v{{version}}/helm/aws-load-balancer-controller/crds/{{file}}.yaml",
        ("crds", "gateway-crds"),
    ),
    "lws": (
        f"{_FILES}/lws/v{{version}}/charts/lws/crds/{{file}}.yaml",
        (
            "leaderworkerset.x-k8s.io_leaderworkersets",
            # Its controller watches these, whether or not anybody has one.
            "disaggregatedset.x-k8s.io_disaggregatedsets",
            "disaggregatedset.x-k8s.io_disaggregatedsetrolescalers",
        ),
    ),
}
"""Where they are at a version, and the names of the files, by chart.

They are no resources of a stack: a preview would fetch them, and fail where nothing but mirrors is reached.
"""


def update_command(chart: str, version: str) -> str | None:
    """Return what a person runs before a chart gets a version; None where its definitions come with it."""
    address, files = BESIDE.get(chart.rpartition("/")[2], ("", ()))
    named = "".join(f" -f {address.format(version=version, file=file)}" for file in files)
    return f"kubectl apply --server-side --force-conflicts{named}" if named else None
