"""Charts whose custom resources lie beside their templates: Helm creates these once, and updates them never.

Sources of the paths: the repositories that the addresses name. Those of Karpenter and of prometheus-operator are charts
of their own, and NVIDIA's operators and KEDA bring theirs as templates or update them by a hook.
"""

from collections.abc import Mapping, Sequence

from slipway.catalog.charts import LOAD_BALANCER_CONTROLLER

_FILES = "https://raw.githubusercontent.com/kubernetes-sigs"

_BESIDE: Mapping[str, tuple[str, Sequence[str]]] = {
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
"""Where they are, by chart, and the names of the files."""


def addresses(chart: str, version: str) -> Mapping[str, str]:
    """Return the address of each file with custom resources of a chart, by the file's name.

    Raises:
        KeyError: those of the chart do not lie beside its templates.
    """
    address, files = _BESIDE[chart]
    return {file: address.format(version=version, file=file) for file in files}
