"""Labels that nodes have of themselves."""

KNOWN_DOMAINS = (
    *("kubernetes.io", "k8s.io", "k8s.aws", "amazonaws.com", "karpenter.sh", "google.com", "nvidia.com"),
    "slipway.dev",
)
"""The ends of domains whose labels Kubernetes, a cloud, what runs on each node, or a stack's pools put there."""
