"""Namespaces that somebody else makes for himself in each cluster."""

import re

OWNED = re.compile(
    r"kube-.*|gke-.*|gmp-.*|default|amazon-.*|aws-.*|config-management-.*|istio-system|asm-system|composer-.*|cnrm-.*"
    r"|configconnector-.*|anthos-.*"
)
"""Those of Kubernetes and of the clouds."""
