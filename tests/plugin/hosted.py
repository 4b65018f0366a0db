"""What a program in another language gives each component of the plugin."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

STACKS = Path(__file__).parents[2] / "stacks"


def stack(name: str) -> dict[str, Any]:
    """Return a whole stack, as its file states it."""
    return yaml.safe_load((STACKS / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))["config"]["slipway:stack"]


def cluster(name: str) -> dict[str, Any]:
    """Return the cluster of a stack, as the plugin takes it."""
    return {key: value for key, value in stack(name)["cluster"].items() if key != "provider"}


SERVER: dict[str, Any] = {
    "engine": "vllm",
    "model": "meta-llama/Llama-3.1-8B-Instruct",
    "tensorParallel": 4,
    "maxModelLen": 16384,
    "maxNumSeqs": 128,
    "maxNumBatchedTokens": 1024,
    "autoscaling": {"metric": {"signal": "waiting-requests", "target": 5}, "minReplicas": 1, "maxReplicas": 3},
}

INPUTS: Mapping[str, Mapping[str, Any]] = {
    "AcceleratorPool": {
        "pool": cluster("gke-tpu")["pools"]["v6e"],
        "cluster": "projects/my-project/locations/us-east5-a/clusters/own",
        "zones": ["us-east5-a"],
        "email": "nodes@my-project.iam.gserviceaccount.com",
    },
    "EksCluster": {
        "cluster": cluster("eks-nim"),
        "region": "us-east-1",
        "network": {"vpc": "vpc-1", "subnets": {"us-east-1a": "subnet-1", "us-east-1b": "subnet-2"}},
    },
    "GkeCluster": {
        "cluster": cluster("gke-tpu"),
        "project": {"id": "my-project", "number": "123456789012"},
        "network": {
            "network": "projects/my-project/global/networks/own",
            "subnetwork": "projects/my-project/regions/us-east5/subnetworks/own",
            "nodes": "10.0.0.0/20",
            "pods": "pods",
            "services": "services",
        },
        "nodesEmail": "nodes@my-project.iam.gserviceaccount.com",
    },
    "GpuNodePool": {
        "pool": cluster("eks-nim")["pools"]["l40s"],
        "cluster": "own",
        "version": "1.35",
        "securityGroup": "sg-1",
        "role": "arn:aws:iam::123456789012:role/nodes",
        "vpc": "vpc-1",
        "subnets": ["subnet-1", "subnet-2"],
    },
    "ModelServer": {
        "server": SERVER,
        "nodes": {
            "machineType": "ct6e-standard-4t",
            "topology": "2x2",
            "nodeSelector": {"cloud.google.com/gke-tpu-topology": "2x2"},
            "maxNodes": 3,
            "diskGib": 100,
        },
        "namespace": "llm",
        "serviceAccount": "default",
        "priorityClass": "servers",
        "huggingFace": {"secret": "hugging-face", "key": "token"},
    },
    "PrometheusMetrics": {
        "signals": [{"engine": "vllm", "signal": "waiting-requests"}],
        "priorityClass": "signals",
    },
    "Serving": {"stack": stack("existing-tpu")},
    "ServingNamespace": {"namespace": "llm", "serviceAccount": "servers"},
}

MAKES: Mapping[str, str] = {
    "AcceleratorPool": "gcp:container/nodePool:NodePool",
    "EksCluster": "aws:eks/cluster:Cluster",
    "GkeCluster": "gcp:container/cluster:Cluster",
    "GpuNodePool": "aws:eks/nodeGroup:NodeGroup",
    "ModelServer": "kubernetes:apps/v1:Deployment",
    "PrometheusMetrics": "kubernetes:helm.sh/v3:Release",
    "Serving": "kubernetes:apps/v1:Deployment",
    "ServingNamespace": "kubernetes:core/v1:Namespace",
}
"""The type of the resource for which each component is there."""
