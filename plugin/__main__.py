"""Hosts components of the library for programs in TypeScript, Go, Java, C# and YAML."""

from importlib.metadata import version

from clusters import AcceleratorPool, EksCluster, GkeCluster, GpuNodePool
from pulumi.provider.experimental import component_provider_host
from servers import PrometheusMetrics, Serving, ServingNamespace

COMPONENTS = [
    AcceleratorPool,
    EksCluster,
    GkeCluster,
    GpuNodePool,
    PrometheusMetrics,
    Serving,
    ServingNamespace,
]

if __name__ == "__main__":
    component_provider_host(components=list(COMPONENTS), name="slipway", version=version("slipway"))
