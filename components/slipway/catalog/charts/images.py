"""Which values of the pinned charts say where their images come from, and where from that is by default.

Source: `values.yaml` of each chart at its pin.
"""

from collections.abc import Mapping

from slipway.catalog.charts import LOAD_BALANCER_CONTROLLER

HOSTS: Mapping[str, str] = {"kube-prometheus-stack": "global.imageRegistry", "keda": "global.image.registry"}
"""The key of a chart that takes the place of the host in all of its images, those of its dependencies included."""

REPOSITORIES: Mapping[str, Mapping[str, str]] = {
    LOAD_BALANCER_CONTROLLER: {"image.repository": "public.ecr.aws/eks/aws-load-balancer-controller"},
    "cluster-autoscaler": {"image.repository": "registry.k8s.io/autoscaling/cluster-autoscaler"},
    "gpu-operator": {
        "dcgm.repository": "nvcr.io/nvidia/cloud-native",
        "dcgmExporter.repository": "nvcr.io/nvidia/k8s",
        "devicePlugin.repository": "nvcr.io/nvidia",
        "driver.manager.repository": "nvcr.io/nvidia/cloud-native",
        "driver.repository": "nvcr.io/nvidia",
        "gdrcopy.repository": "nvcr.io/nvidia/cloud-native",
        "gds.repository": "nvcr.io/nvidia/cloud-native",
        "gfd.repository": "nvcr.io/nvidia",
        "migManager.repository": "nvcr.io/nvidia/cloud-native",
        "node-feature-discovery.image.repository": "registry.k8s.io/nfd/node-feature-discovery",
        "nodeStatusExporter.repository": "nvcr.io/nvidia",
        "operator.repository": "nvcr.io/nvidia",
        "toolkit.repository": "nvcr.io/nvidia/k8s",
        "validator.repository": "nvcr.io/nvidia",
    },
    "k8s-nim-operator": {"operator.image.repository": "nvcr.io/nvidia/cloud-native/k8s-nim-operator"},
    "karpenter": {"controller.image.repository": "public.ecr.aws/karpenter/controller"},
    "lws": {"image.manager.repository": "registry.k8s.io/lws/lws"},
    "metrics-server": {"image.repository": "registry.k8s.io/metrics-server/metrics-server"},
    "prometheus-adapter": {"image.repository": "registry.k8s.io/prometheus-adapter/prometheus-adapter"},
}
"""The repositories of other charts by key; the GPU operator's are without the image's own name. What its sandboxed
workloads, which are off, would run is left out."""
