"""Labels that nodes have of themselves."""

KNOWN_DOMAINS = ("kubernetes.io", "k8s.io", "k8s.aws", "amazonaws.com", "karpenter.sh", "google.com", "nvidia.com")
"""The ends of domains whose labels Kubernetes, a cloud, or what runs on each node puts there."""
