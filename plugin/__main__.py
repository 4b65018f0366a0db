"""Hosts components of the library for programs in TypeScript, Go, Java, C# and YAML."""

import sys
from importlib.metadata import version
from pathlib import Path

from clusters import AcceleratorPool, EksCluster, GkeCluster, GpuNodePool
from pulumi.provider.experimental import component_provider_host
from servers import ModelServer, PrometheusMetrics, ServingNamespace

# The stacks are a program, and no package that is installed.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from stack import Serving

COMPONENTS = [
    AcceleratorPool,
    EksCluster,
    GkeCluster,
    GpuNodePool,
    ModelServer,
    PrometheusMetrics,
    Serving,
    ServingNamespace,
]

if __name__ == "__main__":
    component_provider_host(components=list(COMPONENTS), name="slipway", version=version("slipway"))
