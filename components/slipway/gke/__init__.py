"""Google Kubernetes Engine: network, cluster, node pools, identity and storage."""
